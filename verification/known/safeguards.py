"""A card for each safeguard: how it is set, what counts as its work, and what theory says of it."""

# ruff: noqa: E501 - a card's sentences are not broken to fit
from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import stats

from deactsim.model.plan import Control, IncidentPlan, SafeguardsPlan
from deactsim.model.states import Channel, Route
from deactsim.study.measures import Marks

from .evening import (
    COVERS,
    DARK,
    MINUTE,
    WORKS,
    acts,
    dark_at_most,
    dark_beyond,
    loaded,
    patterns,
    stays,
)

#: A measure of one evening: what it was with the safeguard, what without, and whose incident it is.
Metric = Callable[[Marks, Marks, IncidentPlan], float]
REACHED = COVERS * WORKS


@dataclass(frozen=True)
class Apart:
    """A figure at which the closed form and the model part: what each says."""

    says: str
    fair: float
    exact: float
    settings: str
    metric: Metric
    sections: dict[str, str] = field(default_factory=dict)
    incident: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Card:
    """A safeguard on its evening.

    intended   its efficacy as stated: what FAIR-CAM calls intended efficacy
    sound      what the model makes of it where it covers everything and is always in order (None: as intended)
    exact      what the model makes of it with its list and its outages (None: as the closed form says)
    minutes    the share of dark minutes it saves then (None: not known; nan: there are none to save)
    """

    settings: str
    counts: str
    metric: Metric
    intended: float
    parts: str
    sound: float | None = None
    exact: float | None = None
    minutes: float | None = None
    everywhere: bool = False
    sections: dict[str, str] = field(default_factory=dict)
    incident: dict[str, str] = field(default_factory=dict)
    apart: tuple[Apart, ...] = ()

    @property
    def reached(self) -> float:
        """Coverage times reliability."""
        return 1.0 if self.everywhere else REACHED

    @property
    def fair(self) -> float:
        """FAIR-CAM's closed form; out of order nothing here has an efficacy left."""
        covers, works = (1.0, 1.0) if self.everywhere else (COVERS, WORKS)
        return covers * (works * self.intended + (1.0 - works) * 0.0)

    @property
    def expected(self) -> float:
        """What the simulation is held to."""
        return self.fair if self.exact is None else self.exact


def control_of(name: str, given: SafeguardsPlan) -> Control | None:
    """The common part of a safeguard in a plan; None where it has none."""
    found: Any = getattr(given, "quick_pick_up" if name == "on_call" else name, None)
    return found if found is None or isinstance(found, Control) else found.control


# -- what counts -------------------------------------------------------------------------------


def stopped(with_it: Marks, _: Marks, incident: IncidentPlan) -> float:
    """The first act never took effect."""
    return float(incident.id not in with_it.effects)


def second_stopped(with_it: Marks, _: Marks, incident: IncidentPlan) -> float:
    """The second act never took effect."""
    return float(incident.id + 1 not in with_it.effects)


def share_stopped(with_it: Marks, _: Marks, incident: IncidentPlan) -> float:
    """The share of acts that never took effect."""
    return 1.0 - len(with_it.effects) / len(incident.acts)


def all_through(with_it: Marks, _: Marks, incident: IncidentPlan) -> float:
    """Every act took effect."""
    return float(len(with_it.effects) == len(incident.acts))


def noticed_by(channel: Channel) -> Metric:
    """The channel noticed before the account was back."""
    return lambda with_it, _, __: float(channel in with_it.noticed)


def word_by(channel: Channel) -> Metric:
    """The channel was the first to bring word."""
    return lambda with_it, _, __: float(with_it.word_by == channel)


def undone_on_sight(with_it: Marks, _: Marks, __: IncidentPlan) -> float:
    """The undo was authorised with the pick-up."""
    return float(with_it.authorised == with_it.picked_up)


