"""A card for every safeguard: what it does in simulated evenings, beside FAIR-CAM's closed form.

Each safeguard covers 90 % of its targets and is in order 80 % of the time, with outages of four hours; all are
tried on the same evening. Its coverage, its reliability, its efficacy (always in order, never in order) and what
comes of them together are measured and held to theory. Writes verification/out/cards.md.

    python verification/cards.py [--scale 1] [--workers 2]
"""

# ruff: noqa: T201 - a script prints
from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from verification.known.check import Check, lines, mean, number, share, summary  # noqa: E402
from verification.known.evening import COVERS, DARK, MINUTE, STATED, STRETCH, WORKS, text  # noqa: E402
from verification.known.safeguards import CARDS, Card, control_of  # noqa: E402

from deactsim.engines.chosen import run  # noqa: E402 - the checkout is not a package
from deactsim.model.compile import compile_plan  # noqa: E402
from deactsim.model.streams import account_id, world_key  # noqa: E402
from deactsim.model.world import OUTAGES_A_WINDOW, World  # noqa: E402
from deactsim.scenario.load import loads  # noqa: E402
from deactsim.scenario.safeguards import Safeguards  # noqa: E402
from deactsim.study.executors import run_jobs  # noqa: E402
from deactsim.study.measures import Marks, marks  # noqa: E402

OUT = ROOT / "verification" / "out"
PART = "Cards"
SEED = 8
PEOPLE_LISTED = ("step_down", "deprovisioning")


@dataclass(frozen=True)
class Measured:
    """What was measured of one card: checks by what they are of."""

    name: str
    reliability: Check | None
    coverage: Check | None
    sound: Check
    broken: Check | None
    together: Check
    minutes: Check | None
    apart: tuple[Check, ...]

    @property
    def checks(self) -> list[Check]:
        """All of them."""
        given = (self.coverage, self.reliability, self.sound, self.broken, self.together, self.minutes)
        return [*dict.fromkeys(one for one in given if one is not None), *self.apart]


class Evenings:
    """The same worlds with and without a safeguard."""

    def __init__(self, sections: dict[str, str], incident: dict[str, str], **policies: str) -> None:
        scenario = loads(text({"plain": "{}", **policies}, sections, incident))
        self.plans = {name: compile_plan(scenario, name, "it") for name in scenario.policies}

    def world(self, number: int) -> World:
        """One world, drawn once for every policy."""
        incident = self.plans["plain"].incident
        if incident is None:
            raise AssertionError("an evening has an incident")
        begin, end = incident.at - incident.warm_up, incident.at + incident.follow
        window = OUTAGES_A_WINDOW * int(STRETCH * MINUTE)
        if incident.at // window != (incident.at + 90 * MINUTE) // window:
            raise AssertionError("outages are drawn anew within the evening: move it")
        return World(world_key(SEED, number), begin, end)

    def under(self, policy: str, world: World) -> Marks:
        """What became of the incident."""
        return marks(run(self.plans[policy], world), world.end)


def settled(settings: str, stated: str) -> str:
    """A safeguard with its list and reliability written in; complete ones have none."""
    if "@" in settings:
        return settings.replace("@", stated)
    if settings.endswith("}}"):
        return settings
    return f"{settings}{'' if settings.endswith('{') else ', '}{stated}}}}}"


