"""The oracle's clock and people: a sorted list of things to come, teams with queues, and approvers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace as Thing

from deactsim.model.plan import Control, Plan, TeamPlan
from deactsim.model.states import Event, Gate, Reason
from deactsim.model.streams import Purpose, act_id, agent_id
from deactsim.model.trace import Row
from deactsim.model.world import World

Call = Callable[[], None]
MINUTE, HOUR, DAY = 60_000_000, 3_600_000_000, 86_400_000_000
ENDS, DONE, CANCELLED, TIME_OUT, HELD_EFFECT, BEGINS, ARRIVAL, MATCH = range(8)


@dataclass
class Job:
    order: tuple[int, int, int, int]
    start: Callable[[int], None]
    for_holders: bool = False
    barred: tuple[int, ...] = ()
    review: bool = False


@dataclass
class Team:
    plan: TeamPlan
    on: bool = False
    matching: bool = False
    idle: list[int] = field(default_factory=list)
    busy: list[int] = field(default_factory=list)
    #: Who only waits for the approval of an undo; None, or what he does once the review he is at has ended.
    waiting: dict[int, Call | None] = field(default_factory=dict)
    reviewing: list[int] = field(default_factory=list)
    queue: list[Job] = field(default_factory=list)


class People:
    """Who is there, who waits and who works; and the rows of what happened."""

    def __init__(self, plan: Plan, world: World) -> None:
        self.plan, self.world, self.safe = plan, world, plan.safeguards
        self.now = self.start = self.first_moment()
        self.rows: list[Row] = []
        self.later: list[tuple[int, int, int, int, Call]] = []
        self.over = False
        self.open = self.people_needed = 0
        self.contained: list[int] = []
        self.teams = [Team(team) for team in plan.teams]
        for team in sorted(self.teams, key=lambda team: team.plan.id):
            self.shifts(team)

    def run(self) -> list[Row]:
        while self.later and not self.over:
            self.later.sort(key=lambda one: one[:4])
            time, _, _, _, call = self.later.pop(0)
            if time > self.world.end:
                break
            self.now = time
            call()
        return self.rows

    def first_moment(self) -> int:
        if self.plan.incident is None:
            return self.world.start
        command = next(c for c in self.plan.commands if c.name == self.plan.incident.command)
        lag = self.world.length(act_id(0), Purpose.LAG, 0, command.lag)
        return self.world.start - self.plan.incident.act_shift - lag

    def at(self, time: int, kind: int, entity: int, sub: int, call: Call) -> None:
        self.later.append((time, kind, entity, sub, call))

    def log(self, event: Event, entity: int, by: int = 0, reason: int = 0) -> None:
        self.rows.append(Row(self.now, event, entity, by, reason))

    def yes(self, entity: int, purpose: Purpose, chance: float, k: int = 0) -> bool:
        return self.world.draw(entity, purpose, k) < chance

    def closes(self, *, people: bool) -> None:
        self.open -= 1
        self.people_needed -= people
        # Without an incident that the run is about, the world's end ends it.
        self.over = self.over or (self.open == 0 and self.plan.incident is not None)

    # -- people -------------------------------------------------------------------------

    def shifts(self, team: Team) -> None:
        def comes() -> None:
            team.on = True
            team.idle = [n for n in range(team.plan.headcount) if n not in team.busy]
            self.log(Event.SHIFT_ON, team.plan.id)
            self.ask_match(team)

        def goes() -> None:
            team.on, team.idle = False, []
            self.log(Event.SHIFT_OFF, team.plan.id)

        always = any(w.start == 0 and w.end == 1440 for w in team.plan.windows)
        if always:
            comes()
            return
        for day in range(self.start // DAY - 1, self.world.end // DAY + 1):
            for window in team.plan.windows:
                on, off = day * DAY + window.start * MINUTE, day * DAY + window.end * MINUTE
                if on >= self.world.end or off <= self.start:
                    continue
                if on <= self.start:
                    comes()
                else:
                    self.at(on, BEGINS, team.plan.id, 0, comes)
                self.at(off, ENDS, team.plan.id, 0, goes)

    def submit(self, team: Team, job: Job) -> None:
        team.queue.append(job)
        self.ask_match(team)

    def ask_match(self, team: Team) -> None:
        if team.queue and (team.idle or (team.on and team.waiting)) and not team.matching:
            team.matching = True
            self.at(self.now, MATCH, team.plan.id, 0, lambda: self.match(team))

    def match(self, team: Team) -> None:
        team.matching = False
        found = []
        for number in sorted(team.idle):
            agent = agent_id(team.plan.id, number)
            for job in sorted(team.queue, key=lambda job: job.order):
                if agent not in job.barred and (not job.for_holders or number < team.plan.holders):
                    team.queue.remove(job)
                    team.idle.remove(number)
                    team.busy.append(number)
                    found.append((job, agent))
                    break
        for number in sorted(set(team.waiting) - set(team.reviewing)) if team.on else ():
            agent = agent_id(team.plan.id, number)
            for job in sorted(team.queue, key=lambda job: job.order):
                if job.review and agent not in job.barred:
                    team.queue.remove(job)
                    team.reviewing.append(number)
                    found.append((job, agent))
                    break
        for job, agent in found:
            job.start(agent)

    def work(self, agent: int, length: int, call: Call) -> None:
        self.at(self.now + length, DONE, agent, 0, call)

    def free(self, team: Team, agent: int) -> None:
        number = agent - agent_id(team.plan.id, 0)
        if number in team.reviewing:
            team.reviewing.remove(number)
            then = team.waiting[number]
            if then is None:
                self.ask_match(team)
            else:
                del team.waiting[number]
                then()
            return
        team.busy.remove(number)
        if team.on:
            team.idle.append(number)
            self.ask_match(team)

    def waits(self, team: Team, agent: int) -> None:
        """He has asked for something: until it is answered he has time for reviews."""
        team.waiting[agent - agent_id(team.plan.id, 0)] = None
        self.ask_match(team)

    def waits_no_longer(self, team: Team, agent: int, then: Call) -> None:
        number = agent - agent_id(team.plan.id, 0)
        if number in team.reviewing:
            team.waiting[number] = then
        else:
            del team.waiting[number]
            then()

    # -- who must agree -----------------------------------------------------------------

    def reason_not_reached(self, control: Control, action: Thing, target: int | None = None) -> int:
        names = {action.tier, action.account}
        covers = (control.targets is None or names & control.targets) and action.command in control.commands
        if not covers or (control.teams is not None and action.team not in {*control.teams, None}):
            return Reason.NOT_COVERED
        if not self.world.in_order(control, self.now):
            return Reason.OUT_OF_ORDER
        whose = action.target if target is None else target
        if self.world.draw(whose, Purpose.COVERED, control.id & 0xFFFFFFFF) >= control.covers:
            return Reason.LIST_STALE
        return 0

    def keys_of(self, action: Thing, purpose: Purpose) -> dict[int, int]:
        """Whose approvals the actor gives himself, by team: of the action, not of its undo."""
        return dict(action.incident.keys) if action.act and purpose == Purpose.REVIEW else {}

    def passed_over(self, place: int, his: dict[int, int]) -> int:
        """Why nobody of a team need be asked: the actor says yes himself, or nobody is there."""
        if his.get(place, 0) > 0:
            his[place] -= 1
            return Reason.BORROWED
        return Reason.NOBODY_ON_SHIFT if self.safe.approval.break_glass and not self.teams[place].on else 0

    def ask_approvers(
        self, action: Thing, purpose: Purpose, decided: Callable[[int], None], asker: int, attempt: int = 0
    ) -> None:
        given, deadline = self.safe.approval, self.now + self.safe.approval.time_out
        own = purpose == Purpose.OWN_UNDO_REVIEW
        mark = Reason.OWN_UNDO if own else 0
        his = self.keys_of(action, purpose)  # used up slot by slot

        def luck(slot: int) -> int:
            return attempt * len(given.slots) + slot

        def ask(slot: int, barred: tuple[int, ...], last: int) -> None:
            if slot == len(given.slots):
                decided(last)
                return
            team = self.teams[given.slots[slot]]
            without = self.passed_over(given.slots[slot], his)
            if without:
                ask(slot + 1, barred, without)
                return
            answered: list[bool] = []

            def start(agent: int) -> None:
                self.log(Event.REVIEW_STARTS, action.id, agent, mark)
                stamps = given.stamps + given.stamps_per_queued * len(team.queue)
                length = self.world.length(action.id, purpose, luck(slot), given.review)
                self.work(agent, length, lambda: ends(agent, stamps))

            def ends(agent: int, stamps: float) -> None:
                caught = action.wrong and purpose == Purpose.REVIEW
                if self.yes(action.id, Purpose.STAMP, stamps, luck(slot)):
                    verdict = Reason.STAMPED
                elif caught and self.yes(action.id, Purpose.CATCH, given.catches, luck(slot)):
                    verdict = Reason.REFUSED
                else:
                    verdict = Reason.APPROVED
                self.log(Event.REVIEW_ENDS, action.id, agent, verdict)
                self.free(team, agent)
                if answered:
                    return
                answered.append(True)
                if verdict == Reason.REFUSED:
                    decided(verdict)
                else:
                    ask(slot + 1, (*barred, agent), verdict)

            def time_is_up() -> None:
                if not answered:
                    answered.append(True)
                    self.log(Event.TIMED_OUT, action.id, Gate.APPROVAL, mark)
                    if job in team.queue:
                        team.queue.remove(job)
                    decided(Reason.TIMED_OUT)

            place = slot + len(given.slots) * own
            order = (0 if action.urgent else 1, self.now, action.id, place)
            job = Job(order, start, barred=barred, review=True)
            self.log(Event.ASKED, action.id, team.plan.id, mark)
            self.submit(team, job)
            self.at(deadline, TIME_OUT, action.id, place, time_is_up)

        ask(0, (asker,), Reason.APPROVED)
