"""The text of a comparison: groups a manager can repeat, and what decides each figure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from ..study.results import Comparison, Decision, Group, PolicyOutcome, ReadingOutcome, Tipping
from .wording import WIDTH, filled, instant, minutes, number, occasion, percent, plural, spread, wrap

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
STOPPED = 4
"""Columns a share takes: `>99` and a space."""


def compare_table(comparison: Comparison, file: str) -> str:
    """A comparison as text; `file` names the scenario in the next command."""
    blocks = [
        _head(comparison),
        _groups(comparison),
        _foot(comparison),
        [f"next     deactsim chart {file} -o charts"],
    ]
    return "\n\n".join("\n".join(line.rstrip() for line in block) for block in blocks if block) + "\n"


def vary_table(comparisons: Sequence[Comparison]) -> str:
    """One block a value of what was varied: policy, share stopped, minutes dark."""
    blocks = [[comparisons[0].scenario.title, *_readings(comparisons[0])]]
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
            rows.append((policy.name, shares, "-" if first.dark is None else spread(first.dark), mean))
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [f"{path} = {value}"]
        lines += [
            "  " + GAP.join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
            for row in rows
        ]
        blocks.append(lines)
    return "\n\n".join("\n".join(line.rstrip() for line in block) for block in blocks) + "\n"


def baseline_dark(comparison: Comparison) -> float | None:
    """Median minutes dark under the scenario's own policy."""
    for policy in comparison.policies:
        if policy.name == comparison.baseline and policy.readings and policy.readings[0].dark is not None:
            return policy.readings[0].dark.median
    return None


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
    """The policies of a group, the best under its worst reading first."""
    found = [policy for policy in others(comparison) if policy.group == group]
    if group in {"nothing", "unknown"}:
        return found
    return sorted(found, key=_merit)


def _merit(policy: PolicyOutcome) -> tuple[float, float]:
    outcomes = (*policy.readings, *policy.adapted)
    if not outcomes:
        return (0.0, 0.0)
    return -min(outcome.stopped.mean for outcome in outcomes), max(
        outcome.mean_dark.mean for outcome in outcomes
    )


def nothing_seen(friction: str) -> bool:
    """Whether honest work pays nothing that was seen."""
    return friction in {"", "none seen"}


def decision_text(decision: Decision | None) -> str:
    """The input that decides a figure, with its present value."""
    return "" if decision is None else decision.label


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
    return f", from {begins:%H:%M}" + (f" {days:+d}d" if days else "")


def _head(comparison: Comparison) -> list[str]:
    dark = baseline_dark(comparison)
    right = f"baseline {comparison.baseline}" + ("" if dark is None else f": {minutes(dark)} dark")
    if dark is not None and several(comparison):
        right += ", all accounts together"
    lines = wrap(comparison.scenario.title, WIDTH - len(right) - 2)
    lines[0] = f"{lines[0]:<{WIDTH - len(right)}}{right}"
    return lines + _readings(comparison)


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
        for policy in found:
            lines += (
                _reasoned(policy, columns)
                if group in {"nothing", "unknown"}
                else _figures(comparison, policy, columns)
            )
    return lines or ["No policy but the baseline to compare."]


def _reasoned(policy: PolicyOutcome, columns: _Columns) -> list[str]:
    reason = policy.reason or "no difference in any world"
    if policy.reason_source:
        reason += f" ({policy.reason_source})"
    if len(policy.name) + 1 > columns.name:
        return [
            f" {policy.name}",
            *(" " * (columns.name + 2) + line for line in wrap(reason, WIDTH - columns.name - 2)),
        ]
    return filled(f" {policy.name}", reason, indent=columns.name + 2)


def _figures(comparison: Comparison, policy: PolicyOutcome, columns: _Columns) -> list[str]:
    first = next((outcome for outcome in policy.readings if outcome.dark is not None), policy.readings[0])
    decided = decision_text(policy.decided_by)
    lines = columns.rows(
        f" {policy.name}",
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
    return spread(outcome.dark) + starts_text(comparison, outcome)


def tipping_text(tipping: Tipping) -> str:
    """Where two neighbours change places, as a sentence."""
    return (
        f"{tipping.better} beats {tipping.worse} while {tipping.label} is {tipping.direction} {tipping.value_text} "
        f"(now {tipping.now_text}, {tipping.basis})"
    )


def _foot(comparison: Comparison) -> list[str]:
    lines: list[str] = []
    for at, tipping in enumerate(comparison.tipping):
        lines += filled("TIPPING" if at == 0 else "", tipping_text(tipping))
    lines += filled("RANKING", comparison.ranking.text)
    error = "under 1 point" if comparison.error < 0.01 else f"up to {100 * comparison.error:.1f} points"
    lines += filled("ERROR", f'simulation {error}; the "decided by" column is far larger')
    if comparison.weeks:
        lines += filled(
            "COSTS", f"from {plural(comparison.weeks, 'simulated routine week')} of the same model"
        )
    worlds = plural(comparison.worlds, occasion(comparison.scenario))
    lines += filled(
        "WORLDS",
        f"the same {worlds} under every policy (worth {comparison.effective_worlds:,.0f} after fitting the record), "
        f"seed {comparison.seed}",
    )
    return lines