def cut_short(with_it: Marks, _: Marks, __: IncidentPlan) -> float:
    """The last stage took the button's half minute."""
    return float((with_it.visible or 0) - (with_it.authorised or 0) == MINUTE // 2)


def sooner(with_it: Marks, without: Marks, _: IncidentPlan) -> float:
    """The page was picked up sooner than it would have been."""
    return float((with_it.picked_up or 0) < (without.picked_up or 0))


def restored(with_it: Marks, _: Marks, __: IncidentPlan) -> float:
    """The watchdog brought the account back."""
    return float(with_it.route == Route.AUTOMATIC)


def kept(with_it: Marks, _: Marks, __: IncidentPlan) -> float:
    """The content was not lost."""
    return float(not with_it.content_lost)


# -- closed forms ------------------------------------------------------------------------------


def _limit(count: int, allowed: int, minutes: tuple[float, ...]) -> float:
    """The share of acts over a limit that counts only what it covers while it is in order."""
    total = 0.0
    for states, chance in patterns(minutes):
        tries = sum(states)
        law = stats.binom(tries, COVERS)
        total += chance * sum(max(0, n - allowed) * float(law.pmf(n)) for n in range(tries + 1))
    return total / count


def _all_through(each: float, minutes: tuple[float, ...]) -> float:
    """The chance that no act is stopped, where each is with this chance while in order."""
    return sum(chance * (1.0 - each) ** sum(states) for states, chance in patterns(minutes))


def _probe(every: float, recall: float) -> tuple[float, float]:
    """The chance that a probe is first to bring word, and the minutes it saves."""
    first = saved = 0.0
    phases = (np.arange(20_000) + 0.5) / 20_000 * every
    for look in range(60):
        weight = recall * (1.0 - recall) ** look
        ahead = phases + look * every - 2.0
        first += weight * float(np.exp(-np.maximum(0.0, ahead) / 8.0).mean())
        saved += weight * float(np.where(ahead > 0.0, 8.0 * np.exp(-ahead / 8.0), 8.0 - ahead).mean())
    return first, saved


def _frozen() -> float:
    """The second act, 15 min on, meets a freeze that began a minute after word and that covers both accounts."""
    at = (np.arange(20_000) + 0.5) / 20_000 * 12.0
    both = np.array([stays(True, 13.0 - minute) for minute in at])
    return COVERS**2 * WORKS * float((np.exp(-at / 8.0) / 8.0 * both).mean() * 12.0)


def _normal(ratio: float, sigma: float) -> float:
    return float(stats.norm.cdf(math.log(ratio) / sigma))


_NOTICES = math.log(4.0) / float(stats.norm.ppf(0.9))
_PROBE, _PROBE_SAVES = _probe(10.0, 0.6)
_AUDIT_SEES = 0.45 * DARK / 1440.0
_SPREE = (0.0, 10.0, 20.0, 30.0, 40.0)
_HOUR = (0.0, 20.0, 40.0, 60.0)
_BUSY = "approval: {by: {leads: 1}, review: exponential mean 3 min, catches: 90%, stamps: 10%, stamps_per_queued: 8%, time_out: 15 min, then: "
_REFUSED, _TIMED_OUT = loaded(2, 0.6, 3.0, 15.0, 0.1, 0.08, 0.9)
_CROWD = {
    "reports": "{ordinary: {command: deactivate, rate: 36 per hour, actioned: 100%, handling: 0 s}}",
}
_LEAVES = "{team: support, leaves: {after_act: uniform 0 h to 2 h}}"
_SHIFT_ENDS = {"actor": "{team: support, leaves: {after_act: 10 min}}", **acts(1450.0)}
_QUIET = {"detection": "{word_reaches_platform: {delay: 1 min}}"}

CARDS: dict[str, Card] = {
    "least_privilege": Card(
        "{least_privilege: {holders: 3}}",
        "the actor has no right any more",
        stopped,
        0.7,
        "Nowhere, because the figure was put in: who would be among fewer holders is an input (`among_holders`), and "
        "without it `compare` says that it cannot be said. What the formula leaves out is the price: reports wait for fewer hands.",
        minutes=0.7,
        everywhere=True,
        incident={"actor": "{team: support, among_holders: 30%}"},
    ),
    "protected_list": Card(
        "{protected_list: {then: leads, catches: 80%",
        "the first act is stopped",
        stopped,
        0.8,
        "Not in the mean. Outages come in stretches and several acts share them: that four acts of one hour all get through "
        "past a list that denies is not the fourth power of one act's chance, but nearly the share of time it is out of order.",
        minutes=REACHED * 0.8,
        apart=(
            Apart(
                "four acts of one hour all get through a list that denies",
                (1.0 - REACHED) ** 4,
                _all_through(COVERS, _HOUR),
                "{protected_list: {then: deny, @}}",
                all_through,
                incident=acts(*_HOUR[1:]),
            ),
        ),
    ),
    "open_report": Card(
        "{open_report: {",
        "the first act is stopped (no report on the account)",
        stopped,
        1.0,
        "Its efficacy belongs to the act, not to the control: all where no report is open, none where one is, "
        "and a slip of routine work always has one.",
        minutes=REACHED,
        apart=(
            Apart(
                "the first act is stopped, with a report open",
                REACHED,
                0.0,
                "{open_report: {@}}",
                stopped,
                incident={"actor": "{team: support, open_report: true}"},
            ),
        ),
    ),
    "just_in_time": Card(
        "{just_in_time: {takes: 1 min",
        "the first act is stopped",
        stopped,
        0.0,
        "Nowhere: whoever may ask for the grant gets it, so that it stops nobody and makes the act a minute later.",
        minutes=0.0,
    ),
    "step_down": Card(
        "{step_down: {before_last_shift: 1 h, told_in_time: 90%",
        "the first act is stopped (the last shift ends 0 to 2 h after it)",
        stopped,
        0.45,
        "Half of its efficacy is the hour of leaving: `told_in_time` times the chance that the act falls into the step-down. "
        "Half an hour instead of one halves it with everything else as it was.",
        minutes=REACHED * 0.45,
        incident={"actor": _LEAVES},
        apart=(
            Apart(
                "the first act is stopped, with half an hour of step-down",
                REACHED * 0.45,
                REACHED * 0.225,
                "{step_down: {before_last_shift: 30 min, told_in_time: 90%, @}}",
                stopped,
                incident={"actor": _LEAVES},
            ),
        ),
    ),
    "deprovisioning": Card(
        '{deprovisioning: {lag: "median 12 h, sigma 1.5", lost: 10%',
        "an act a day after the last shift is stopped",
        second_stopped,
        0.9 * _normal(2.0, 1.5),
        "It is a race between the cut-off and the next act: the closed form holds for one given moment, a day after "
        "the last shift. Of an act before the last shift ends it stops nothing, however quick it is.",
        minutes=math.nan,
        sections=_QUIET,
        incident=_SHIFT_ENDS,
        apart=(
            Apart(
                "an act ten minutes before the last shift ends is stopped",
                REACHED * 0.9 * _normal(2.0, 1.5),
                0.0,
                '{deprovisioning: {lag: "median 12 h, sigma 1.5", lost: 10%, @}}',
                stopped,
                sections=_QUIET,
                incident=_SHIFT_ENDS,
            ),
        ),
    ),
    "confirm": Card(
        "{confirm: {stops_misidentified: 60%, habit: 20%",
        "a mistaken target is not acted on",
        stopped,
        0.48,
        "One control has as many efficacies as there are causes: a slip, a mistaken target and a grudge each have their own, "
        "and of what is meant it stops nothing.",
        minutes=REACHED * 0.48,
        incident={"readings": "{it: {cause: misidentified}}"},
        apart=(
            Apart(
                "a deliberate act is stopped",
                REACHED * 0.48,
                0.0,
                "{confirm: {stops_misidentified: 60%, habit: 20%, @}}",
                stopped,
            ),
        ),
    ),
    "separation_of_duties": Card(
        "{separation_of_duties: {by: leads, takes: 2 min, catches: 70%",
        "the first act is stopped",
        stopped,
        0.7,
        "Not in the mean of one act. Executors judge each act afresh, but the outage is the same for all of an hour: "
        "that four acts all get through is far likelier than for four independent controls.",
        minutes=REACHED * 0.7,
        apart=(
            Apart(
                "four acts of one hour all get through",
                (1.0 - REACHED * 0.7) ** 4,
                _all_through(COVERS * 0.7, _HOUR),
                "{separation_of_duties: {by: leads, takes: 2 min, catches: 70%, @}}",
                all_through,
                incident=acts(*_HOUR[1:]),
            ),
        ),
    ),
    "approval": Card(
        "{approval: {by: {leads: 1}, review: exponential mean 3 min, catches: 90%, stamps: 10%",
        "the first act is stopped",
        stopped,
        0.81,
        "With approvers at leisure nowhere. Its efficacy is that of a queue: with two approvers at 90 % load each request behind "
        "makes a stamp likelier and the time-out does the rest, for the act where it denies and against it where it lets through.",
        minutes=REACHED * 0.81,
        apart=(
            Apart(
                "approvers at 90 % load, in order, time-outs denied",
                0.81,
                _REFUSED + _TIMED_OUT,
                f"{{{_BUSY}deny}}}}",
                stopped,
                sections=_CROWD,
                incident={"warm_up": "4 h"},
            ),
            Apart(
                "the same, time-outs let through",
                0.81,
                _REFUSED,
                f"{{{_BUSY}pass}}}}",
                stopped,
                sections=_CROWD,
                incident={"warm_up": "4 h"},
            ),
        ),
    ),
    "cooling_off": Card(
        '{cooling_off: {for: 15 min, watched: 70%, notices: "median 5 min, p90 20 min"',
        "the first act is cancelled",
        stopped,
        0.7 * _normal(3.0, _NOTICES),
        "Its intended efficacy already holds a race, the watcher's against the hold: `watched` alone is only reached by a hold "
        "without end. At five minutes half the watchers are too late.",
        minutes=REACHED * 0.7 * _normal(3.0, _NOTICES),
        apart=(
            Apart(
                "the first act is cancelled within 5 min",
                REACHED * 0.7 * _normal(3.0, _NOTICES),
                REACHED * 0.35,
                '{cooling_off: {for: 5 min, watched: 70%, notices: "median 5 min, p90 20 min", @}}',
                stopped,
            ),
        ),
    ),
    "rate_limit": Card(
        "{rate_limit: {per_agent: 2 per hour, then: deny",
        "share stopped of five acts within 40 min",
        share_stopped,
        0.6,
        "The first acts are always free, and a limit counts only what it covers while it is in order: every account its list has "
        "missed lets one more through, so that coverage costs more than its share.",
        exact=_limit(5, 2, _SPREE),
        minutes=_limit(5, 2, _SPREE),
        incident=acts(*_SPREE[1:]),
    ),
    "alert": Card(
        "{alert: {after: 30 s, recall: 90%, ignored: 10%",
        "the alert is seen before the account is back",
        noticed_by(Channel.ALERT),
        0.81,
        "Not in what is seen, but in what that is worth: the alert races the public, and all it can save is the time until word "
        "would have come anyway, here ten of 25 minutes.",
        minutes=REACHED * 0.81 * 9.5 / DARK,
    ),
    "probe": Card(
        "{probe: {every: 10 min, recall: 60%",
        "the probe is the first to bring word",
        word_by(Channel.PROBE),
        0.6,
        "A look that fails is not the last: each next one has the same recall, and the public runs against all of them. Recall is neither "
        "the chance to notice (which is one, given time) nor the chance to be first.",
        sound=_PROBE,
        exact=REACHED * _PROBE,
        minutes=REACHED * _PROBE_SAVES / DARK,
    ),
    "leaver_watch": Card(
        "{leaver_watch: {before_last_shift: 1 h, after: 1 min, recall: 80%",
        "the watch notices (the last shift ends 0 to 2 h after the act)",
        noticed_by(Channel.LEAVER_WATCH),
        0.4,
        "As with an alert, not in what is seen but in the minutes, of which nine are there to be saved; and half of the efficacy is "
        "the hour of leaving.",
        minutes=REACHED * 0.4 * 9.0 / DARK,
        incident={"actor": _LEAVES},
    ),
    "audit": Card(
        "{audit: {sample: 50%, every: 1 day, recall: 90%",
        "the audit notices before the account is back",
        noticed_by(Channel.AUDIT),
        0.45,
        "Almost everywhere: what a daily audit would see is long visible again. It measures sample times recall only "
        "of what stays dark for a day.",
        sound=_AUDIT_SEES,
        exact=REACHED * _AUDIT_SEES,
        minutes=REACHED * 0.45 * 82.0 / 1440.0 / DARK,
    ),
    "preauthorised_undo": Card(
        "{preauthorised_undo: {",
        "cause and authority are not waited for",
        undone_on_sight,
        1.0,
        "In the unit: it always does what it is for, and that is worth the two stages it skips, six of 25 minutes.",
        minutes=REACHED * 6.0 / DARK,
    ),
    "undo_button": Card(
        "{undo_button: {restore: 30 s",
        "the last stage takes the button's half minute",
        cut_short,
        math.exp(-0.5 / 6.0),
        "In the unit: it never makes a stage longer, and saves what the last stage would have taken beyond half a minute, "
        "22 % of the dark time at best.",
        minutes=REACHED * 6.0 * math.exp(-0.5 / 6.0) / DARK,
    ),
    "on_call": Card(
        "{on_call: {pick_up: uniform 0 min to 3 min",
        "the page is picked up sooner",
        sooner,
        5.0 / 6.0,
        "In the unit: quicker people race the usual ones and save 1.6 of the three minutes of a pick-up. More people (`headcount`) "
        "are worth nothing at all unless somebody would have had to wait.",
        minutes=REACHED * (26.0 / 18.0 + 5.0) / 4.0 / DARK,
    ),
    "automatic_restore": Card(
        "{automatic_restore: {after: 10 min",
        "the watchdog brings the account back",
        restored,
        1.0 - dark_at_most(10.0),
        "In the unit: it leaves ten minutes dark and is of no use to whoever is back sooner. The formula does not know that it undoes "
        "honest actions with the same efficacy.",
        minutes=REACHED * dark_beyond(10.0) / DARK,
    ),
    "lock_down": Card(
        "{lock_down: {after: 1 min, for: 12 h",
        "a second act, 15 min later, is stopped",
        second_stopped,
        1.0 - math.exp(-12.0 / 8.0),
        "It has to reach two acts: the one that sets the freeze off and the one it holds. Coverage counts twice and the outage is shared. "
        "It stops only because the actor is contained while his act is held; by itself it postpones.",
        exact=_frozen(),
        minutes=_frozen() / 2.0,
        incident=acts(15.0),
    ),
    "retention": Card(
        "{retention: {keep: 20 min}}",
        "nothing is lost",
        kept,
        dark_at_most(20.0),
        "It has no reliability of its own: its efficacy is that of everything else, the chance that the account is back in time.",
        minutes=0.0,
        everywhere=True,
    ),
}
