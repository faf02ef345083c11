"""The text of a comparison: groups a manager can repeat, and what decides each figure."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from datetime import datetime, timedelta

from ..study.ranking import RULE
from ..study.results import Comparison, Decision, Group, PolicyOutcome, ReadingOutcome, Summary, Tipping
from .cut_text import compare_cuts, counted_in
from .fit_text import fit_cautions
from .wording import (
    FEW_WORLDS,
    WIDTH,
    days_later,
    filled,
    headed,
    instant,
    minutes,
    number,
    occasion,
    or_more,
    page,
    percent,
    plural,
    reached_text,
    refused_text,
    spread,
    too_few,
    wrap,
)

#: The groups in the order they are shown, and their headings.
GROUPS: tuple[tuple[Group, str], ...] = (
    ("stops", "stops it"),
    ("shortens", "shortens it"),
    ("postpones", "postpones it"),
    ("lengthens", "makes it worse"),
    ("nothing", "changes nothing"),
    ("unknown", "cannot be said"),
)

GAP = "  "
ADAPTED = "   if the actor adapts"
SHARING = 3
"""Inputs that are named where the lead is shared."""
STOPPED = 4
"""Columns a share takes: `>99` and a space."""


def compare_table(comparison: Comparison, file: str) -> str:
    """A comparison as text; `file` names the scenario in the next command."""
    blocks = [
        _head(comparison),
        _groups(comparison),
        _foot(comparison),
        [f"next     deactsim chart {shlex.quote(file)} -o charts"],
    ]
    return page(blocks)


def vary_table(comparisons: Sequence[Comparison]) -> str:
    """One block a value of what was varied: policy, share stopped, minutes dark."""
    asked = comparisons[0]
    blocks = [[asked.scenario.title, *_readings(asked), *reached_text(asked.varied, asked.reached)]]
    letters = "/".join(letter for _, _, letter in comparisons[0].readings)
    for comparison in comparisons:
        path, value = comparison.varied or ("", "")
        outcomes = [policy for policy in comparison.policies if policy.readings]
        unit = dark_unit(comparison)
        rows = [("policy", f"stopped, % {letters}", f"if not: {unit} dark (90 %)", "mean over all worlds")]
        for policy in outcomes:
            first = policy.readings[0]
            mean = f"{number(first.mean_dark.mean)} ({number(first.mean_dark.low)}-{number(first.mean_dark.high)})"
            shares = "/".join(percent(reading.stopped.mean) for reading in policy.readings)
            rows.append((policy.name, shares, dark_text(first), mean))
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [f"{path} = {value}", *_careful(comparison)]
        lines += [
            "  " + GAP.join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
            for row in rows
        ]
        for policy in outcomes:
            if policy.unheard:
                lines += filled("  ", f"{policy.name}: {policy.unheard}", indent=4)
        blocks.append(lines)
    ranges = (
        f"behind minutes dark: 90 % of the {occasion(comparisons[0].scenario)}s not stopped; "
        "behind means (stopped ones count 0): the 95 % interval of the simulation"
    )
    ranges += "".join(f"; dark ones {said}" for said in {*map(counted_in, comparisons)} - {""})
    foot = filled("RANGES", ranges)
    if any(map(_any_few, comparisons)):
        foot += filled("~", _few_said(comparisons[0]))
    return page([*blocks, foot])


def baseline_dark(comparison: Comparison) -> float | None:
    """Median minutes dark under the scenario's own policy."""
    dark = baseline_summary(comparison)
    return None if dark is None else dark.median


def baseline_summary(comparison: Comparison) -> Summary | None:
    """Minutes dark under the scenario's own policy."""
    own = _own(comparison)
    return None if own is None else own.dark


def _own(comparison: Comparison) -> ReadingOutcome | None:
    """The scenario's own policy under the first reading."""
    own = (policy.readings for policy in comparison.policies if policy.name == comparison.baseline)
    return next((readings[0] for readings in own if readings), None)


def several(comparison: Comparison) -> bool:
    """Whether the actor acts more than once, so that minutes dark add up over accounts."""
    incident = comparison.scenario.incident
    return incident is not None and bool(incident.further_acts)


