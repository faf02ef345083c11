"""The order of policies: one rule for tables and charts, and what each reading makes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache

import numpy as np

from ..stats import weighted
from .nights import Array, Nights
from .results import Ranking

TOP = 3
RULE = "fewest minutes dark on average, under the reading or adaptation worst for the policy"
"""The rule of the order, as printed: stopped evenings count 0."""

Table = Mapping[str, Mapping[str, Nights]]


def rank(table: Table, letters: Mapping[str, str], adapted: Table, baseline: str | None = None) -> Ranking:
    """Order policies by mean minutes dark over all evenings.

    `table` is policy by reading, `adapted` has the evenings of those to which an actor adapts. The
    order that counts has each policy where it is worst: under that reading, or with the actor
    adapting. Policies whose difference to the first of those before them cannot be told from
    nothing are tied with it. Beside it stands the order under each reading by itself. In the top
    there is nobody who cannot be told from the baseline.
    """
    by_reading, ties, tops = {}, {}, {}
    # Under most readings most policies have the same evenings.
    tied = cache(_tied)
    for reading in letters:
        order, groups = _ordered({name: table[name][reading] for name in table}, tied)
        by_reading[reading], ties[reading] = order, _several(groups)
        tops[reading] = _top(groups, baseline)
    order, groups = _ordered({name: _worst(table[name], adapted.get(name, {})) for name in table}, tied)
    top, survives = _top(groups, baseline), len({frozenset(top) for top in tops.values()}) == 1
    if list(table) == [baseline]:
        text = f"nothing to rank but the baseline, {baseline}"
    elif not top and not any(tops.values()):
        text = "no policy can be told from the baseline by its minutes dark"
    else:
        text = _text(top, _several(groups)) + _by_reading(tops, ties, letters, top)
    return Ranking(by_reading, ties, survives, text, order, _several(groups))


def _ordered(
    found: Mapping[str, Nights], tied: Callable[[Nights, Nights], bool]
) -> tuple[tuple[str, ...], list[list[str]]]:
    """Names best first, and the same in groups that cannot be told apart."""
    order = sorted(found, key=lambda name: (found[name].mean_dark, name))
    groups: list[list[str]] = []
    for name in order:
        if groups and tied(found[groups[-1][0]], found[name]):
            groups[-1].append(name)
        else:
            groups.append([name])
    return tuple(order), groups


def _several(groups: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(group) for group in groups if len(group) > 1)


def _worst(readings: Mapping[str, Nights], adapted: Mapping[str, Nights]) -> Nights:
    """The evenings under the reading, or with the actor adapting, that leave most minutes dark."""
    return max((*readings.values(), *adapted.values()), key=lambda nights: nights.mean_dark)


def _tied(first: Nights, second: Nights) -> bool:
    """Whether two means cannot be told apart, world by world: the 95 % interval has nothing in it.

    The worlds of two readings are the same, weighed differently: the interval is that of the
    difference of two ratios, each linearised, world by world.
    """
    clusters, place = np.unique(np.concatenate((first.clusters, second.clusters)), return_inverse=True)
    parts = np.concatenate([_parts(first), -_parts(second)])
    weights = np.concatenate((first.weights, second.weights))
    count = np.count_nonzero(np.bincount(place, weights, clusters.size))
    error = float(np.sqrt((np.bincount(place, parts, clusters.size) ** 2).sum()))
    if count > 1:
        error *= float(np.sqrt(count / (count - 1)))
    return abs(first.mean_dark - second.mean_dark) <= weighted.Z95 * error + 1e-12


def _parts(nights: Nights) -> Array:
    """What each world moves the mean by."""
    apart: Array = nights.column("dark_minutes") - nights.mean_dark
    return nights.weights / float(nights.weights.sum()) * apart


def _top(groups: Sequence[Sequence[str]], baseline: str | None) -> tuple[str, ...]:
    """The first few, with all that are tied with the last of them; none from the baseline on."""
    top: list[str] = []
    for group in groups:
        if baseline in group or len(top) >= TOP:
            break
        top += group
    return tuple(top)


def _text(top: Sequence[str], ties: Sequence[Sequence[str]]) -> str:
    said = _said(top, ties)
    if not said:
        return "where it is worst for the policy none can be told from the baseline"
    return said + (" (= where they cannot be told apart)" if " = " in said else "")


def _by_reading(
    tops: Mapping[str, tuple[str, ...]],
    ties: Mapping[str, tuple[tuple[str, ...], ...]],
    letters: Mapping[str, str],
    top: Sequence[str],
) -> str:
    """What of the top is another one under a reading by itself, the actor not adapting."""
    alike: dict[str, list[str]] = {}
    for reading, names in tops.items():
        if set(names) != set(top):
            alike.setdefault(_said(names, ties[reading]) or "none", []).append(letters[reading])
    return "".join(f"; under {_listed(under)}, nobody adapting: {said}" for said, under in alike.items())


def _said(top: Sequence[str], ties: Sequence[Sequence[str]]) -> str:
    """The top in order, best first; the tied with an equals sign between them."""
    parts: list[str] = []
    for name in top:
        tie = next((tie for tie in ties if name in tie), (name,))
        if name == tie[0]:
            parts.append(" = ".join(tie))
    return ", ".join(parts)


def _listed(items: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, (", ".join(items[:-1]), items[-1])))
