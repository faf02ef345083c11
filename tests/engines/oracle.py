"""A third opinion: the model once more, as naively as it can be told.

No SimPy, no shared rules, no gates as generators: a sorted list of things to come, and
functions that say what happens then. It knows a part of the model: several incidents,
reports with slips and mistaken targets, approval with borrowed keys, the protected list,
step-down, cooling-off, the race of channels, alert and false alarms, the response with undo
button, quicker people and pre-authorised undo, and the automatic restore. Tests hold the
engine to it row by row.
"""

from __future__ import annotations

from types import SimpleNamespace as Thing

from deactsim.model.plan import IncidentPlan, Plan
from deactsim.model.states import Channel, Event, Gate, Reason
from deactsim.model.streams import Purpose, account_id
from deactsim.model.world import Report, World

from .oracle_dark import Darkness
from .oracle_people import ARRIVAL, BEGINS, CANCELLED, HELD_EFFECT, HOUR, Job, Team


class Oracle(Darkness):
    """Runs one plan in one world; `rows` is what happened."""

    def __init__(self, plan: Plan, world: World) -> None:
        super().__init__(plan, world)
        self.hour_of_reports()
        if self.safe.alert is not None and self.safe.alert.false_per_microsecond > 0:
            self.hour_of_alarms()
        for incident in plan.incidents:
            self.acts(incident)

    # -- routine ------------------------------------------------------------------------

    def hour_of_reports(self) -> None:
        """What comes in an hour is put down at its beginning, as long as people's time matters."""
        if not self.plan.streams or self.now >= self.world.end:
            return
        if self.plan.incident is not None and not self.people_needed and self.now > self.start:
            return
        until = min((self.now // HOUR + 1) * HOUR, self.world.end)
        for one in self.world.reports(self.plan.streams, self.now, until):
            self.at(one.time, ARRIVAL, one.id, 0, lambda one=one: self.arrives(one))
        self.at(until, ARRIVAL, 0, 0, self.hour_of_reports)

    def hour_of_alarms(self) -> None:
        alert = self.safe.alert
        if self.now >= self.world.end or (
            not self.people_needed and self.plan.incident and self.now > self.start
        ):
            return
        until = min((self.now // HOUR + 1) * HOUR, self.world.end)
        for time, alarm in self.world.false_alarms(
            alert.control, alert.false_per_microsecond, self.now, until
        ):
            if self.world.in_order(alert.control, time):
                self.at(time, ARRIVAL, alarm, 0, lambda alarm=alarm: self.alarm(alarm))
        self.at(until, ARRIVAL, 1, 0, self.hour_of_alarms)

    def alarm(self, alarm: int) -> None:
        team = self.teams[self.plan.response.team]
        self.log(Event.FALSE_ALARM, alarm, team.plan.id)

        def start(agent: int) -> None:
            self.log(Event.ALARM_TAKEN, alarm, agent)
            length = self.world.length(alarm, Purpose.TRIAGE, 0, self.safe.alert.triage)
            self.work(
                agent, length, lambda: (self.log(Event.ALARM_CLOSED, alarm, agent), self.free(team, agent))
            )

        self.submit(team, Job((2, self.now, alarm, 0), start))

    def arrives(self, report: Report) -> None:
        stream = self.plan.streams[report.stream]
        team = self.desk(report.id, [self.teams[i] for i in stream.teams])
        urgent = self.yes(report.id, Purpose.URGENT, stream.urgent)
        self.log(Event.REPORT_ARRIVES, report.id, team.plan.id)

        def start(agent: int) -> None:
            self.log(Event.REPORT_TAKEN, report.id, agent)
            length = self.world.length(report.id, Purpose.HANDLING, 0, stream.handling)
            self.work(agent, length, lambda: close(agent))

        def close(agent: int) -> None:
            acts = self.yes(report.id, Purpose.ACTIONED, stream.actioned)
            self.log(Event.REPORT_CLOSED, report.id, agent, Reason.ACTION if acts else Reason.NO_ACTION)
            self.free(team, agent)
            if acts:
                wrong = self.yes(report.id, Purpose.SLIP, stream.slip + stream.misidentified)
                why = Reason.SLIPPED if wrong else Reason.URGENT if urgent else 0
                self.ask(
                    Thing(
                        id=report.id, target=report.id, account=None, tier=stream.tier, agent=agent, wrong=wrong,
                        urgent=urgent, act=False, team=team.plan.name, command=stream.command,
                        followers=stream.followers, why=why, incident=None, erred=wrong,
                    )
                )  # fmt: skip

        self.submit(team, Job((0 if urgent else 1, self.now, report.id, 0), start, for_holders=True))

    def desk(self, report: int, teams: list[Team]) -> Team:
        idle = {team.plan.name: len([n for n in team.idle if n < team.plan.holders]) for team in teams}
        if any(idle.values()):
            wanted = [name for name in idle for _ in range(idle[name])]
        else:
            on = [team for team in teams if team.on and team.plan.holders]
            lowest = min(map(self.waiting_each, on)) if on else min(map(self.comes_next, teams))
            measure = self.waiting_each if on else self.comes_next
            best = [team for team in on or teams if measure(team) == lowest]
            wanted = [team.plan.name for team in best for _ in range(max(1, team.plan.holders))]
        # One ticket for each person, in order of the teams' names, and one is drawn.
        name = sorted(wanted)[int(self.world.draw(report, Purpose.DESK) * len(wanted))]
        return next(team for team in teams if team.plan.name == name)

    def waiting_each(self, team: Team) -> float:
        return len(team.queue) / team.plan.holders

    def comes_next(self, team: Team) -> float:
        if not team.plan.holders:
            return float("inf")
        coming = [t for t, kind, entity, _, _ in self.later if (kind, entity) == (BEGINS, team.plan.id)]
        return min(coming, default=float("inf"))

    # -- the incident and the gates -----------------------------------------------------

    def acts(self, incident: IncidentPlan) -> None:
        command = next(c for c in self.plan.commands if c.name == incident.command)
        lag = self.world.length(incident.id, Purpose.LAG, 0, command.lag)
        team = self.plan.teams[incident.team]
        for k, act in enumerate(incident.acts):
            self.open += 1
            self.people_needed += 1
            action = Thing(
                id=incident.id + k, target=account_id(act.account), account=act.account, tier=act.tier,
                wrong=True, agent=incident.agent, urgent=False, act=True, team=team.name,
                command=incident.command, followers=act.followers, why=0, incident=incident,
                erred=incident.actor_notices,
            )  # fmt: skip
            time = incident.at - lag - incident.act_shift + act.after
            self.at(time, ARRIVAL, action.id, 0, lambda action=action: self.ask(action))

    def deny(self, action: Thing, gate: Gate, reason: int) -> None:
        self.log(Event.GATE_DENIED, action.id, gate, reason)
        if action.act:
            self.closes(people=True)

    def ask(self, action: Thing) -> None:
        self.log(Event.REQUESTED, action.id, action.agent, action.why)
        if not action.act:
            self.protected_list(action)
            return
        step, reason = self.safe.step_down, Reason.RIGHT_HELD
        if action.agent in self.contained:
            self.deny(action, Gate.RIGHTS, Reason.CONTAINED)
            return
        if step is not None:
            incident = action.incident
            unreached = self.reason_not_reached(step.control, action, action.agent)
            if incident.leaves is None:
                reason = Reason.NOT_A_LEAVER
            elif unreached:
                reason = unreached
            elif not self.yes(action.agent, Purpose.TOLD, step.told):
                reason = Reason.NOT_TOLD
            else:
                leaves = incident.at + self.world.length(incident.id, Purpose.LEAVES, 0, incident.leaves)
                if leaves - step.before <= self.now:
                    self.deny(action, Gate.RIGHTS, Reason.RIGHT_STEPPED_DOWN)
                    return
                reason = Reason.BEFORE_STEP_DOWN
        self.log(Event.GATE_PASSED, action.id, Gate.RIGHTS, reason)
        self.protected_list(action)

    def protected_list(self, action: Thing) -> None:
        given, gate = self.safe.protected_list, Gate.PROTECTED_LIST

        def passes(reason: int) -> None:
            self.log(Event.GATE_PASSED, action.id, gate, reason)
            self.approval(action)

        if given is None:
            self.approval(action)
        elif unreached := self.reason_not_reached(given.control, action):
            passes(unreached)
        elif given.senior is None:
            self.deny(action, gate, Reason.LISTED_DENIED)
        else:
            team = self.teams[given.senior]

            def start(agent: int) -> None:
                self.log(Event.REVIEW_STARTS, action.id, agent)
                length = self.world.length(action.id, Purpose.SENIOR_HANDLING, 0, given.handling)
                self.work(agent, length, lambda: ends(agent))

            def ends(agent: int) -> None:
                self.free(team, agent)
                objects = action.wrong and self.yes(action.id, Purpose.SENIOR_CATCH, given.catches)
                verdict = Reason.SENIOR_OBJECTED if objects else Reason.SENIOR_PASSED
                self.log(Event.REVIEW_ENDS, action.id, team.plan.id, verdict)
                if objects:
                    self.deny(action, gate, verdict)
                else:
                    passes(verdict)

            self.log(Event.REROUTED, action.id, team.plan.id)
            self.submit(
                team, Job((0 if action.urgent else 1, self.now, action.id, 0), start, barred=(action.agent,))
            )

    def approval(self, action: Thing) -> None:
        given, gate = self.safe.approval, Gate.APPROVAL
        if given is None:
            self.cooling_off(action)
            return

        def decided(reason: int) -> None:
            if reason == Reason.REFUSED or (reason == Reason.TIMED_OUT and not given.lets_through):
                self.deny(action, gate, reason)
            else:
                self.log(Event.GATE_PASSED, action.id, gate, reason)
                self.cooling_off(action)

        unreached = self.reason_not_reached(given.control, action)
        if unreached:
            decided(unreached)
        else:
            self.ask_approvers(action, Purpose.REVIEW, decided, action.agent)

    def cooling_off(self, action: Thing) -> None:
        given, gate, world = self.safe.cooling_off, Gate.COOLING_OFF, self.world
        if given is None:
            self.lag(action)
            return
        if unreached := self.reason_not_reached(given.control, action):
            self.log(Event.GATE_PASSED, action.id, gate, unreached)
            self.lag(action)
            return
        objections = []
        if action.wrong and self.yes(action.id, Purpose.WATCHED, given.watched):
            length = world.length(action.id, Purpose.WATCHER_NOTICES, 0, given.notices)
            objections.append((length, Reason.WATCHER_CANCELLED))
        holder = self.plan.detection.holder if action.wrong and given.holder_told else None
        if holder is not None and self.yes(action.id, Purpose.CHANNEL_CHANCE, holder.chance, Channel.HOLDER):
            length = world.length(action.id, Purpose.CHANNEL_DELAY, Channel.HOLDER, holder.delay)
            objections.append((length, Reason.HOLDER_CANCELLED))
        soonest = min(objections, default=(given.hold + 1, 0))
        in_time = soonest[0] <= given.hold
        length = soonest[0] if in_time else given.hold

        def ends() -> None:
            if length > 0:
                self.log(Event.RELEASED, action.id, gate)
            if in_time:
                self.log(Event.CANCELLED, action.id, gate, soonest[1])
                self.deny(action, gate, soonest[1])
            else:
                reason = Reason.COOLED_OFF if objections else Reason.NOBODY_WATCHED
                self.log(Event.GATE_PASSED, action.id, gate, reason)
                self.lag(action)

        if length > 0:
            self.log(Event.HELD, action.id, gate)
            self.at(self.now + length, CANCELLED if in_time else HELD_EFFECT, action.id, 0, ends)
        else:
            ends()

    def lag(self, action: Thing) -> None:
        command = next(c for c in self.plan.commands if c.name == action.command)
        lag = self.world.length(action.id, Purpose.LAG, 0, command.lag)
        if lag:
            self.at(self.now + lag, HELD_EFFECT, action.id, 0, lambda: self.effect(action))
        else:
            self.effect(action)