def dark_unit(comparison: Comparison) -> str:
    """What minutes dark are counted in: those of one account, or of all together."""
    return "account-min" if several(comparison) else "min"


def others(comparison: Comparison) -> list[PolicyOutcome]:
    """The policies apart from the baseline."""
    return [policy for policy in comparison.policies if policy.name != comparison.baseline]


def members(comparison: Comparison, group: Group) -> list[PolicyOutcome]:
    """The policies of a group, in the order of the comparison."""
    found = [policy for policy in others(comparison) if policy.group == group]
    if group in {"nothing", "unknown"}:
        return found
    return ordered(comparison, found)


def ordered(comparison: Comparison, policies: Sequence[PolicyOutcome]) -> list[PolicyOutcome]:
    """Policies as the comparison orders them, everywhere; what cannot be ordered last."""
    order = comparison.ranking.order
    return sorted(policies, key=lambda each: order.index(each.name) if each.name in order else len(order))


def tied_with(comparison: Comparison, name: str) -> tuple[str, ...]:
    """The names of the others that a policy cannot be told apart from."""
    tie = next((tie for tie in comparison.ranking.tied if name in tie), ())
    return tuple(other for other in tie if other != name)


def nothing_seen(friction: str) -> bool:
    """Whether honest work pays nothing that was seen."""
    return friction in {"", "none seen"}


def decision_text(policy: PolicyOutcome) -> str:
    """The input that decides a figure, with its present value; of a stop that none moves, how it is stopped.

    Where a substantial part of the stops was nobody's decision, that is said too.
    """
    decided = policy.decided_by
    if policy.group != "stops":
        return "" if decided is None else _labels(decided)
    if decided is None:
        return policy.stopped_how or "no input moves it"
    return "; ".join(filter(None, (_labels(decided), policy.unheard)))


def _labels(decided: Decision) -> str:
    """The input that decides; those that share the lead, where the simulation cannot tell which one it is."""
    labels = [each.label for each in (decided, *decided.shared_with)]
    shown, more = labels[:SHARING], len(labels) - SHARING
    return " or ".join(shown) + (f" or {more} more" if more > 0 else "")


def dark_text(outcome: ReadingOutcome) -> str:
    """Minutes dark on evenings not stopped; of a handful of evenings the median alone, marked `~`."""
    if outcome.dark is None:
        return "-"
    if too_few(outcome.dark_worlds):
        return f"~{or_more(outcome.dark, 'median', number(outcome.dark.median))}"
    return spread(outcome.dark)


def worse_text(policy: PolicyOutcome) -> str:
    """What a policy makes worse; nothing of one that does not."""
    return policy.reason or "" if policy.group == "lengthens" else ""


def starts_text(comparison: Comparison, outcome: ReadingOutcome) -> str:
    """`, from 19:03` where the darkness begins noticeably later (or sooner) than it did."""
    if outcome.starts is None or abs(outcome.starts.median) < 1 or comparison.scenario.incident is None:
        return ""
    effect = instant(comparison.scenario.incident.at.value.value, comparison.scenario.zone)
    begins: datetime = effect + timedelta(minutes=outcome.starts.median)
    days = (begins.date() - effect.date()).days
    return f", from {begins:%H:%M}{days_later(days)}"


def _head(comparison: Comparison) -> list[str]:
    own = _own(comparison)
    right = f"baseline {comparison.baseline}"
    if own is not None and own.dark is not None:
        right += (
            f": {'~' * too_few(own.dark_worlds)}{or_more(own.dark, 'median', minutes(own.dark.median))} dark"
        )
        right += ", all accounts together" * several(comparison)
    return headed(comparison.scenario.title, right) + _readings(comparison)


def _readings(comparison: Comparison) -> list[str]:
    said = " | ".join(f"{letter} {label}" for _, label, letter in comparison.readings)
    return filled("Readings:", said, indent=10)


