"""The gates of an action, in the order it meets them.

Each gate is one paragraph of docs/model.md: it passes, denies, or holds for a time or for
a person. A gate whose safeguard is not in force passes without a word.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import simpy

from ...model import rules
from ...model.plan import ApprovalPlan, Control
from ...model.states import Channel, Event, Gate, Kind, Reason, Stage
from ...model.streams import Purpose
from .action import Action, denied, passed, unreached
from .people import Job, People
from .rights import Passes, rights

if TYPE_CHECKING:
    from .night import Night


def just_in_time(night: Night, action: Action) -> Passes:
    """The right must be granted first, and the grant lapses."""
    given = night.plan.safeguards.just_in_time
    if given is None:
        return True
    gate = Gate.JUST_IN_TIME
    if (why := unreached(night, action, given.control)) is not None:
        return passed(night, action, gate, why)
    if night.granted_until.get(action.agent, -1) <= night.now:
        takes = night.world.length(action.id, Purpose.GRANT, 0, given.takes)
        yield from held(night, action, gate, night.now + takes)
        night.granted_until[action.agent] = night.now + given.lasts
    return passed(night, action, gate, Reason.GRANTED)


def confirm(night: Night, action: Action) -> Passes:
    """A dialog asks; it can stop an error that is noticed, and nothing that is meant."""
    given = night.plan.safeguards.confirm
    if given is None:
        return True
    gate = Gate.CONFIRM
    if (why := unreached(night, action, given.control)) is not None:
        return passed(night, action, gate, why)
    yield from held(
        night,
        action,
        gate,
        night.now + night.world.length(action.id, Purpose.CONFIRM_TAKES, 0, given.takes),
    )
    reason = rules.dialog(
        action.wrongful,
        action.confirm_stops,
        given.habit,
        night.world.draw(action.id, Purpose.HABIT),
        night.world.draw(action.id, Purpose.CONFIRM),
    )
    if reason is Reason.DIALOG_STOPPED:
        return denied(night, action, gate, reason)
    return passed(night, action, gate, reason)


def protected_list(night: Night, action: Action) -> Passes:
    """A listed account is nobody's to act on, or the senior team's."""
    given = night.plan.safeguards.protected_list
    if given is None:
        return True
    gate = Gate.PROTECTED_LIST
    if (why := unreached(night, action, given.control)) is not None:
        return passed(night, action, gate, why)
    if given.senior is None:
        return denied(night, action, gate, Reason.LISTED_DENIED)
    people = night.people[given.senior]
    night.log(Event.REROUTED, action.id, people.plan.id)
    length = night.world.length(action.id, Purpose.SENIOR_HANDLING, 0, given.handling)
    yield from seen_by(night, action, given.senior, length)
    caught = action.wrongful and night.world.draw(action.id, Purpose.SENIOR_CATCH) < given.catches
    night.log(
        Event.REVIEW_ENDS,
        action.id,
        people.plan.id,
        Reason.SENIOR_OBJECTED if caught else Reason.SENIOR_PASSED,
    )
    if caught:
        return denied(night, action, gate, Reason.SENIOR_OBJECTED)
    return passed(night, action, gate, Reason.SENIOR_PASSED)


def open_report(night: Night, action: Action) -> Passes:
    """Without an open report on the account there is nothing to act on."""
    given = night.plan.safeguards.open_report
    if given is None:
        return True
    gate = Gate.OPEN_REPORT
    if (why := unreached(night, action, given)) is not None:
        return passed(night, action, gate, why)
    yield from ()
    if action.open_report:
        return passed(night, action, gate, Reason.REPORT_OPEN)
    return denied(night, action, gate, Reason.NO_REPORT)


def lock_down(night: Night, action: Action) -> Passes:
    """While all is frozen nothing moves."""
    given = night.plan.safeguards.lock_down
    if given is None:
        return True
    gate = Gate.LOCK_DOWN
    if (why := unreached(night, action, given.control)) is not None:
        return passed(night, action, gate, why)
    if night.locked_until <= night.now:
        return passed(night, action, gate, Reason.NONE)
    while night.locked_until > night.now:  # a freeze that begins meanwhile prolongs the hold
        yield from held(night, action, gate, night.locked_until)
    return passed(night, action, gate, Reason.LOCKED)


def rate_limit(night: Night, action: Action) -> Passes:
    """So many actions an agent in a sliding window."""
    given = night.plan.safeguards.rate_limit
    if given is None:
        return True
    gate, reason = Gate.RATE_LIMIT, Reason.UNDER_LIMIT
    if (why := unreached(night, action, given.control)) is not None:
        return passed(night, action, gate, why)
    earlier = night.acted.setdefault(action.agent, [])
    opens = night.now
    if len(earlier) >= given.actions:
        opens = rules.limit_opens(earlier[-given.actions], night.now, given.window)
    if opens > night.now:
        if not given.holds:
            return denied(night, action, gate, Reason.OVER_LIMIT)
        # The place in the window is taken at once, so that two held actions do not share it.
        earlier.append(opens)
        yield from held(night, action, gate, opens)
        reason = Reason.OVER_LIMIT
    else:
        earlier.append(night.now)
    return passed(night, action, gate, reason)


def separation_of_duties(night: Night, action: Action) -> Passes:
    """Somebody of another team executes, and may object."""
    given = night.plan.safeguards.separation_of_duties
    if given is None:
        return True
    gate = Gate.SEPARATION_OF_DUTIES
    if (why := unreached(night, action, given.control)) is not None:
        return passed(night, action, gate, why)
    team = night.plan.teams[given.team].id
    night.log(Event.ASKED, action.id, team)
    length = night.world.length(action.id, Purpose.EXECUTE, 0, given.takes)
    yield from seen_by(night, action, given.team, length)
    caught = action.wrongful and night.world.draw(action.id, Purpose.EXECUTOR_CATCH) < given.catches
    reason = Reason.EXECUTOR_OBJECTED if caught else Reason.EXECUTOR_PASSED
    night.log(Event.REVIEW_ENDS, action.id, team, reason)
    return denied(night, action, gate, reason) if caught else passed(night, action, gate, reason)


def approval(night: Night, action: Action) -> Passes:
    """Other people must approve, one after another, before the time is up."""
    given = night.plan.safeguards.approval
    if given is None:
        return True
    gate = Gate.APPROVAL
    if (why := unreached(night, action, given.control)) is not None:
        return passed(night, action, gate, why)
    request = Request(night, action, given, Purpose.REVIEW, action.agent, action.wrongful)
    reason = yield from request.approved()
    if reason is Reason.REFUSED or (reason is Reason.TIMED_OUT and not given.lets_through):
        return denied(night, action, gate, reason)
    return passed(night, action, gate, reason)


def cooling_off(night: Night, action: Action) -> Passes:
    """The effect is held; whoever notices meanwhile can cancel it."""
    given = night.plan.safeguards.cooling_off
    if given is None:
        return True
    gate = Gate.COOLING_OFF
    if (why := unreached(night, action, given.control)) is not None:
        return passed(night, action, gate, why)
    world, now = night.world, night.now
    effect = now + given.hold
    objects: list[tuple[int, Reason]] = []
    if action.wrongful and world.draw(action.id, Purpose.WATCHED) < given.watched:
        notices = world.length(action.id, Purpose.WATCHER_NOTICES, 0, given.notices)
        objects.append((now + notices, Reason.WATCHER_CANCELLED))
    holder = night.plan.detection.holder if action.wrongful and given.holder_told else None
    if holder is not None and world.draw(action.id, Purpose.CHANNEL_CHANCE, Channel.HOLDER) < holder.chance:
        drawn = world.length(action.id, Purpose.CHANNEL_DELAY, Channel.HOLDER, holder.delay)
        notices = night.known(Stage.HOLDER_NOTICE, action.id, drawn)
        objects.append((now + notices, Reason.HOLDER_CANCELLED))
    if objects and min(objects)[0] <= effect:
        first, reason = min(objects)
        yield from held(night, action, gate, first, Kind.CANCELLED)
        night.log(Event.CANCELLED, action.id, gate, reason)
        return denied(night, action, gate, reason)
    yield from held(night, action, gate, effect)
    return passed(night, action, gate, Reason.COOLED_OFF if objects else Reason.NOBODY_WATCHED)


def held(
    night: Night, action: Action, gate: Gate, until: int, kind: Kind = Kind.HELD_EFFECT
) -> Generator[simpy.Event, Any, None]:
    """Wait until a time, and write the wait down."""
    if until <= night.now:
        return
    night.log(Event.HELD, action.id, gate)
    yield night.moment(until, kind, action.id)
    night.log(Event.RELEASED, action.id, gate)


def seen_by(night: Night, action: Action, team: int, length: int) -> Generator[simpy.Event, Any, None]:
    """Wait for somebody of a team, and for that person's work."""
    people = night.people[team]
    job = Job(night.env, action.id, priority=0 if action.urgent else 1, barred=(action.agent,))
    people.submit(job)
    agent = yield job.taken
    night.log(Event.REVIEW_STARTS, action.id, agent)
    yield people.work(agent, length)
    people.release(agent)


