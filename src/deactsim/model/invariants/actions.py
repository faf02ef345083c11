"""Actions and their gates: order, coverage, holds, limits, and the people who must agree."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from ..plan import ApprovalPlan, Control
from ..states import Event, Gate, Reason
from ..streams import ACT, ALARM, REPORT, Purpose, tag_of, team_of_agent
from ..trace import Row
from .book import Book, Entry, Found, Subject
from .leavers import rechecked

#: For what approvers are asked beside the action itself and the responder's undo of it.
MARKS = (Reason.NONE, Reason.OWN_UNDO)
#: Why the gate of rights may deny at the effect what it let pass.
LOST_MEANWHILE = {Reason.CONTAINED, Reason.RIGHT_STEPPED_DOWN, Reason.RIGHT_CUT_OFF}
UNREACHED = {Reason.NOT_COVERED, Reason.OUT_OF_ORDER, Reason.LIST_STALE}
#: Verdicts that only a wrongful action can meet.
CATCHING = {
    Reason.DIALOG_STOPPED,
    Reason.SENIOR_OBJECTED,
    Reason.NO_REPORT,
    Reason.EXECUTOR_OBJECTED,
    Reason.REFUSED,
    Reason.WATCHER_CANCELLED,
    Reason.HOLDER_CANCELLED,
}
#: Lives must begin with a request.
OF_ACTIONS = (
    Event.GATE_PASSED,
    Event.GATE_DENIED,
    Event.HELD,
    Event.TOOK_EFFECT,
    Event.REVIEW_STARTS,
    Event.VISIBLE,
    Event.WRONGLY_UNDONE,
)


def lives(book: Book) -> Found:
    """Reports and alarms take their drawn time, and actions pass the gates in order."""
    for entity, entries in list(book.of.items()):
        yield from _worked(book, entity, entries)
    for number, row in book.every(*OF_ACTIONS):
        if book.first(row.entity, Event.REQUESTED) is None:
            yield book.says(number, "is of an action nobody asked for")
    for subject in book.subjects():
        yield from _gates(book, subject)
        yield from rechecked(book, subject)
        yield from _holds(book, subject)


def _worked(book: Book, entity: int, entries: list[Entry]) -> Found:
    """A report or alarm is worked on once, for exactly the drawn time, and ends as drawn."""
    plan, world = book.plan, book.world
    if tag_of(entity) == REPORT:
        stream = plan.streams[book.reports[entity].stream]
        length = world.length(entity, Purpose.HANDLING, 0, stream.handling)
        begin, end = Event.REPORT_TAKEN, Event.REPORT_CLOSED
        acts = world.draw(entity, Purpose.ACTIONED) < stream.actioned
    elif tag_of(entity) == ALARM and plan.safeguards.alert is not None:
        length = world.length(entity, Purpose.TRIAGE, 0, plan.safeguards.alert.triage)
        begin, end, acts = Event.ALARM_TAKEN, Event.ALARM_CLOSED, False
    else:
        return
    times: dict[int, Row] = {}
    for number, row in entries:
        if row.event in times and row.event in (begin, end, Event.REQUESTED):
            yield book.says(number, "happens twice to one report or alarm")
        times.setdefault(row.event, row)
        if row.event == end and row.time - times.get(begin, row).time != length:
            yield book.says(number, "does not end after exactly the drawn time")
        if row.event == Event.REPORT_CLOSED and row.reason != (Reason.ACTION if acts else Reason.NO_ACTION):
            yield book.says(number, "does not end as drawn")
    if begin in times and end not in times and times[begin].time + length < book.last:
        yield f"entity {entity}: is never finished"
    asked, closed = times.get(Event.REQUESTED), times.get(Event.REPORT_CLOSED)
    if (asked is not None) != (closed is not None and acts) or (
        asked is not None and closed is not None and (asked.time, asked.by) != (closed.time, closed.by)
    ):
        yield f"entity {entity}: its action is not asked for when, by whom and if the report says so"


def controls(book: Book) -> list[tuple[Gate, Control | None]]:
    """The gates in force in their order; the rights of the incident's actor have no control."""
    given = book.plan.safeguards
    found: list[tuple[Gate, Control | None]] = []
    for gate in Gate:
        safeguard = getattr(given, gate.name.lower(), None)
        if gate is Gate.RIGHTS:  # each safeguard that takes rights says what it has to say
            told = [one for one in (given.step_down, given.deprovisioning) if one is not None]
            found += [(gate, None)] * max(1, len(told))
        elif safeguard is not None:
            found.append((gate, safeguard if isinstance(safeguard, Control) else safeguard.control))
    return found