def measure(scale: float, name: str) -> Measured:
    """Measure one card."""
    card = CARDS[name]
    worlds = round(6_000 * scale)
    tried = {"stated": settled(card.settings, STATED)}
    if not card.everywhere:
        tried["sound"] = settled(card.settings, "covers: 100%")
        tried["broken"] = settled(card.settings, f"works: 0%, stretch: {STRETCH:g} min")
    evenings = Evenings(card.sections, card.incident, **tried)
    stated = evenings.plans["stated"]
    control, incident = control_of(name, stated.safeguards), stated.incident
    if incident is None:
        raise AssertionError("an evening has an incident")
    values: dict[str, list[float]] = {policy: [] for policy in tried}
    saved, in_order, covered = np.zeros(worlds), 0, 0
    target = incident.agent if name in PEOPLE_LISTED else account_id("@a")
    for k in range(worlds):
        world = evenings.world(k)
        plain = evenings.under("plain", world)
        for policy, every in (("stated", 1), ("sound", 2), ("broken", 10)):
            if policy in tried and k % every == 0:
                found = evenings.under(policy, world)
                values[policy].append(card.metric(found, plain, incident))
                if policy == "stated":
                    saved[k] = minutes_dark(plain) - minutes_dark(found)
        if control is not None:
            in_order += world.in_order(control, incident.at)
            covered += world.covered(control, target, incident.at)

    def said(what: str) -> str:
        return f"{name}: {what}"

    whole = share_or_mean(said("together"), card.expected, values["stated"])
    sound = broken = whole
    if not card.everywhere:
        intended = card.intended if card.sound is None else card.sound
        sound = share_or_mean(said("efficacy in order"), intended, values["sound"])
        broken = share_or_mean(said("efficacy out of order"), 0.0, values["broken"])
    minutes = None
    if card.minutes is not None and not np.isnan(card.minutes):
        dark = DARK * len(incident.acts)
        minutes = mean(PART, said("share of dark minutes saved"), card.minutes, saved / dark)
    return Measured(
        name,
        None if control is None else share(PART, said("reliability"), WORKS, in_order, worlds),
        None if control is None else share(PART, said("coverage"), COVERS, covered, worlds),
        sound,
        None if card.everywhere else broken,
        whole,
        minutes,
        tuple(measure_apart(name, card, k, scale) for k in range(len(card.apart))),
    )


def measure_apart(name: str, card: Card, place: int, scale: float) -> Check:
    """Measure one of the figures at which a card parts from the closed form."""
    one = card.apart[place]
    evenings = Evenings(one.sections, one.incident, tried=settled(one.settings, STATED))
    plan = evenings.plans["tried"]
    worlds = round((2_000 if one.sections.get("reports") else 4_000) * scale)
    values = []
    for k in range(worlds):
        found = evenings.under("tried", evenings.world(k))
        values.append(one.metric(found, found, plan.incident))  # type: ignore[arg-type]
    return share_or_mean(f"{name}: {one.says}", one.exact, values)


def minutes_dark(found: Marks) -> float:
    """Minutes dark of all acts together."""
    return sum(found.dark_of(act) for act in found.effects) / MINUTE


def share_or_mean(name: str, theory: float, values: Sequence[float]) -> Check:
    """A share where every value is yes or no; a mean where it is itself a share."""
    seen = np.array(values)
    if np.isin(seen, (0.0, 1.0)).all():
        return share(PART, name, theory, int(seen.sum()), seen.size)
    return mean(PART, name, theory, seen)


def measure_all(scale: float, workers: int) -> list[Measured]:
    """Measure every card."""
    if set(CARDS) != set(Safeguards.model_fields):
        raise AssertionError(f"cards and catalogue differ: {set(CARDS) ^ set(Safeguards.model_fields)}")
    return list(run_jobs(measure, scale, list(CARDS), workers=workers))


# -- what is shown -----------------------------------------------------------------------------


def percent(value: float) -> str:
    """A share as people read it."""
    return f"{100.0 * value:.2f} %" if 0.0 < value < 0.0995 else f"{100.0 * value:.1f} %"


def within(check: Check | None) -> str:
    """What was simulated, with its interval."""
    if check is None:
        return "-"
    if check.low == check.high:
        return percent(check.found)
    return f"{percent(check.found)[:-2]} ({percent(check.low)[:-2]} to {percent(check.high)})"