@dataclass(slots=True)
class Request:
    """What approvers are asked for: the action itself, or the undo of it by a responder or by who erred.

    `asker` may not approve it; `attempt` counts how often it was asked before. The `mark` tells the actor's own
    undo from the responder's, which comes before it at the same instant.
    """

    night: Night
    action: Action
    given: ApprovalPlan
    purpose: Purpose
    asker: int
    wrongful: bool
    attempt: int = 0
    mark: Reason = Reason.NONE

    def approved(self) -> Generator[simpy.Event, Any, Reason]:
        """Ask each approver in turn; the answer is the first refusal, the time-out or the last yes."""
        night, given = self.night, self.given
        deadline = night.now + given.time_out
        barred: tuple[int, ...] = (self.asker,)
        reason: Reason = Reason.APPROVED
        keys = dict(self.action.incident.keys if self.action.incident and self.wrongful else ())
        for slot, team in enumerate(given.slots):
            people = night.people[team]
            if keys.get(team, 0) > 0:  # he says yes himself, in another's name
                keys[team] -= 1
                reason = Reason.BORROWED
                continue
            if given.break_glass and not people.on_shift:
                reason = Reason.NOBODY_ON_SHIFT
                continue
            asking = _Asking(self, people, slot, barred)
            night.env.process(asking.be_reviewed())
            night.moment(deadline, Kind.TIME_OUT, self.action.id, asking.sub % 16).then(asking.time_out)
            answer: tuple[Reason, int] = yield asking.answer
            reason, approver = answer
            if reason in (Reason.REFUSED, Reason.TIMED_OUT):
                return reason
            barred = (*barred, approver)
        return reason


