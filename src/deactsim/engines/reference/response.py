"""The response: from the page to the visible account, the contained actor and the statements."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import simpy

from ...model.lengths import Length
from ...model.plan import QuickStagePlan
from ...model.states import Event, Kind, Reason, Route, Stage
from ...model.streams import Purpose
from .action import reached
from .gates import Request, covers_undo
from .people import Job, People

if TYPE_CHECKING:
    from .detection import Darkness, Race
    from .night import Night


def respond(night: Night, dark: Darkness, race: Race) -> None:
    """Have the platform answer once word has come, and keep count of what must still end."""
    of_incident = dark.action.of_incident
    response = Response(night, dark)
    night.env.process(response.run())
    night.env.process(response.speak())
    if night.plan.safeguards.lock_down is not None:
        night.env.process(response.lock_down())
    dark.on_visible.append(response.bring_audience_back)
    if dark.since + night.plan.retention < night.world.end:
        moment = night.moment(dark.since + night.plan.retention, Kind.HELD_EFFECT, dark.action.id, 2)
        moment.then(response.lose_content)
    if of_incident:
        race.on_nobody = response.never_noticed


class Response:
    """One darkness as the responders live it."""

    def __init__(self, night: Night, dark: Darkness) -> None:
        self.night = night
        self.dark = dark
        self.action = dark.action
        self.lasts = False

    def run(self) -> simpy.events.ProcessGenerator:
        """A responder picks up, finds the cause, has the undo authorised, and restores."""
        night, dark, plan = self.night, self.dark, self.night.plan.response
        yield dark.word
        people = night.people[plan.team]
        night.log(Event.PAGED, self.action.id, people.plan.id)
        job = Job(night.env, self.action.id, priority=0)
        people.submit(job)
        responder = yield job.taken
        night.log(Event.RESPONDER_TAKES, self.action.id, responder)
        picked_up = self._quickened(Stage.PICK_UP, plan.pick_up, night.plan.safeguards.quick_pick_up)
        yield people.work(responder, picked_up - night.now)
        night.log(Event.PICKED_UP, self.action.id, responder)
        if not dark.visible and self._preauthorised():
            night.log(Event.UNDO_AUTHORISED, self.action.id, responder, Reason.PREAUTHORISED)
            yield from self._restore(people, responder)
            yield from self._find_cause(people, responder)
        else:
            yield from self._find_cause(people, responder)
            if not dark.visible:
                yield self._stage(
                    people, responder, Stage.AUTHORISE, self._drawn(Stage.AUTHORISE, plan.authorise)
                )
                yield from self._undo_approved(people, responder)
            if not dark.visible:
                night.log(Event.UNDO_AUTHORISED, self.action.id, responder)
                yield from self._restore(people, responder)
        people.release(responder)
        night.log(Event.RESPONDER_FREE, self.action.id, responder)
        if self.action.of_incident:
            night.closes(needs_people=True)

    def _stage(self, people: People, responder: int, stage: Stage, length: int) -> simpy.Event:
        end = self.night.stage_end(stage, self.action.id, length)
        return people.work(responder, end - self.night.now)

    def _drawn(self, stage: Stage, length: Length) -> int:
        return self.night.world.length(self.action.id, Purpose.STAGE, stage, length)

    def _quickened(self, stage: Stage, length: Length, quick: QuickStagePlan | None) -> int:
        """When a stage that begins now ends: what is prepared is never slower than without it."""
        night = self.night
        end = night.stage_end(stage, self.action.id, self._drawn(stage, length))
        if quick is not None and reached(night, self.action, quick.control):
            drawn = night.world.length(self.action.id, Purpose.QUICK_STAGE, stage, quick.length)
            end = min(end, night.now + drawn)
        return end

    def _preauthorised(self) -> bool:
        control = self.night.plan.safeguards.preauthorised_undo
        return control is not None and reached(self.night, self.action, control)

    def _find_cause(self, people: People, responder: int) -> Generator[simpy.Event, Any, None]:
        """The cause names the actor, who is then contained."""
        night, plan = self.night, self.night.plan.response
        yield self._stage(people, responder, Stage.FIND_CAUSE, self._drawn(Stage.FIND_CAUSE, plan.find_cause))
        night.log(Event.CAUSE_FOUND, self.action.id, responder)
        if self.action.incident is not None:
            night.opens(needs_people=False)
            # One actor, one draw: many responses do not make him quicker to contain.
            length = night.world.length(self.action.incident.id, Purpose.STAGE, Stage.CONTAIN, plan.contain)
            length = night.known(Stage.CONTAIN, self.action.incident.id, length)
            end = night.stage_end(Stage.CONTAIN, self.action.id, length)
            night.moment(end, Kind.ENDS, self.action.id, 3).then(self._contain)

    def _contain(self) -> None:
        if self.action.agent not in self.night.contained:
            self.night.contained.add(self.action.agent)
            self.night.log(Event.CONTAINED, self.action.id, self.action.agent)
        self.night.closes(needs_people=False)

    def _undo_approved(self, people: People, responder: int) -> Generator[simpy.Event, Any, None]:
        """Where approval also covers the undo, the responder asks for it, again after a time-out.

        Meanwhile he only waits: he may review what others ask for.
        """
        given, team = self.night.plan.safeguards.approval, people.plan.name
        if given is None or not covers_undo(self.night, given.control, self.action, team, None):
            return
        request = Request(self.night, self.action, given, Purpose.UNDO_REVIEW, responder, wrongful=False)
        people.stand_by(responder)
        while not self.dark.visible:
            reason = yield from request.approved()
            if reason is not Reason.TIMED_OUT or given.lets_through:
                break
            request.attempt += 1
        yield from people.resume(responder)

    def _restore(self, people: People, responder: int) -> Generator[simpy.Event, Any, None]:
        """The last stage; a prepared undo never takes longer than restoring by hand."""
        night = self.night
        end = self._quickened(Stage.RESTORE, night.plan.response.restore, night.plan.safeguards.undo_button)
        yield people.work(responder, end - night.now)
        self.dark.restore(Route.RESPONSE)

    # -- what follows -------------------------------------------------------------------

    def speak(self) -> simpy.events.ProcessGenerator:
        """The platform's statements: the first after word has come, the second after the first."""
        night, plan = self.night, self.night.plan.response
        if not self.action.of_incident or plan.first_statement is None:
            return
        yield self.dark.word
        night.opens(needs_people=False)
        yield self._pause(Stage.FIRST_STATEMENT, plan.first_statement, 12)
        night.log(Event.FIRST_STATEMENT, self.action.id)
        if plan.second_statement is not None:
            yield self._pause(Stage.SECOND_STATEMENT, plan.second_statement, 13)
            night.log(Event.SECOND_STATEMENT, self.action.id)
        night.closes(needs_people=False)

    def _pause(self, stage: Stage, length: Length, sub: int) -> simpy.Event:
        end = self.night.stage_end(stage, self.action.id, self._drawn(stage, length))
        return self.night.moment(end, Kind.ARRIVAL, self.action.id, sub)

    def lock_down(self) -> simpy.events.ProcessGenerator:
        """Freeze such actions some time after word has come, for a while."""
        night, given = self.night, self.night.plan.safeguards.lock_down
        assert given is not None  # noqa: S101 - started only where there is one
        yield self.dark.word
        if not reached(night, self.action, given.control):
            return
        after = night.world.length(self.action.id, Purpose.LOCK, 0, given.after)
        yield night.moment(night.now + after, Kind.ENDS, self.action.id, 6)
        night.log(Event.LOCKED_DOWN, self.action.id)
        night.locked_until = night.now + given.hold
        yield night.moment(night.locked_until, Kind.BEGINS, self.action.id, 6)
        night.log(Event.LOCK_LIFTED, self.action.id)

    def bring_audience_back(self) -> None:
        """Visible is one thing, follower counts whole again another."""
        if self.action.of_incident and self.night.plan.response.audience_whole is not None:
            self.night.opens(needs_people=False)
            self.night.env.process(self._audience())

    def _audience(self) -> simpy.events.ProcessGenerator:
        night, plan = self.night, self.night.plan.response
        assert plan.audience_whole is not None  # noqa: S101 - started only where there is one
        begins = night.now
        length = self._drawn(Stage.AUDIENCE_WHOLE, plan.audience_whole)
        end = night.stage_end(Stage.AUDIENCE_WHOLE, self.action.id, length)
        for step in range(plan.audience_steps):
            at = begins + (end - begins) * step // plan.audience_steps
            if at > night.now:
                yield night.moment(at, Kind.ARRIVAL, self.action.id, 14)
            night.log(Event.AUDIENCE_STEP, self.action.id, step + 1)
        yield night.moment(end, Kind.ARRIVAL, self.action.id, 14)
        night.log(Event.AUDIENCE_WHOLE, self.action.id)
        night.closes(needs_people=False)

    def lose_content(self) -> None:
        """Past retention what is still dark comes back without its content, if at all."""
        if not self.dark.visible:
            self.night.log(Event.CONTENT_LOST, self.action.id)
            if self.lasts:
                self.night.closes(needs_people=False)

    def never_noticed(self) -> None:
        """Nobody will bring word: only an automatic restore, and nobody's work, can still end it.

        Where there is none the account stays dark, and the loss of its content is the last that happens to it.
        """
        if self.dark.visible:
            self.night.closes(needs_people=True)
            return
        self.night.needing_people -= 1
        if self.dark.restores_itself:
            self.dark.on_visible.append(lambda: self.night.closes(needs_people=False))
        else:
            self.lasts = True
