"""The oracle's darkness: the effect, the race of channels, and the response."""

from __future__ import annotations

from types import SimpleNamespace as Thing

from deactsim.model.lengths import Length
from deactsim.model.plan import QuickStagePlan
from deactsim.model.states import Channel, Event, Gate, Reason, Route, Stage
from deactsim.model.streams import Purpose

from .oracle_people import ARRIVAL, ENDS, HELD_EFFECT, Call, Job, People


class Darkness(People):
    """What follows when an action takes effect."""

    def effect(self, action: Thing) -> None:
        if action.agent in self.contained:
            self.log(Event.GATE_DENIED, action.id, Gate.RIGHTS, Reason.CONTAINED)
            self.closes(people=True)
            return
        if self.stepped_down_meanwhile(action):
            self.log(Event.GATE_DENIED, action.id, Gate.RIGHTS, Reason.RIGHT_STEPPED_DOWN)
            self.closes(people=True)
            return
        self.log(Event.TOOK_EFFECT, action.id, action.agent)
        restore = self.safe.automatic_restore
        watched = restore is not None and not self.reason_not_reached(restore.control, action)
        if not action.wrong:
            if watched and self.yes(action.id, Purpose.UNDOES_HONEST, restore.undoes_honest):
                after = self.world.length(action.id, Purpose.QUICK_STAGE, 0, restore.after)
                undone = lambda: self.log(Event.WRONGLY_UNDONE, action.id)  # noqa: E731
                self.at(self.now + after, HELD_EFFECT, action.id, 0, undone)
            return
        dark = Thing(
            action=action, since=self.now, visible=False, word=False, waiting=0, ends_the_night=False,
            watched=watched,
        )  # fmt: skip
        channels = self.channels(action)
        dark.waiting = len(channels)
        for channel, time in channels:
            self.at(time, ARRIVAL, action.id, channel, lambda channel=channel: self.notice(dark, channel))
        if not channels:
            self.nobody_is_left(dark)
        if self.now + self.plan.retention < self.world.end:
            self.at(
                self.now + self.plan.retention, HELD_EFFECT, action.id, 2, lambda: self.content_lost(dark)
            )
        if watched:
            after = self.world.length(action.id, Purpose.STAGE, Stage.AUTOMATIC, restore.after)
            self.at(self.now + after, HELD_EFFECT, action.id, 1, lambda: self.visible(dark, Route.AUTOMATIC))

    def stepped_down_meanwhile(self, action: Thing) -> bool:
        step, incident = self.safe.step_down, action.incident
        if step is None or not step.rechecked or incident is None or incident.leaves is None:
            return False
        if self.reason_not_reached(step.control, action, action.agent):
            return False
        leaves = incident.at + self.world.length(incident.id, Purpose.LEAVES, 0, incident.leaves)
        return self.yes(action.agent, Purpose.TOLD, step.told) and leaves - step.before <= self.now

    def channels(self, action: Thing) -> list[tuple[int, int]]:
        detection, alert, found = self.plan.detection, self.safe.alert, []
        if alert is not None and not self.reason_not_reached(alert.control, action):
            found.append((Channel.ALERT, alert.recall, alert.after, 1.0))
        if detection.colleague is not None:
            found.append((Channel.COLLEAGUE, detection.colleague.chance, detection.colleague.delay, 1.0))
        if detection.actor is not None and action.erred:
            found.append((Channel.ACTOR, detection.actor.chance, detection.actor.delay, 1.0))
        if detection.public is not None:
            found.append((Channel.PUBLIC, detection.public.chance, detection.public.delay, 1.0))
        if detection.holder is not None:
            found.append((Channel.HOLDER, detection.holder.chance, detection.holder.delay, 1.0))
        return [
            (channel, self.now + self.world.length(action.id, Purpose.CHANNEL_DELAY, channel, delay))
            for channel, chance, delay, _ in found
            if self.yes(action.id, Purpose.CHANNEL_CHANCE, chance, channel)
        ]

    def notice(self, dark: Thing, channel: int) -> None:
        if dark.visible:
            self.drops_out(dark)
            return
        self.log(Event.NOTICED, dark.action.id, channel)
        if channel == Channel.ACTOR:
            self.actor_notices(dark)
            return
        if channel in (Channel.PUBLIC, Channel.HOLDER):
            takes = self.world.length(dark.action.id, Purpose.WORD, channel, self.plan.detection.word)
            self.at(self.now + takes, ARRIVAL, dark.action.id, channel, lambda: self.word(dark, channel))
        else:
            self.word(dark, channel)

    def actor_notices(self, dark: Thing) -> None:
        """Who erred undoes it at once, or says so and asks."""
        given, action = self.safe.approval, dark.action
        undo = next(c for c in self.plan.commands if c.name == action.command).undo
        undoing = Thing(**{**vars(action), "command": undo})
        if not self.plan.detection.actor_undoes or action.agent in self.contained:
            self.word(dark, Channel.ACTOR)
        elif given is None or self.reason_not_reached(given.control, undoing):
            self.visible(dark, Route.ACTOR)
            self.word(dark, Channel.ACTOR)
        else:
            self.word(dark, Channel.ACTOR, lambda: self.undo_own(dark, 0))

    def undo_own(self, dark: Thing, tries: int) -> None:
        """Ask until it is approved, is done by others, or he may ask no more."""
        given, action = self.safe.approval, dark.action

        def answer(reason: int) -> None:
            if reason != Reason.TIMED_OUT or given.lets_through:
                self.visible(dark, Route.ACTOR)
            elif not dark.visible and action.agent not in self.contained:
                self.undo_own(dark, tries + 1)

        self.ask_approvers(action, Purpose.OWN_UNDO_REVIEW, answer, action.agent, tries)

    def word(self, dark: Thing, channel: int, meanwhile: Call = lambda: None) -> None:
        if not dark.word:
            dark.word = True
            self.log(Event.WORD_ARRIVES, dark.action.id, channel)
            meanwhile()
            Response(self, dark).page()
        else:
            meanwhile()
        self.drops_out(dark)

    def drops_out(self, dark: Thing) -> None:
        dark.waiting -= 1
        if dark.waiting == 0 and not dark.word:
            self.nobody_is_left(dark)

    def nobody_is_left(self, dark: Thing) -> None:
        if dark.action.act and dark.visible:
            self.closes(people=True)
        elif dark.action.act:
            self.people_needed -= 1
            dark.ends_the_night = True

    def visible(self, dark: Thing, route: Route) -> None:
        if not dark.visible:
            dark.visible = True
            self.log(Event.VISIBLE, dark.action.id, route)
            if dark.ends_the_night:
                self.closes(people=False)

    def content_lost(self, dark: Thing) -> None:
        if not dark.visible:
            self.log(Event.CONTENT_LOST, dark.action.id)
            if dark.ends_the_night and not dark.watched:  # nothing can happen to it any more
                self.closes(people=False)