def _gates(book: Book, subject: Subject) -> Found:
    due = [(g, c) for g, c in controls(book) if g is not Gate.RIGHTS or tag_of(subject.id) == ACT]
    since, denied, effect = 0, False, False
    lag = book.world.length(subject.id, Purpose.LAG, 0, book.plan.command(subject.command).lag)
    for number, row in book.of[subject.id]:
        if row.event == Event.REQUESTED:
            since = row.time
        elif row.event in (Event.GATE_PASSED, Event.GATE_DENIED):
            if row.reason in LOST_MEANWHILE and not (due or denied or effect):
                if row.time != since + lag:
                    yield book.says(number, "does not come at the instant of the effect it stops")
                denied = True
                continue
            if denied or effect or not due or row.by != due[0][0]:
                yield book.says(number, "is not of the gate that comes next")
                return
            control = due.pop(0)[1]
            if control is not None:
                yield from _coverage(book, subject, control, number, since)
            if row.reason in CATCHING and not subject.wrongful:
                yield book.says(number, "catches an honest action")
            since, denied = row.time, row.event == Event.GATE_DENIED
        elif row.event == Event.TOOK_EFFECT:
            if denied or effect:
                yield book.says(number, "takes effect after it was denied, or twice")
            if due:
                yield book.says(number, "takes effect before every gate in force was passed")
            elif row.time != since + lag:
                yield book.says(number, "does not take effect exactly the lag after the last gate")
            effect = True
    if not (due or denied or effect) and since + lag < book.last:
        yield f"action {subject.id}: passed every gate and never took effect"


def _coverage(book: Book, subject: Subject, control: Control, number: int, since: int) -> Found:
    """A gate that does not reach the action lets it pass at once and says why."""
    row, why = book.rows[number], None
    if not subject.within(control):
        why = Reason.NOT_COVERED
    elif not book.world.in_order(control, since):
        why = Reason.OUT_OF_ORDER
    elif not book.world.covered(control, subject.target, since):
        why = Reason.LIST_STALE
    if (row.reason if row.reason in UNREACHED else None) != why:
        yield book.says(number, "does not say what coverage and reliability say")
    elif why is not None and (row.time != since or row.event == Event.GATE_DENIED):
        yield book.says(number, "stops or delays what it does not reach")


def _holds(book: Book, subject: Subject) -> Found:
    """Held actions are released, after exactly the safeguard's length."""
    for place, (number, row) in enumerate(book.of[subject.id]):
        if row.event != Event.HELD:
            continue
        later = (
            e for e in book.of[subject.id][place:] if e.row.event == Event.RELEASED and e.row.by == row.by
        )
        freed = next(later, None)
        until = _held_until(book, subject, Gate(row.by), number)
        if freed is not None and until is not None and freed.row.time != until:
            yield book.says(freed.number, "does not end a hold of exactly the safeguard's length")
        if freed is None and until is not None and until < book.last:
            yield book.says(number, "is never released")


def _held_until(book: Book, subject: Subject, gate: Gate, number: int) -> int | None:
    given, world, now = book.plan.safeguards, book.world, book.rows[number].time
    if gate is Gate.JUST_IN_TIME and given.just_in_time is not None:
        return now + world.length(subject.id, Purpose.GRANT, 0, given.just_in_time.takes)
    if gate is Gate.CONFIRM and given.confirm is not None:
        return now + world.length(subject.id, Purpose.CONFIRM_TAKES, 0, given.confirm.takes)
    if gate is Gate.COOLING_OFF and given.cooling_off is not None:
        cancelled = book.first(subject.id, Event.CANCELLED)
        if cancelled is None:
            return now + given.cooling_off.hold
        notices = world.length(subject.id, Purpose.WATCHER_NOTICES, 0, given.cooling_off.notices)
        if cancelled.row.reason == Reason.WATCHER_CANCELLED:
            return now + min(notices, given.cooling_off.hold)
        holder = book.plan.detection.holder
        if holder is None:
            return now
        notices = world.length(subject.id, Purpose.CHANNEL_DELAY, 8, holder.delay)
        return now + min(notices, given.cooling_off.hold)
    if gate is Gate.LOCK_DOWN and given.lock_down is not None:
        frozen = [e.row.time for e in book.every(Event.LOCKED_DOWN) if e.number < number]
        return max(frozen, default=now) + given.lock_down.hold
    return None


