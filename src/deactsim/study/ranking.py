"""The order of policies, and whether it survives every reading of the sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..stats import weighted
from .nights import Nights
from .results import Ranking

TOP = 3

Table = Mapping[str, Mapping[str, Nights]]


def rank(
    table: Table,
    letters: Mapping[str, str],
    adapted: Mapping[str, Mapping[str, float]],
    baseline: str | None = None,
) -> Ranking:
    """Rank policies by mean minutes dark over all evenings, under each reading.

    `table` is policy by reading; policies whose paired difference to the next cannot be told
    from nothing are tied. `adapted` has the mean dark minutes where an actor adapts. In the
    top there is nobody who cannot be told from the baseline.
    """
    by_reading, ties, tops = {}, {}, {}
    for reading in letters:
        means = {name: _mean(table[name][reading]) for name in table}
        order = sorted(table, key=lambda name: (means[name], name))
        groups: list[list[str]] = []
        for name in order:
            if groups and _tied(table[groups[-1][0]][reading], table[name][reading]):
                groups[-1].append(name)
            else:
                groups.append([name])
        by_reading[reading] = tuple(order)
        ties[reading] = tuple(tuple(group) for group in groups if len(group) > 1)
        tops[reading] = _top(groups, baseline)
    survives = len({frozenset(top) for top in tops.values()}) == 1
    text = _text(tops, ties, letters, survives=survives, only=baseline if len(table) == 1 else None)
    if any(tops.values()):
        text += _dropped(table, tops, letters, adapted)
    return Ranking(by_reading, ties, survives, text)


def _mean(nights: Nights) -> float:
    return weighted.mean(nights.column("dark_minutes"), nights.weights)


def _tied(first: Nights, second: Nights) -> bool:
    difference = first.column("dark_minutes") - second.column("dark_minutes")
    interval = weighted.mean_interval(difference, first.weights, first.clusters)
    return bool(interval.low <= 0.0 <= interval.high)


def _top(groups: Sequence[Sequence[str]], baseline: str | None) -> tuple[str, ...]:
    """The first few, with all that are tied with the last of them; none from the baseline on."""
    top: list[str] = []
    for group in groups:
        if baseline in group or len(top) >= TOP:
            break
        top += group
    return tuple(top)


def _text(
    tops: Mapping[str, tuple[str, ...]],
    ties: Mapping[str, tuple[tuple[str, ...], ...]],
    letters: Mapping[str, str],
    *,
    survives: bool,
    only: str | None,
) -> str:
    if only is not None:
        return f"nothing to rank but the baseline, {only}"
    if not any(tops.values()):
        return "no policy can be told from the baseline by its minutes dark"
    every = _listed(list(letters.values()))
    first = next(iter(tops))
    apart = (
        " (= where they cannot be told apart)" if any(" = " in _said(tops[r], ties[r]) for r in tops) else ""
    )
    if survives:
        said = _said(tops[first], ties[first])
        best = f"top {len(tops[first])}" if len(tops[first]) > 1 else "best"
        if len(letters) == 1:
            return f"{best}{apart}: {said}"
        orders = {_said(top, ties[reading]) for reading, top in tops.items()}
        if len(orders) == 1:
            return f"same {best} under {every}{apart}: {said}"
        return f"same {best} under {every}{apart}, not always in this order, that of {letters[first]}: {said}"
    alike: dict[str, list[str]] = {}
    for reading, top in tops.items():
        alike.setdefault(_said(top, ties[reading]) or "none", []).append(letters[reading])
    return f"the top differs between readings{apart}: " + "; ".join(
        f"under {_listed(under)} {said}" for said, under in alike.items()
    )


def _said(top: Sequence[str], ties: Sequence[Sequence[str]]) -> str:
    """The top in order, best first; the tied with an equals sign between them."""
    parts: list[str] = []
    for name in top:
        tie = next((tie for tie in ties if name in tie), (name,))
        if name == tie[0]:
            parts.append(" = ".join(tie))
    return ", ".join(parts)


def _dropped(
    table: Table,
    tops: Mapping[str, tuple[str, ...]],
    letters: Mapping[str, str],
    adapted: Mapping[str, Mapping[str, float]],
) -> str:
    """Who of the top falls behind the best below it once the actor adapts."""
    text = ""
    for reading, top in tops.items():
        below = min((_mean(table[name][reading]) for name in table if name not in top), default=None)
        names = [
            name for name in top if below is not None and adapted.get(name, {}).get(reading, 0.0) >= below
        ]
        if names:
            verb = "drops" if len(names) == 1 else "drop"
            text += f"; if {letters[reading]} adapts, {_listed(names)} {verb} out"
    return text


def _listed(items: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, (", ".join(items[:-1]), items[-1])))