class _Columns:
    """Where the columns of the table stand, for the names and readings at hand."""

    def __init__(self, comparison: Comparison) -> None:
        letters = [letter for _, _, letter in comparison.readings]
        shown = [policy for policy in others(comparison) if policy.readings]
        names = [f" {policy.name}" for policy in others(comparison)]
        names += [ADAPTED for policy in shown if policy.adapted]
        self.letters = letters
        self.name = min(26, max([16, *map(len, names)]))
        self.stopped = max(len("stopped, %"), STOPPED * len(letters))
        dark = [
            _dark(comparison, outcome) for policy in shown for outcome in (*policy.readings, *policy.adapted)
        ]
        self.head = f"{dark_unit(comparison)} dark (90 %)"
        self.dark = min(24, max([len("if not stopped,"), len(self.head), *map(len, dark)]))
        rest = WIDTH - self.name - self.stopped - self.dark - 3 * len(GAP)
        self.decided = (rest - len(GAP)) * 11 // 20
        self.work = rest - len(GAP) - self.decided

    def heading(self) -> list[str]:
        letters = "".join(f"{letter:>{STOPPED}}" for letter in self.letters)
        return [
            self.row("", f"{'stopped, %':>{self.stopped}}", "if not stopped,", "decided by", "honest work,"),
            self.row("policy", f"{letters:>{self.stopped}}", self.head, "(yours to change)", "usual week"),
        ]

    def row(self, name: str, stopped: str, dark: str, decided: str, work: str) -> str:
        return GAP.join(
            (
                f"{name:<{self.name}}",
                f"{stopped:>{self.stopped}}",
                f"{dark:<{self.dark}}",
                f"{decided:<{self.decided}}",
                work,
            )
        )

    def rows(self, name: str, stopped: str, dark: str, decided: str, work: str) -> list[str]:
        """A row whose cells may need more lines; a name too long gets a line of its own."""
        lines: list[str] = []
        if len(name) > self.name:
            lines, name = [name], ""
        columns = [
            [name],
            [stopped],
            wrap(dark, self.dark),
            wrap(decided, self.decided),
            wrap(work, self.work),
        ]
        for at in range(max(map(len, columns))):
            cells = [column[at] if at < len(column) else "" for column in columns]
            lines.append(self.row(*cells))
        return lines


def _groups(comparison: Comparison) -> list[str]:
    columns = _Columns(comparison)
    shown = others(comparison)
    lines = columns.heading() if any(policy.group not in {"nothing", "unknown"} for policy in shown) else []
    for group, title in GROUPS:
        found = members(comparison, group)
        if found:
            lines.append(title.upper())
        tie: tuple[str, ...] = ()
        for policy in found:
            if group in {"nothing", "unknown"}:
                lines += _reasoned(policy, columns)
                continue
            mark = "=" if policy.name in tie else " "
            lines += _figures(comparison, policy, columns, mark)
            tie = tied_with(comparison, policy.name)
    return lines or ["No policy but the baseline to compare."]


def told_reason(policy: PolicyOutcome) -> str:
    """Why a policy changes nothing, or cannot be told of; and what it costs all the same."""
    reason = policy.reason or "no difference in any world"
    if policy.reason_source:
        reason += f" ({policy.reason_source})"
    if not nothing_seen(policy.friction_text):
        reason += f"; costs in a usual week: {policy.friction_text}"
    return reason


def _reasoned(policy: PolicyOutcome, columns: _Columns) -> list[str]:
    reason = told_reason(policy)
    if len(policy.name) + 1 > columns.name:
        return [
            f" {policy.name}",
            *(" " * (columns.name + 2) + line for line in wrap(reason, WIDTH - columns.name - 2)),
        ]
    return filled(f" {policy.name}", reason, indent=columns.name + 2)


def _figures(comparison: Comparison, policy: PolicyOutcome, columns: _Columns, mark: str) -> list[str]:
    first = next((outcome for outcome in policy.readings if outcome.dark is not None), policy.readings[0])
    decided = decision_text(policy)
    lines = columns.rows(
        f"{mark}{policy.name}",
        _shares(policy.readings),
        _dark(comparison, first),
        decided,
        policy.friction_text or "none seen",
    )
    if worse := worse_text(policy):
        lines += filled("", worse, indent=columns.name + columns.stopped + 2 * len(GAP))
    if policy.adapted:
        adapted = {outcome.reading: outcome for outcome in policy.adapted}
        merged = [adapted.get(outcome.reading, outcome) for outcome in policy.readings]
        dark = _dark(comparison, policy.adapted[0])
        reason = "" if worse else policy.reason or ""
        lines += columns.rows(ADAPTED, _shares(merged), dark, reason, "")
    return lines


