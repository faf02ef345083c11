"""Proposals: which stage of a pinned darkness takes what the others leave of it.

One proposal draws all stages but one freely, and gives that one what is left until the record's end. Each stage
in turn is that one, and a world is weighted by the mixture of all the proposals that could have made it
(the balance heuristic of Veach and Guibas 1995; deterministic mixtures, Owen and Zhou 2000). A record far out in
one stage's tail is then found by the proposal that leaves it to that stage (docs/design/conditioning.md).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..engines.seen import Array, Seen
from ..model import rules
from ..model.lengths import FIXED, Length, log_density, scaled
from ..model.plan import Plan
from ..model.states import Channel, Stage
from ..model.streams import Purpose, draws_in, length_at
from ..model.world import Pin
from ..model.worlds import OwnPins, Worlds

#: The responder's stages, in order.
CHAIN = (Stage.PICK_UP, Stage.FIND_CAUSE, Stage.AUTHORISE, Stage.RESTORE)
#: How many worlds a stage of the responder's is proposed for, to one of a channel's: whether a channel comes
#: first hangs on the others too.
CHAIN_SHARE = 2
#: Logarithm of the microseconds in a minute: densities are per minute.
LOG_MINUTE = math.log(60e6)


@dataclass(frozen=True)
class Proposal:
    """The stage that takes the remainder, and those that follow it until the account is visible.

    A stage of the race belongs to a `channel`, and counts where that one brings the first word.
    """

    stage: Stage
    length: Length
    later: tuple[Stage, ...]
    channel: Channel | None = None


@dataclass(frozen=True)
class Mixture:
    """The proposals for the end of a darkness by the response: world `i` is made by the `i`-th of the `schedule`."""

    plan: Plan
    end: Pin
    proposals: tuple[Proposal, ...]

    @cached_property
    def schedule(self) -> tuple[int, ...]:
        """Which proposal makes which world, over and over again."""
        places = range(len(self.proposals))
        chain = [place for place in places if self.proposals[place].channel is None]
        race = [place for place in places if self.proposals[place].channel is not None]
        return (*(chain * (CHAIN_SHARE if race else 1)), *race)

    def made_by(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Which proposal makes each world, (worlds,), by the worlds' numbers."""
        return np.array(self.schedule)[numbers % len(self.schedule)]

    def pins(self, worlds: Worlds, numbers: NDArray[np.int64]) -> dict[Stage, OwnPins]:
        """Where the proposed stage must end in each world for the account to be visible at the record's end."""
        made_by, found = self.made_by(numbers), dict[Stage, OwnPins]()
        for place, proposal in enumerate(self.proposals):
            there = made_by == place
            times = np.full(len(worlds), self.end.time)
            for stage in proposal.later:
                times[there] -= self._drawn(stage, worlds.keys[there])
            found[proposal.stage] = OwnPins(there, times, self.end.after_effect)
        return found

    def _drawn(self, stage: Stage, keys: NDArray[np.uint64]) -> Array:
        """How long a stage takes in worlds where nothing else is known of it."""
        assert self.plan.incident is not None  # noqa: S101 - darkness is of incidents
        length, channel = length_of_stage(self.plan, stage), _WORD_OF.get(stage)
        if length.shape == FIXED:
            return np.full(len(keys), length_at(length, 0.5))
        purpose, k = (Purpose.STAGE, stage) if channel is None else (Purpose.WORD, channel)
        luck = draws_in(keys, self.plan.incident.id, purpose, k)
        return np.array([length_at(length, u) for u in luck.tolist()], dtype=np.int64)

    def lengths(self, seen: Seen, numbers: NDArray[np.int64]) -> dict[Stage, Array]:
        """What the proposed stage took in each evening; -1 where another one was proposed."""
        made_by, found = self.made_by(numbers), dict[Stage, Array]()
        for place, proposal in enumerate(self.proposals):
            begins, ends = span_of(proposal.stage, seen)
            found[proposal.stage] = np.where(made_by == place, ends - begins, -1)
        return found

    def reached(self, seen: Seen) -> NDArray[np.bool_]:
        """Which proposals could have made each evening, (proposals, evenings).

        A proposal reckons with the stages that follow, one after another without a wait. Where the evening had
        others, or somebody waited, it would have led elsewhere.
        """
        # An undo authorised beforehand goes from pick-up to restore, and the cause is found afterwards.
        short = (seen["cause_found"] < 0) | (seen["cause_found"] > seen["authorised"])
        found = np.zeros((len(self.proposals), len(seen)), dtype=np.bool_)
        for place, proposal in enumerate(self.proposals):
            begins, ends = span_of(proposal.stage, seen)
            there = (begins >= 0) & (ends >= begins)
            if proposal.stage in (Stage.FIND_CAUSE, Stage.AUTHORISE):
                there &= ~short
            elif proposal.stage is not Stage.RESTORE:
                there &= short == (proposal.later[-2:] != (Stage.AUTHORISE, Stage.RESTORE))
            if proposal.channel is not None:
                there &= (seen["word_by"] == proposal.channel) & (seen["taken"] == seen["word"])
            found[place] = there
        return found

    def log_weights(self, seen: Seen, reached: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Logarithm of the target's density over the mixture's, per minute, (evenings,).

        A proposal has the density of the target without the proposed stage's: the ratio is one over the sum of
        shares over densities of those that reach the evening.
        """
        shares = np.bincount(self.schedule, minlength=len(self.proposals)) / len(self.schedule)
        terms = np.full(reached.shape, -math.inf)
        for place, proposal in enumerate(self.proposals):
            begins, ends = span_of(proposal.stage, seen)
            took = (ends - begins)[reached[place]].astype(float).tolist()
            terms[place, reached[place]] = [
                math.log(shares[place]) - log_density(proposal.length, one) - LOG_MINUTE for one in took
            ]
        # A stage that cannot take so long has density 0: its term is infinite, and the weight 0.
        with np.errstate(invalid="ignore"):
            found: NDArray[np.float64] = -np.logaddexp.reduce(terms, axis=0)
        return np.where(np.isposinf(terms).any(axis=0) | ~reached.any(axis=0), -math.inf, found)


def mixture_of(plan: Plan, pinned: Mapping[Stage, Pin]) -> Mixture | None:
    """The proposals for a darkness pinned by its last stage with a spread; None if it is pinned by no response.

    Stages that the record pins itself are none of them.
    """
    last = next((stage for stage in CHAIN if stage in pinned), None)
    if last is None:
        return None
    rest = CHAIN[CHAIN.index(last) + 1 :]
    after = sum(round(length_of_stage(plan, stage).a) for stage in rest)
    end = Pin(pinned[last].time + after, pinned[last].after_effect)
    return Mixture(plan, end, tuple(_proposals(plan, last, frozenset(pinned))))


def _proposals(plan: Plan, last: Stage, pinned: frozenset[Stage]) -> list[Proposal]:
    """Every stage before the last that may take the remainder, and the last."""
    given, detection = plan.safeguards, plan.detection
    whole = CHAIN if given.preauthorised_undo is None else (Stage.PICK_UP, Stage.RESTORE)
    found: list[Proposal] = []

    def add(stage: Stage, later: tuple[Stage, ...], channel: Channel | None = None) -> None:
        length = length_of_stage(plan, stage)
        if length.has_density and (stage not in pinned or stage is last):
            found.append(Proposal(stage, length, later, channel))

    for stage in reversed(CHAIN[: CHAIN.index(last) + 1]):
        if stage is not Stage.RESTORE and undo_waits(plan):
            return found
        later = whole if stage is Stage.PICK_UP else CHAIN
        add(stage, later[later.index(stage) + 1 :])
    if detection.public is not None:
        add(Stage.PUBLIC_NOTICE, (Stage.PUBLIC_WORD, *whole), Channel.PUBLIC)
        add(Stage.PUBLIC_WORD, whole, Channel.PUBLIC)
    if detection.holder is not None:
        # Told of a hold, the holder's delay is looked at before he has noticed.
        if given.cooling_off is None or not given.cooling_off.holder_told:
            add(Stage.HOLDER_NOTICE, (Stage.HOLDER_WORD, *whole), Channel.HOLDER)
        add(Stage.HOLDER_WORD, whole, Channel.HOLDER)
    if detection.colleague is not None:
        add(Stage.COLLEAGUE_NOTICE, whole, Channel.COLLEAGUE)
    notices = plan.incident is not None and plan.incident.actor_notices
    if detection.actor is not None and notices and not detection.actor_undoes:
        add(Stage.ACTOR_UNDOES, whole, Channel.ACTOR)
    return found


def undo_waits(plan: Plan) -> bool:
    """Whether the undo may have to wait for approval."""
    approval = plan.safeguards.approval
    return approval is not None and any(
        command.undo in approval.control.commands for command in plan.commands if command.undo
    )


_WORD_OF = {Stage.PUBLIC_WORD: Channel.PUBLIC, Stage.HOLDER_WORD: Channel.HOLDER}


def length_of_stage(plan: Plan, stage: Stage) -> Length:
    """The distribution of a stage's length; the scenario has to say how long it takes."""
    response, detection, given = plan.response, plan.detection, plan.safeguards
    found: Length | None = None
    if stage is Stage.PUBLIC_NOTICE and detection.public is not None and plan.incident is not None:
        followers = plan.incident.acts[0].followers
        factor = rules.public_factor(followers, detection.public_at, detection.public_slope)
        found = scaled(detection.public.delay, factor)
    elif stage in _WORD_OF:
        found = detection.word
    elif stage is Stage.HOLDER_NOTICE and detection.holder is not None:
        found = detection.holder.delay
    elif stage is Stage.COLLEAGUE_NOTICE and detection.colleague is not None:
        found = detection.colleague.delay
    elif stage is Stage.AUTOMATIC and given.automatic_restore is not None:
        found = given.automatic_restore.after
    elif stage is Stage.ACTOR_UNDOES and detection.actor is not None:
        found = detection.actor.delay
    else:
        found = getattr(response, stage.name.lower(), None)
    if found is None:
        raise NoLength(stage)
    return found


class NoLength(LookupError):
    """The scenario does not say how long a stage takes."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.stage = stage


def span_of(stage: Stage, seen: Seen) -> tuple[Array, Array]:
    """When a stage of the record began and ended in each evening; -1 is what did not come to pass."""
    public, holder = (seen.noticed[:, channel - 1] for channel in (Channel.PUBLIC, Channel.HOLDER))
    undo_known = np.where(seen["authorised"] >= 0, seen["authorised"], seen["picked_up"])
    return {
        Stage.PUBLIC_NOTICE: (seen["effect"], public),
        Stage.HOLDER_NOTICE: (seen["effect"], holder),
        Stage.COLLEAGUE_NOTICE: (seen["effect"], seen.noticed[:, Channel.COLLEAGUE - 1]),
        Stage.PUBLIC_WORD: (public, seen["word"]),
        Stage.HOLDER_WORD: (holder, seen["word"]),
        Stage.PICK_UP: (seen["taken"], seen["picked_up"]),
        Stage.FIND_CAUSE: (seen["picked_up"], seen["cause_found"]),
        Stage.AUTHORISE: (seen["cause_found"], seen["authorised"]),
        Stage.RESTORE: (undo_known, seen["visible"]),
        Stage.AUTOMATIC: (seen["effect"], seen["visible"]),
        Stage.ACTOR_UNDOES: (seen["effect"], seen.noticed[:, Channel.ACTOR - 1]),
        Stage.CONTAIN: (seen["cause_found"], seen["contained"]),
        Stage.FIRST_STATEMENT: (seen["word"], seen["first_statement"]),
        Stage.SECOND_STATEMENT: (seen["first_statement"], seen["second_statement"]),
        Stage.AUDIENCE_WHOLE: (seen["visible"], seen["audience_whole"]),
    }[stage]
