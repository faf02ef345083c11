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
    assert found.text == "a = b, d (= where they cannot be told apart)"


def test_tied_if_the_paired_difference_cannot_be_told_from_nothing() -> None:
    found = rank(table(a=[2.0, 2.0, 2.0, 2.0], b=WIDE, c=[2.1, 2.2, 2.1, 2.2]), {"meant": "M"}, {})
    # `b` spreads around `a`; `c` is dearer than `a` in every world, and tied with nobody before it.
    assert found.ties["meant"] == (("a", "b"),)
    assert found.text == "a = b, c (= where they cannot be told apart)"


def test_whoever_is_tied_with_the_last_of_the_top_belongs_to_it() -> None:
    found = rank(table(a=[1.0] * 4, b=[2.0] * 4, c=[3.0] * 4, d=[3.0] * 4, e=[4.0] * 4), {"meant": "M"}, {})
    assert found.text == "a, b, c = d (= where they cannot be told apart)"


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
    assert found.text == "a, b, c; under S, nobody adapting: d, a, b"


def adapting(**dark: Sequence[float]) -> dict[str, dict[str, Nights]]:
    return {name: {"meant": nights(values)} for name, values in dark.items()}


def test_an_actor_who_adapts_counts_where_it_is_worse() -> None:
    tables = table(a=[0.1] * 3, b=[0.2] * 3, c=[3.0] * 3, d=[4.0] * 3)
    found = rank(tables, {"meant": "M"}, adapting(a=[11.0] * 3, b=[2.0] * 3, d=[1.0] * 3))
    assert found.order == ("b", "c", "d", "a")
    assert found.by_reading["meant"] == ("a", "b", "c", "d")
    assert found.text == "b, c, d; under M, nobody adapting: a, b, c"


def test_the_worst_reading_counts() -> None:
    tables = table(a=[1.0] * 3, b=[2.0] * 3, c=[3.0] * 3)
    tables["a"]["slip"] = nights([9.0] * 3)
    found = rank(tables, READINGS, {})
    assert found.order == ("b", "c", "a")
    assert found.survives


def test_worst_under_different_readings_are_told_apart_world_by_world() -> None:
    # The same worlds, weighed otherwise: half a minute apart in each of them.
    one, other = [1.0, 3.0, 5.0, 7.0], [1.5, 3.5, 5.5, 7.5]
    columns = {"dark_minutes": np.array(other), "stopped": np.zeros(4)}
    apart = Nights(columns, np.full(4, 2.0), np.arange(4), ((),) * 4)
    tables = {
        "a": {"meant": nights(one), "slip": nights([0.0] * 4)},
        "b": {"meant": nights([0.0] * 4), "slip": apart},
    }
    assert rank(tables, READINGS, {}).tied == ()
    # Worlds of their own say less.
    alone = Nights(columns, np.full(4, 2.0), np.arange(4) + 4, ((),) * 4)
    tables["b"]["slip"] = alone
    assert rank(tables, READINGS, {}).tied == (("a", "b"),)


def test_the_same_top_in_another_order() -> None:
    tables = table(a=[1.0] * 3, b=[2.0] * 3, c=[3.0] * 3, d=[4.0] * 3)
    tables["c"]["slip"] = nights([0.5] * 3)
    found = rank(tables, READINGS, {})
    assert found.survives
    assert found.text == "a, b, c"


def test_nobody_is_in_the_top_who_cannot_be_told_from_the_baseline() -> None:
    tables = table(a=[1.0] * 4, b=WIDE, base=[2.0] * 4, c=[2.0] * 4)
    assert rank(tables, READINGS, {}, "base").text == "a"
    tables = table(base=[2.0] * 4, c=[2.0] * 4, d=[3.0] * 4)
    found = rank(tables, READINGS, {}, "base")
    assert found.text == "no policy can be told from the baseline by its minutes dark"
    assert rank(table(base=[2.0] * 4), READINGS, {}, "base").text == "nothing to rank but the baseline, base"
    some = table(a=[3.0] * 4, base=[2.0] * 4)
    some["a"]["slip"] = nights([1.0] * 4)
    assert rank(some, READINGS, {}, "base").text == (
        "where it is worst for the policy none can be told from the baseline; under S, nobody adapting: a"
    )
    # Under a reading by itself there may be nobody either.
    some["a"]["meant"] = nights([1.0] * 4)
    some["base"]["slip"] = nights([1.0] * 4)
    assert rank(some, READINGS, {}, "base").text == "a; under S, nobody adapting: none"


def test_alone_there_is_nobody_to_be_behind() -> None:
    found = rank(table(a=[1.0] * 3), {"meant": "M"}, adapting(a=[11.0] * 3))
    assert (found.text, found.order) == ("a", ("a",))
    assert found.ties == {"meant": ()}