def rate_limits(book: Book) -> Found:
    """No window holds more actions of an agent than the limit, and none is held longer than it must be."""
    given = book.plan.safeguards.rate_limit
    if given is None:
        return
    slots: dict[int, list[Entry]] = defaultdict(list)
    for number, row in book.every(Event.GATE_PASSED, Event.GATE_DENIED):
        subject = book.subject(row.entity)
        if row.by == Gate.RATE_LIMIT and row.reason not in UNREACHED and subject is not None:
            times = [entry.row.time for entry in slots[subject.agent]]
            opens = times[-given.actions] + given.window if len(times) >= given.actions else row.time
            if row.reason == Reason.OVER_LIMIT and row.event == Event.GATE_DENIED:
                if opens <= row.time:
                    yield book.says(number, "is denied although the window is open")
                continue
            if opens > row.time:
                yield book.says(number, "is one action too many for the window")
            elif row.reason == Reason.OVER_LIMIT and opens < row.time:
                yield book.says(number, "is held longer than the window says")
            slots[subject.agent].append(Entry(number, row))


def approvals(book: Book) -> Found:
    """Approvers, senior staff and executors take the drawn time and decide as drawn, within the time-out."""
    for subject in book.subjects():
        rounds = [_Round(book, subject, mark) for mark in MARKS]
        for number, row in book.of[subject.id]:
            for round_ in rounds:
                if round_.is_of(row):
                    yield from round_.step(number, row)
        for round_ in rounds:
            yield from round_.ends()


class _Review(NamedTuple):
    begun: int
    slot: int
    luck: int
    round_: int
    purpose: Purpose