def table(measured: Iterable[Measured]) -> Iterable[str]:
    """One row a safeguard, in Markdown."""
    yield (
        "| safeguard | what counts | Cov | Rel | IntEff | FAIR-CAM | simulated (95 %) | z | dark minutes saved |"
    )
    yield "|---|---|---|---|---|---|---|---|---|"
    for one in measured:
        card = CARDS[one.name]
        covers, works = ("-", "-") if card.everywhere else (percent(COVERS)[:-2], percent(WORKS)[:-2])
        far = "" if card.exact is None else f" (model: {percent(card.exact)})"
        yield (
            f"| `{one.name}` | {card.counts} | {covers} | {works} | {percent(card.intended)} | "
            f"{percent(card.fair)}{far} | {within(one.together)} | {one.together.z:.1f} | {within(one.minutes)} |"
        )


def pages(measured: Sequence[Measured]) -> Iterable[str]:
    """The cards as a Markdown document."""
    yield "# Cards of the safeguards\n"
    yield (
        "FAIR-CAM puts a control's operational efficacy together as `Cov * (Rel * IntEff + (1 - Rel) * VarEff)`: "
        "coverage, reliability, intended efficacy, and efficacy when out of order (nothing for every safeguard here). "
        "Each card holds it against simulated evenings of 25 dark minutes on average. The z-score compares the "
        "simulation with what theory says of the model, which is the closed form unless the card says otherwise.\n"
    )
    yield from table(measured)
    fields: Mapping[str, object] = Safeguards.model_fields
    for place, one in enumerate(measured, start=1):
        card = CARDS[one.name]
        kind = Safeguards.model_fields[one.name].annotation.__args__[0]  # type: ignore[union-attr]
        yield f"\n## {place} of {len(fields)}: `{one.name}`\n"
        yield f"*{kind.family}; {kind.says}; {', '.join(kind.controls)}.* What counts: {card.counts}.\n"
        yield f"    {settled(card.settings, STATED)}\n"
        yield "| | theory | simulated (95 %) | z |"
        yield "|---|---|---|---|"
        rows = [
            ("coverage (Cov)", one.coverage),
            ("reliability (Rel)", one.reliability),
            ("efficacy in order (IntEff)", one.sound),
            ("efficacy out of order (VarEff)", one.broken),
            ("together", one.together),
            ("dark minutes saved", one.minutes),
        ]
        for what, check in rows:
            if check is not None and not (card.everywhere and check is one.sound and what != "together"):
                yield f"| {what} | {percent(check.theory)} | {within(check)} | {check.z:.1f} |"
        yield f"\nClosed form: {closed_form(card)}.\n"
        yield f"**Where they part.** {card.parts}"
        if one.apart:
            yield "\n| | closed form | model in theory | simulated (95 %) | z |"
            yield "|---|---|---|---|---|"
            for said, check in zip(card.apart, one.apart, strict=True):
                row = (said.says, percent(said.fair), percent(said.exact), within(check), f"{check.z:.1f}")
                yield f"| {' | '.join(row)} |"


def closed_form(card: Card) -> str:
    """FAIR-CAM's formula with the card's numbers in it."""
    covers, works = (1.0, 1.0) if card.everywhere else (COVERS, WORKS)
    return (
        f"`{number(covers)} * ({number(works)} * {number(card.intended)} + {number(round(1.0 - works, 6))} * 0) = "
        f"{number(card.fair)}`"
    )


def main() -> None:
    """Measure, print the table, write the cards."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument(
        "--scale", type=float, default=1.0, help="how many times the usual number of evenings"
    )
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    measured = measure_all(given.scale, given.workers)
    checks = [check for one in measured for check in one.checks]
    print("\n".join(lines(checks)))
    print("\n".join(table(measured)))
    print(summary(checks))
    OUT.mkdir(exist_ok=True)
    (OUT / "cards.md").write_text("\n".join(pages(measured)) + "\n", encoding="utf-8")
    sys.exit(any(not check.holds for check in checks))


if __name__ == "__main__":
    main()