def _shares(outcomes: Sequence[ReadingOutcome]) -> str:
    return "".join(f"{percent(outcome.stopped.mean):>{STOPPED}}" for outcome in outcomes)


def _dark(comparison: Comparison, outcome: ReadingOutcome) -> str:
    if outcome.dark is None:
        return "-"
    return dark_text(outcome) + starts_text(comparison, outcome)


def tipping_text(tipping: Tipping) -> str:
    """Where two neighbours change places, as a sentence."""
    low, high = tipping.low_text, tipping.high_text
    if low is None or high is None:
        known = f", {high} or less" if low is None else f", {low} or more"
    else:
        known = "" if low == high else f", {low} to {high}"
    place = f"{tipping.direction} {tipping.value_text}{known}"
    return (
        f"{tipping.better} beats {tipping.worse} while {tipping.label} is {place} "
        f"(now {tipping.now_text}, {tipping.basis})"
    )


def worth_text(comparison: Comparison) -> str:
    """What the evenings are worth after fitting the record."""
    return f"worth {comparison.effective_worlds:,.0f} after fitting the record"


def _foot(comparison: Comparison) -> list[str]:
    lines: list[str] = []
    for at, tipping in enumerate(comparison.tipping):
        lines += filled("TIPPING" if at == 0 else "", tipping_text(tipping))
    if comparison.tipping:
        lines += filled("", "behind each: its 95 % interval, from the same worlds")
    counted = "".join(f", {said}" for said in (counted_in(comparison),) if said)
    lines += filled(
        "ORDER", f"{RULE} (stopped ones count 0{counted}); = cannot be told from the one above it"
    )
    lines += filled("RANKING", comparison.ranking.text)
    lines += filled("ERROR", error_text(comparison))
    if _any_few(comparison):
        lines += filled("~", _few_said(comparison))
    if comparison.weeks:
        lines += filled(
            "COSTS",
            f"from {plural(comparison.weeks, 'simulated routine week')} of the same model. Staff cost is not "
            "counted; approvers have no other work here unless the scenario gives it",
        )
    worlds = plural(comparison.worlds, occasion(comparison.scenario))
    lines += filled(
        "WORLDS",
        f"the same {worlds} under every policy ({worth_text(comparison)}), seed {comparison.seed}",
    )
    return lines + _careful(comparison)


def _careful(comparison: Comparison) -> list[str]:
    """That honest work is refused, or minutes dark cut; how far the evenings carry what is said, if not far."""
    refused = refused_text({policy.name: policy.refused for policy in comparison.policies})
    lines: list[str] = []
    for said in (*refused, *compare_cuts(comparison), *fit_cautions(comparison)):
        lines += filled("" if lines else "CAREFUL", f"{said}.")
    return lines


def _any_few(comparison: Comparison) -> bool:
    """Whether minutes of a policy rest on a handful of evenings."""
    outcomes = [each for policy in comparison.policies for each in (*policy.readings, *policy.adapted)]
    return any(dark_text(each).startswith("~") for each in outcomes)


def _few_said(comparison: Comparison) -> str:
    return (
        f"under {FEW_WORLDS} effective {occasion(comparison.scenario)}s are dark: the median alone, no range"
    )


def error_text(comparison: Comparison) -> str:
    """The simulation's error, beside how far the deciding inputs move what policies stop."""
    said = "simulation under 1 point"
    if comparison.error >= 0.01:
        said = f"simulation up to {100 * comparison.error:.1f} points"
    moves = [
        abs(decided.figure_high - decided.figure_low)
        for policy in others(comparison)
        if (decided := policy.decided_by) is not None and decided.figure == "stopped"
    ]
    if not moves:
        return said
    least, most = (f"{100 * move:.0f}" for move in (min(moves), max(moves)))
    span = f"{least} points" if least == most else f"{least} to {most} points"
    said += f'; the inputs under "decided by", moved as far as they were, move shares by {span}'
    below = sum(move / 2.0 < comparison.error for move in moves)
    if below:
        said += f", {below} of {len(moves)} of them by less than the simulation can tell"
    return said