class Response:
    """One page, from the responder's side: each method is what happens next."""

    def __init__(self, oracle: Darkness, dark: Thing) -> None:
        self.oracle, self.dark, self.action = oracle, dark, dark.action
        self.team = oracle.teams[oracle.plan.response.team]
        self.lengths, self.safe = oracle.plan.response, oracle.safe

    def page(self) -> None:
        self.oracle.log(Event.PAGED, self.action.id, self.team.plan.id)
        self.oracle.submit(self.team, Job((0, self.oracle.now, self.action.id, 0), self.start))

    def stage(self, which: Stage, length: Length, quick: QuickStagePlan | None, then: Call) -> None:
        oracle, action = self.oracle, self.action
        takes = oracle.world.length(action.id, Purpose.STAGE, which, length)
        if quick is not None and not oracle.reason_not_reached(quick.control, action):
            takes = min(takes, oracle.world.length(action.id, Purpose.QUICK_STAGE, which, quick.length))
        oracle.work(self.agent, takes, then)

    def start(self, agent: int) -> None:
        self.agent = agent
        self.oracle.log(Event.RESPONDER_TAKES, self.action.id, agent)
        self.stage(Stage.PICK_UP, self.lengths.pick_up, self.safe.quick_pick_up, self.picked_up)

    def picked_up(self) -> None:
        self.oracle.log(Event.PICKED_UP, self.action.id, self.agent)
        undo = self.safe.preauthorised_undo
        if (
            undo is not None
            and not self.oracle.reason_not_reached(undo, self.action)
            and not self.dark.visible
        ):
            self.oracle.log(Event.UNDO_AUTHORISED, self.action.id, self.agent, Reason.PREAUTHORISED)
            self.restore(lambda: self.find(self.free))
        else:
            self.find(self.authorise)

    def find(self, then: Call) -> None:
        def found() -> None:
            oracle, action = self.oracle, self.action
            oracle.log(Event.CAUSE_FOUND, action.id, self.agent)
            if action.act:
                oracle.open += 1
                takes = oracle.world.length(
                    action.id >> 16 << 16, Purpose.STAGE, Stage.CONTAIN, self.lengths.contain
                )
                oracle.at(oracle.now + takes, ENDS, action.id, 3, self.contain)
            then()

        self.stage(Stage.FIND_CAUSE, self.lengths.find_cause, None, found)

    def contain(self) -> None:
        if self.action.agent not in self.oracle.contained:
            self.oracle.contained.append(self.action.agent)
            self.oracle.log(Event.CONTAINED, self.action.id, self.action.agent)
        self.oracle.closes(people=False)

    def authorise(self) -> None:
        if self.dark.visible:
            self.free()
        else:
            self.stage(Stage.AUTHORISE, self.lengths.authorise, None, self.ask_for_the_undo)

    def ask_for_the_undo(self) -> None:
        given, oracle = self.safe.approval, self.oracle
        undo = next(c for c in oracle.plan.commands if c.name == self.action.command).undo
        # The responders' team undoes, through no tool that a safeguard could leave out.
        undoing = Thing(**{**vars(self.action), "command": undo, "team": self.team.plan.name})
        if self.dark.visible or given is None or oracle.reason_not_reached(given.control, undoing):
            self.authorised()
            return

        tries = 0

        def answer(reason: int) -> None:
            nonlocal tries
            if reason == Reason.TIMED_OUT and not given.lets_through and not self.dark.visible:
                tries += 1
                oracle.ask_approvers(self.action, Purpose.UNDO_REVIEW, answer, self.agent, tries)
            else:
                oracle.waits_no_longer(self.team, self.agent, self.authorised)

        oracle.waits(self.team, self.agent)
        oracle.ask_approvers(self.action, Purpose.UNDO_REVIEW, answer, self.agent)

    def authorised(self) -> None:
        if self.dark.visible:
            self.free()
        else:
            self.oracle.log(Event.UNDO_AUTHORISED, self.action.id, self.agent)
            self.restore(self.free)

    def restore(self, then: Call) -> None:
        def back() -> None:
            self.oracle.visible(self.dark, Route.RESPONSE)
            then()

        self.stage(Stage.RESTORE, self.lengths.restore, self.safe.undo_button, back)

    def free(self) -> None:
        self.oracle.free(self.team, self.agent)
        self.oracle.log(Event.RESPONDER_FREE, self.action.id, self.agent)
        if self.action.act:
            self.oracle.closes(people=True)
