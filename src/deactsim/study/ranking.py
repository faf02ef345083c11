"""The order of policies, and whether it survives every reading of the sources."""

from __future__ import annotations

from collections.abc import Mapping

from ..stats import weighted
from .nights import Nights
from .results import Ranking

TOP = 3


def rank(
    table: Mapping[str, Mapping[str, Nights]],
    letters: Mapping[str, str],
    adapted: Mapping[str, Mapping[str, float]],
) -> Ranking:
    """Rank policies by mean minutes dark over all evenings, under each reading.

    `table` is policy by reading; policies whose paired difference to the next cannot be told
    from nothing are tied. `adapted` has the mean dark minutes where an actor adapts.
    """
    by_reading, ties = {}, {}
    for reading in letters:
        dark = {name: nights[reading].column("dark_minutes") for name, nights in table.items()}
        weights = {name: nights[reading].weights for name, nights in table.items()}
        means = {name: weighted.mean(dark[name], weights[name]) for name in table}
        order = sorted(table, key=lambda name: (means[name], name))
        by_reading[reading] = tuple(order)
        groups: list[list[str]] = []
        for name in order:
            if groups and _tied(table[groups[-1][0]][reading], table[name][reading]):
                groups[-1].append(name)
            else:
                groups.append([name])
        ties[reading] = tuple(tuple(group) for group in groups if len(group) > 1)
    tops = {reading: _top(order, ties[reading]) for reading, order in by_reading.items()}
    survives = len(set(tops.values())) == 1
    return Ranking(by_reading, ties, survives, _text(tops, letters, adapted, table, survives))


def _tied(first: Nights, second: Nights) -> bool:
    difference = first.column("dark_minutes") - second.column("dark_minutes")
    interval = weighted.mean_interval(difference, first.weights, first.clusters)
    return bool(interval.low <= 0.0 <= interval.high)


def _top(order: tuple[str, ...], ties: tuple[tuple[str, ...], ...]) -> frozenset[str]:
    """The first few, with all that are tied with the last of them."""
    top = list(order[:TOP])
    for tie in ties:
        if top and top[-1] in tie:
            top += [name for name in tie if name not in top]
    return frozenset(top)


def _text(
    tops: Mapping[str, frozenset[str]],
    letters: Mapping[str, str],
    adapted: Mapping[str, Mapping[str, float]],
    table: Mapping[str, Mapping[str, Nights]],
    survives: bool,
) -> str:
    every = ", ".join(letters.values())
    first = next(iter(tops))
    if survives and len(letters) > 1:
        text = f"same top {len(tops[first])} under {every}: {', '.join(sorted(tops[first]))}"
    elif survives:
        text = f"top {len(tops[first])}: {', '.join(sorted(tops[first]))}"
    else:
        text = f"the top {TOP} differ between readings {every}"
    dropped: dict[str, list[str]] = {}
    for name in sorted(tops[first]):
        for reading, dark in adapted.get(name, {}).items():
            others = [
                weighted.mean(table[other][reading].column("dark_minutes"), table[other][reading].weights)
                for other in tops[first]
                if other != name
            ]
            if others and dark > max(others):
                dropped.setdefault(letters[reading], []).append(name)
    for letter, names in dropped.items():
        verb = "drops" if len(names) == 1 else "drop"
        text += f"; if {letter} adapts, {' and '.join(names)} {verb} out"
    return text
