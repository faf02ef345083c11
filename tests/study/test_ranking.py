"""The order of policies, ties and what adapting does to it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from deactsim.study.nights import Nights
from deactsim.study.ranking import rank

READINGS = {"meant": "M", "slip": "S"}


def nights(dark: Sequence[float]) -> Nights:
    size = len(dark)
    columns = {"dark_minutes": np.array(dark, float), "stopped": np.zeros(size)}
    return Nights(columns, np.ones(size), np.arange(size), ((),) * size)


def table(**dark: Sequence[float]) -> dict[str, dict[str, Nights]]:
    return {name: dict.fromkeys(READINGS, nights(values)) for name, values in dark.items()}


WIDE = [1.0, 3.0, 2.0, 2.0]


def test_best_first_and_names_decide_between_equals() -> None:
    found = rank(table(c=[3.0] * 4, b=[1.0] * 4, a=[1.0] * 4, d=[2.0] * 4), READINGS, {})
    assert found.by_reading == dict.fromkeys(READINGS, ("a", "b", "d", "c"))
    assert found.ties == dict.fromkeys(READINGS, (("a", "b"),))
    assert found.survives
    assert found.text == "same top 3 under M and S (= where they cannot be told apart): a = b, d"


def test_tied_if_the_paired_difference_cannot_be_told_from_nothing() -> None:
    found = rank(table(a=[2.0, 2.0, 2.0, 2.0], b=WIDE, c=[2.1, 2.2, 2.1, 2.2]), {"meant": "M"}, {})
    # `b` spreads around `a`; `c` is dearer than `a` in every world, and tied with nobody before it.
    assert found.ties["meant"] == (("a", "b"),)
    assert found.text == "top 3 (= where they cannot be told apart): a = b, c"


def test_whoever_is_tied_with_the_last_of_the_top_belongs_to_it() -> None:
    found = rank(table(a=[1.0] * 4, b=[2.0] * 4, c=[3.0] * 4, d=[3.0] * 4, e=[4.0] * 4), {"meant": "M"}, {})
    assert found.text == "top 4 (= where they cannot be told apart): a, b, c = d"


def test_weights_count() -> None:
    one, other = nights([0.0, 11.0]), nights([5.0, 5.0])
    for weight, first in ((9.0, "one"), (1.0, "other")):
        weights = np.array([weight, 2.0])
        both = {
            name: {"meant": Nights(each.columns, weights, each.clusters, each.decided)}
            for name, each in (("one", one), ("other", other))
        }
        assert rank(both, {"meant": "M"}, {}).by_reading["meant"][0] == first


def test_an_order_that_does_not_survive() -> None:
    tables = table(a=[1.0] * 3, b=[2.0] * 3, c=[3.0] * 3, d=[4.0] * 3)
    tables["d"]["slip"] = nights([0.5] * 3)
    found = rank(tables, READINGS, {})
    assert not found.survives
    assert found.by_reading["slip"] == ("d", "a", "b", "c")
    assert found.text == "the top differs between readings: under M a, b, c; under S d, a, b"


def test_who_drops_out_if_the_actor_adapts() -> None:
    tables = table(a=[0.1] * 3, b=[0.2] * 3, c=[3.0] * 3, d=[4.0] * 3)
    found = rank(tables, {"meant": "M"}, {"a": {"meant": 11.0}, "b": {"meant": 2.0}, "d": {"meant": 11.0}})
    assert found.text == "top 3: a, b, c; if M adapts, a drops out"
    both = rank(tables, {"meant": "M"}, {"a": {"meant": 11.0}, "b": {"meant": 11.0}})
    assert both.text == "top 3: a, b, c; if M adapts, a and b drop out"


def test_the_same_top_in_another_order() -> None:
    tables = table(a=[1.0] * 3, b=[2.0] * 3, c=[3.0] * 3, d=[4.0] * 3)
    tables["c"]["slip"] = nights([0.5] * 3)
    found = rank(tables, READINGS, {})
    assert found.survives
    assert found.text == "same top 3 under M and S, not always in this order, that of M: a, b, c"


def test_nobody_is_in_the_top_who_cannot_be_told_from_the_baseline() -> None:
    tables = table(a=[1.0] * 4, b=WIDE, base=[2.0] * 4, c=[2.0] * 4)
    assert rank(tables, READINGS, {}, "base").text == "same best under M and S: a"
    tables = table(base=[2.0] * 4, c=[2.0] * 4, d=[3.0] * 4)
    found = rank(tables, READINGS, {}, "base")
    assert found.text == "no policy can be told from the baseline by its minutes dark"
    assert rank(table(base=[2.0] * 4), READINGS, {}, "base").text == "nothing to rank but the baseline, base"
    some = table(a=[3.0] * 4, base=[2.0] * 4)
    some["a"]["slip"] = nights([1.0] * 4)
    assert rank(some, READINGS, {}, "base").text == (
        "the top differs between readings: under M none; under S a"
    )


def test_who_adapts_and_still_leads_does_not_drop_out() -> None:
    tables = table(a=[0.1] * 3, b=[0.2] * 3, c=[3.0] * 3, d=[9.0] * 3)
    # Last of the top, and still ahead of everybody below it.
    assert rank(tables, {"meant": "M"}, {"a": {"meant": 8.0}}).text == "top 3: a, b, c"


def test_alone_there_is_nobody_to_drop_behind() -> None:
    found = rank(table(a=[1.0] * 3), {"meant": "M"}, {"a": {"meant": 11.0}})
    assert found.text == "best: a"
    assert found.ties == {"meant": ()}
