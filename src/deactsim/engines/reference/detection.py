"""Detection: channels race to notice a wrongful action, and word has to reach the platform."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import simpy

from ...model import rules
from ...model.lengths import scaled
from ...model.plan import ApprovalPlan, ChannelPlan, ProbePlan
from ...model.states import OUTSIDE, Channel, Event, Kind, Reason, Route, Stage
from ...model.streams import Purpose
from .action import Action, reached
from .gates import Request, covers_undo

if TYPE_CHECKING:
    from .night import Night


class Darkness:
    """A wrongful action that took effect: dark since `since`, until it is visible again.

    `word` comes with the first word that reaches the platform. `on_visible` is called once,
    when the account is back. `restores_itself` says that a watchdog will undo it.
    """

    restores_itself = False

    def __init__(self, night: Night, action: Action) -> None:
        self.night = night
        self.action = action
        self.since = night.now
        self.word = night.env.event()
        self.visible = False
        self.on_visible: list[Callable[[], None]] = []

    def restore(self, route: Route) -> None:
        """The account is visible again, by this route; a second restore changes nothing."""
        if not self.visible:
            self.visible = True
            self.night.log(Event.VISIBLE, self.action.id, route)
            for call in self.on_visible:
                call()


def automatic_restore(night: Night, dark: Darkness) -> int | None:
    """When a watchdog will undo the action; None if it will not."""
    given, action = night.plan.safeguards.automatic_restore, dark.action
    if given is None or not reached(night, action, given.control):
        return None
    length = night.world.length(action.id, Purpose.STAGE, Stage.AUTOMATIC, given.after)
    return night.stage_end(Stage.AUTOMATIC, action.id, length)


def notices(night: Night, dark: Darkness) -> Iterator[tuple[int, Channel]]:
    """When each channel that ever notices will do so."""
    action, world, plan, now = dark.action, night.world, night.plan.detection, dark.since
    given = night.plan.safeguards

    def chance(channel: Channel, p: float) -> bool:
        return world.draw(action.id, Purpose.CHANNEL_CHANCE, channel) < p

    def delayed(channel: Channel, how: ChannelPlan) -> int:
        return now + world.length(action.id, Purpose.CHANNEL_DELAY, channel, how.delay)

    alert = given.alert
    if alert is not None and reached(night, action, alert.control) and chance(Channel.ALERT, alert.recall):
        yield delayed(Channel.ALERT, ChannelPlan(1.0, alert.after)), Channel.ALERT
    for channel, look in ((Channel.PROBE, given.probe), (Channel.AUDIT, given.audit)):
        if look is not None and reached(night, action, look.control):
            seen = _regular_look(night, action, channel, look, now)
            if seen is not None:
                yield seen, channel
    watch = given.leaver_watch
    if watch is not None and reached(night, action, watch.control):
        leaves = world.leaving(action.incident) if action.incident is not None else None
        if leaves is not None and leaves - watch.before <= now and chance(Channel.LEAVER_WATCH, watch.recall):
            yield delayed(Channel.LEAVER_WATCH, ChannelPlan(1.0, watch.after)), Channel.LEAVER_WATCH
    if plan.colleague is not None and chance(Channel.COLLEAGUE, plan.colleague.chance):
        length = world.length(action.id, Purpose.CHANNEL_DELAY, Channel.COLLEAGUE, plan.colleague.delay)
        yield night.stage_end(Stage.COLLEAGUE_NOTICE, action.id, length), Channel.COLLEAGUE
    if (
        plan.actor is not None
        and action.notices_error  # whoever meant it has nothing to notice
        and chance(Channel.ACTOR, plan.actor.chance)
    ):
        length = world.length(action.id, Purpose.CHANNEL_DELAY, Channel.ACTOR, plan.actor.delay)
        yield night.stage_end(Stage.ACTOR_UNDOES, action.id, length), Channel.ACTOR
    if plan.public is not None and chance(Channel.PUBLIC, plan.public.chance):
        factor = rules.public_factor(action.followers, plan.public_at, plan.public_slope)
        delay = scaled(plan.public.delay, factor)
        length = world.length(action.id, Purpose.CHANNEL_DELAY, Channel.PUBLIC, delay)
        yield night.stage_end(Stage.PUBLIC_NOTICE, action.id, length), Channel.PUBLIC
    if plan.holder is not None and chance(Channel.HOLDER, plan.holder.chance):
        length = world.length(action.id, Purpose.CHANNEL_DELAY, Channel.HOLDER, plan.holder.delay)
        yield night.stage_end(Stage.HOLDER_NOTICE, action.id, length), Channel.HOLDER


def _regular_look(night: Night, action: Action, channel: Channel, look: ProbePlan, effect: int) -> int | None:
    """When a regular look first sees the action; None if it never will."""
    world = night.world
    phase = world.draw(look.control.id, Purpose.PROBE_PHASE)
    first = rules.next_look(effect, look.every, phase)
    u = world.draw(action.id, Purpose.CHANNEL_CHANCE, channel)
    if channel is Channel.AUDIT:
        # An action is in the sample of one review or of none.
        return first if u < look.sample * look.recall else None
    if look.recall <= 0.0:
        return None
    return rules.look_that_sees(first, look.every, rules.looks_until_seen(look.recall, u))


class Race:
    """The channels of one darkness, until word has reached the platform.

    What is visible again is no longer noticed. The race is over for the night when word has
    come, or when nobody is left who could bring it.
    """

    def __init__(self, night: Night, dark: Darkness) -> None:
        self.night = night
        self.dark = dark
        self.running = 0
        self.entered: list[tuple[int, Channel]] = []
        self.on_nobody: Callable[[], None] = lambda: None

    def enter(self, time: int, channel: Channel) -> None:
        """A channel that will notice at `time`."""
        self.entered.append((time, channel))

    def begin(self) -> None:
        """Set every channel going."""
        self.running = len(self.entered)
        for time, channel in self.entered:
            moment = self.night.moment(time, Kind.ARRIVAL, self.dark.action.id, channel)
            moment.then(lambda channel=channel: self._notice(channel))  # type: ignore[misc]
        if not self.entered:
            self.on_nobody()

    def _notice(self, channel: Channel) -> None:
        night, dark = self.night, self.dark
        if dark.visible:
            self._drop_out()
            return
        night.log(Event.NOTICED, dark.action.id, channel)
        may_undo = dark.action.agent not in night.contained
        if channel is Channel.ACTOR and night.plan.detection.actor_undoes and may_undo:
            self._undo_own()
        if channel not in OUTSIDE:
            self._word(channel)
            return
        length = night.world.length(dark.action.id, Purpose.WORD, channel, night.plan.detection.word)
        stage = Stage.PUBLIC_WORD if channel is Channel.PUBLIC else Stage.HOLDER_WORD
        until = night.stage_end(stage, dark.action.id, length)
        moment = night.moment(until, Kind.ARRIVAL, dark.action.id, channel)
        moment.then(lambda: self._word(channel))

    def _undo_own(self) -> None:
        """Who noticed his own error undoes it, at once unless somebody has to approve."""
        night, action = self.night, self.dark.action
        given = night.plan.safeguards.approval
        if given is not None and covers_undo(night, given.control, action, action.team, action.tool):
            night.env.process(self._ask_to_undo(given))
        else:
            self.dark.restore(Route.ACTOR)

    def _ask_to_undo(self, given: ApprovalPlan) -> simpy.events.ProcessGenerator:
        """Ask for the undo, after a time-out again while he has the right; what is approved is carried out."""
        night, dark, action = self.night, self.dark, self.dark.action
        purpose = Purpose.OWN_UNDO_REVIEW
        request = Request(night, action, given, purpose, action.agent, False, mark=Reason.OWN_UNDO)
        while not dark.visible and action.agent not in night.contained:
            reason = yield from request.approved()
            if reason is not Reason.TIMED_OUT or given.lets_through:
                dark.restore(Route.ACTOR)
                return
            request.attempt += 1

    def _word(self, channel: Channel) -> None:
        if not self.dark.word.triggered:
            self.night.log(Event.WORD_ARRIVES, self.dark.action.id, channel)
            self.dark.word.succeed(channel)
        self._drop_out()

    def _drop_out(self) -> None:
        self.running -= 1
        if self.running == 0 and not self.dark.word.triggered:
            self.on_nobody()