class _Round:
    """One action's asking of approvers, slot by slot; asked again for the undo after it took effect.

    What is marked is asked for beside that: the actor's own undo.
    """

    def __init__(self, book: Book, subject: Subject, mark: Reason) -> None:
        self.book, self.subject, self.mark = book, subject, mark
        self.executor_due = mark is Reason.NONE and book.plan.safeguards.separation_of_duties is not None
        approval, incident = book.plan.safeguards.approval, book.incident_of(subject.id)
        #: Whether a slot may be passed over: nobody on shift, or the actor says yes himself.
        self.skips = approval is not None and approval.break_glass
        self.own_keys = incident.keys if incident is not None else ()
        self.keys: dict[int, int] = {}
        self.skips = self.skips or bool(self.own_keys)
        self.since: int | None = None
        self.slot = 0
        self.rounds = 0
        self.attempt = 0
        self.purpose = Purpose.OWN_UNDO_REVIEW if mark is Reason.OWN_UNDO else Purpose.REVIEW
        self.reviews: dict[int, _Review] = {}

    def is_of(self, row: Row) -> bool:
        """Whether a row bears on what is asked for here."""
        if row.event == Event.REVIEW_ENDS:
            return any(row.by in (who, team_of_agent(who)) for who in self.reviews)
        if row.event in (Event.ASKED, Event.REVIEW_STARTS, Event.TIMED_OUT):
            return row.reason == self.mark
        return self.mark is Reason.NONE

    def step(self, number: int, row: Row) -> Found:
        """What one row of the action says of the round."""
        given, event = self.book.plan.safeguards.approval, row.event
        if event == Event.REVIEW_STARTS:
            slots = 0 if given is None else len(given.slots)
            luck = self.attempt * slots + self.slot
            self.reviews[row.by] = _Review(row.time, self.slot, luck, self.rounds, self.purpose)
        elif event == Event.REVIEW_ENDS:
            yield from self.verdict(number, row)
        elif event == Event.ASKED and not self.executor_due and given is not None:
            yield from self.asked(number, row, given)
        elif event == Event.TIMED_OUT and given is not None:
            if self.since is None or row.time != self.since + given.time_out:
                yield self.book.says(number, "is not exactly the time-out after the asking")
            self.since, self.slot, self.attempt = None, 0, self.attempt + 1
        elif event == Event.TOOK_EFFECT:
            self.purpose, self.attempt = Purpose.UNDO_REVIEW, 0
        elif event in (Event.UNDO_AUTHORISED, Event.RESPONDER_FREE):
            self.since, self.slot = None, 0
        elif event in (Event.GATE_PASSED, Event.GATE_DENIED):
            self.executor_due = self.executor_due and row.by != Gate.SEPARATION_OF_DUTIES
            if row.by == Gate.APPROVAL:
                yield from self.decided(number, row)

    def asked(self, number: int, row: Row, given: ApprovalPlan) -> Found:
        """The next slot's team is asked; with break-glass, teams off shift are passed over."""
        if self.since is None:
            self.since = row.time
            self.rounds += 1
            self.keys = dict(self.own_keys if self.purpose is Purpose.REVIEW else ())
        while self.slot < len(given.slots) and self.keys.get(given.slots[self.slot], 0) > 0:
            self.keys[given.slots[self.slot]] -= 1
            self.slot += 1
        teams = [self.book.plan.teams[index].id for index in given.slots]
        while self.slot < len(teams) and teams[self.slot] != row.by and self.skips:
            self.slot += 1
        if self.slot >= len(teams) or teams[self.slot] != row.by:
            yield self.book.says(number, "asks out of turn")

    def decided(self, number: int, row: Row) -> Found:
        """The gate follows the answers, no later than the time-out."""
        given, book = self.book.plan.safeguards.approval, self.book
        if given is None or row.reason in UNREACHED:
            return
        timed_out = [
            e for e in book.of[row.entity] if e.row.event == Event.TIMED_OUT and e.row.time == row.time
        ]
        if (row.reason == Reason.TIMED_OUT) != bool(timed_out):
            yield book.says(number, "says time-out without one, or the reverse")
        denies = row.reason == Reason.REFUSED or (row.reason == Reason.TIMED_OUT and not given.lets_through)
        if denies != (row.event == Event.GATE_DENIED):
            yield book.says(number, "does not follow from the answers")
        if (
            row.event == Event.GATE_PASSED
            and not timed_out
            and self.slot < len(given.slots)
            and not self.skips
        ):
            yield book.says(number, "passes before everybody has approved")
        self.since, self.slot = None, 0

    def verdict(self, number: int, row: Row) -> Found:
        """A review takes the drawn time and ends as drawn; only in time does it count."""
        book, id_, draw = self.book, self.subject.id, self.book.world.draw
        given, senior = book.plan.safeguards.approval, book.plan.safeguards.protected_list
        executor, wrongful = book.plan.safeguards.separation_of_duties, self.subject.wrongful
        seen = [review for who, review in self.reviews.items() if row.by in (who, team_of_agent(who))]
        if not seen:
            yield book.says(number, "ends a review that nobody there had begun")
            return
        begun, slot, luck, round_, purpose = seen[-1]
        self.reviews = {
            who: one for who, one in self.reviews.items() if row.by not in (who, team_of_agent(who))
        }
        if row.reason in (Reason.SENIOR_PASSED, Reason.SENIOR_OBJECTED) and senior is not None:
            length = book.world.length(id_, Purpose.SENIOR_HANDLING, 0, senior.handling)
            caught = wrongful and draw(id_, Purpose.SENIOR_CATCH) < senior.catches
            right = {Reason.SENIOR_OBJECTED if caught else Reason.SENIOR_PASSED}
        elif row.reason in (Reason.EXECUTOR_PASSED, Reason.EXECUTOR_OBJECTED) and executor is not None:
            length = book.world.length(id_, Purpose.EXECUTE, 0, executor.takes)
            caught = wrongful and draw(id_, Purpose.EXECUTOR_CATCH) < executor.catches
            right = {Reason.EXECUTOR_OBJECTED if caught else Reason.EXECUTOR_PASSED}
        elif given is not None:
            length = book.world.length(id_, purpose, luck, given.review)
            right = self._answers(given, luck, purpose)
            if self.since is not None and self.rounds == round_ and self.slot == slot:
                self.slot += 1
        else:
            yield book.says(number, "is a review that no safeguard asks for")
            return
        if row.time - begun != length:
            yield book.says(number, "does not end after exactly the drawn time")
        if row.reason not in right:
            yield book.says(number, "does not decide as drawn")

    def _answers(self, given: ApprovalPlan, luck: int, purpose: Purpose) -> set[Reason]:
        """What an approver may answer; more than one thing where it hangs on the queue behind."""
        draw, id_ = self.book.world.draw, self.subject.id
        if draw(id_, Purpose.STAMP, luck) < given.stamps:
            return {Reason.STAMPED}
        catches = self.subject.wrongful and purpose is Purpose.REVIEW
        looked = (
            Reason.REFUSED if catches and draw(id_, Purpose.CATCH, luck) < given.catches else Reason.APPROVED
        )
        return {looked, Reason.STAMPED} if given.stamps_per_queued > 0.0 else {looked}

    def ends(self) -> Found:
        """What is still open at the end may not be overdue."""
        given = self.book.plan.safeguards.approval
        # Nothing in the trace says that an undo of one's own which came too late was approved.
        done = given is None or self.slot >= len(given.slots) or (self.skips and self.slot > 0)
        if self.mark and done:
            return
        if self.since is not None and given is not None and self.since + given.time_out < self.book.last:
            yield f"action {self.subject.id}: asked for approval, neither answered nor timed out"