class _Asking:
    """One approver's chance to say yes or no; the first of answer and time-out counts."""

    def __init__(self, request: Request, people: People, slot: int, barred: tuple[int, ...]) -> None:
        night, action = request.night, request.action
        self.request, self.people = request, people
        #: Whose luck it is: of this slot, this time round.
        self.k = request.attempt * len(request.given.slots) + slot
        self.sub = slot + (len(request.given.slots) if request.mark else 0)
        self.answer = night.env.event()
        priority = 0 if action.urgent else 1
        self.job = Job(night.env, action.id, priority=priority, sub=self.sub, barred=barred, review=True)

    def be_reviewed(self) -> simpy.events.ProcessGenerator:
        """Wait for an approver, be looked at, get an answer."""
        request, night, action = self.request, self.request.night, self.request.action
        world, given = night.world, request.given
        night.log(Event.ASKED, action.id, self.people.plan.id, request.mark)
        self.people.submit(self.job)
        approver = yield self.job.taken
        if approver is None:
            return
        night.log(Event.REVIEW_STARTS, action.id, approver, request.mark)
        stamp = rules.stamp_share(given.stamps, given.stamps_per_queued, len(self.people.queue))
        yield self.people.work(approver, world.length(action.id, request.purpose, self.k, given.review))
        reason = rules.review(
            request.wrongful,
            given.catches,
            stamp,
            world.draw(action.id, Purpose.STAMP, self.k),
            world.draw(action.id, Purpose.CATCH, self.k),
        )
        night.log(Event.REVIEW_ENDS, action.id, approver, reason)
        self.people.release(approver)
        self._settle(reason, approver)

    def time_out(self) -> None:
        """The time is up: leave the queue; a review already begun will not count."""
        if not self.answer.triggered:
            request = self.request
            request.night.log(Event.TIMED_OUT, request.action.id, Gate.APPROVAL, request.mark)
            self.people.withdraw(self.job)
            self._settle(Reason.TIMED_OUT, 0)

    def _settle(self, reason: Reason, approver: int) -> None:
        if not self.answer.triggered:
            self.answer.succeed((reason, approver))


def covers_undo(night: Night, control: Control, action: Action, team: str, tool: str | None) -> bool:
    """Whether an approval also stands, in order, before the undo of the action by a team through a tool."""
    undo = night.commands[action.command].undo
    return (
        bool(undo)
        and control.reaches(action.account, action.tier, undo, team, tool)
        and night.world.in_order(control, night.now)
        and night.world.covered(control, action.target, night.now)
    )


GATES: tuple[Callable[[Night, Action], Passes], ...] = (
    rights,
    just_in_time,
    confirm,
    protected_list,
    open_report,
    lock_down,
    rate_limit,
    separation_of_duties,
    approval,
    cooling_off,
)
