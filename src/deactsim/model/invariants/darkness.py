"""What went dark: who noticed, how the response went, and when it was over."""

from __future__ import annotations

from ..lengths import Length, scaled
from ..plan import Control
from ..states import OUTSIDE, Channel, Event, Gate, Reason, Route, Stage
from ..streams import ACT, Purpose, act_id, first_of, tag_of
from .book import Book, Entry, Found, Subject

#: After these an event may come, and not before: the order of the response, and of what follows it.
AFTER = {
    Event.NOTICED: Event.TOOK_EFFECT,
    Event.WORD_ARRIVES: Event.NOTICED,
    Event.PAGED: Event.WORD_ARRIVES,
    Event.RESPONDER_TAKES: Event.PAGED,
    Event.PICKED_UP: Event.RESPONDER_TAKES,
    Event.CAUSE_FOUND: Event.PICKED_UP,
    Event.UNDO_AUTHORISED: Event.PICKED_UP,
    Event.RESPONDER_FREE: Event.CAUSE_FOUND,
    Event.CONTAINED: Event.CAUSE_FOUND,
    Event.FIRST_STATEMENT: Event.WORD_ARRIVES,
    Event.SECOND_STATEMENT: Event.FIRST_STATEMENT,
    Event.VISIBLE: Event.TOOK_EFFECT,
    Event.AUDIENCE_STEP: Event.VISIBLE,
    Event.AUDIENCE_WHOLE: Event.VISIBLE,
    Event.CONTENT_LOST: Event.TOOK_EFFECT,
    Event.LOCKED_DOWN: Event.WORD_ARRIVES,
    Event.LOCK_LIFTED: Event.LOCKED_DOWN,
}
#: Channels whose delay the record can know.
STAGE_OF = {
    Channel.COLLEAGUE: Stage.COLLEAGUE_NOTICE,
    Channel.ACTOR: Stage.ACTOR_UNDOES,
    Channel.PUBLIC: Stage.PUBLIC_NOTICE,
    Channel.HOLDER: Stage.HOLDER_NOTICE,
}
WORD_OF = {Channel.PUBLIC: Stage.PUBLIC_WORD, Channel.HOLDER: Stage.HOLDER_WORD}
BY_RESPONDER = (Event.PICKED_UP, Event.CAUSE_FOUND, Event.UNDO_AUTHORISED, Event.RESPONDER_FREE)


def darknesses(book: Book) -> Found:
    """Every wrongful action that took effect, and no other, goes dark and lives through it in order."""
    for subject in book.subjects():
        effect = book.first(subject.id, Event.TOOK_EFFECT)
        if subject.wrongful and effect is not None:
            yield from _order(book, subject)
            yield from _noticed(book, subject, effect.row.time)
            yield from _visible(book, subject, effect.row.time)
            yield from _lengths(book, subject)
            yield from _frozen(book, subject)
        else:
            yield from _never_dark(book, subject, effect)
    yield from _contained(book)


def _order(book: Book, subject: Subject) -> Found:
    seen: set[int] = set()
    responder = book.first(subject.id, Event.RESPONDER_TAKES)
    steps = 0
    for number, row in book.of[subject.id]:
        before = AFTER.get(Event(row.event))
        if before is not None and before not in seen:
            yield book.says(number, f"comes without {before.name.lower()} before it")
        if before is not None and row.event in seen and row.event not in (Event.NOTICED, Event.AUDIENCE_STEP):
            yield book.says(number, "happens twice")
        if row.event in BY_RESPONDER and responder is not None and row.by != responder.row.by:
            yield book.says(number, "is by another responder than the one who took the page")
        if row.event == Event.UNDO_AUTHORISED:
            if (row.reason == Reason.PREAUTHORISED) == (Event.CAUSE_FOUND in seen):
                yield book.says(number, "is authorised before the cause is found, or beforehand after it")
            if Event.VISIBLE in seen:
                yield book.says(number, "authorises what is undone already")
        if row.event == Event.AUDIENCE_STEP:
            steps += 1
            if row.by != steps:
                yield book.says(number, "is not the next step")
        seen.add(row.event)


def _noticed(book: Book, subject: Subject, effect: int) -> Found:
    """Channels notice once each, while it is dark, when drawn; word follows the first."""
    visible, world = book.first(subject.id, Event.VISIBLE), book.world
    fixed = _delays(book, subject)
    times: dict[int, int] = {}
    for number, row in book.of[subject.id]:
        if row.event == Event.NOTICED:
            if row.by in times:
                yield book.says(number, "notices twice")
            if visible is not None and visible.number < number:
                yield book.says(number, "notices what is visible again")
            times[row.by] = row.time
            stage = STAGE_OF.get(Channel(row.by))
            if row.by in fixed and (stage is None or not _pinned(book, subject, stage)):
                length = world.length(subject.id, Purpose.CHANNEL_DELAY, row.by, fixed[row.by])
                if stage is not None:
                    length = _known(book, subject, stage, length)
                if row.time != effect + length:
                    yield book.says(number, "does not notice when drawn")
        elif row.event == Event.WORD_ARRIVES:
            if row.by in WORD_OF and _pinned(book, subject, WORD_OF[Channel(row.by)]):
                continue
            if times.get(row.by, -1) + _word(book, subject, row.by) != row.time:
                yield book.says(number, "does not follow its channel's notice as drawn")
    word = book.first(subject.id, Event.WORD_ARRIVES)
    for channel, time in times.items():
        if channel in WORD_OF and _pinned(book, subject, WORD_OF[Channel(channel)]):
            continue
        takes = _word(book, subject, channel)
        if (book.last if word is None else word.row.time) > time + takes:
            yield f"action {subject.id}: word of {Channel(channel).name.lower()} is missing or too late"


def _word(book: Book, subject: Subject, channel: int) -> int:
    """How long word of a channel takes to reach the platform."""
    if channel not in OUTSIDE:
        return 0
    drawn = book.world.length(subject.id, Purpose.WORD, channel, book.plan.detection.word)
    return _known(book, subject, WORD_OF[Channel(channel)], drawn)


def _delays(book: Book, subject: Subject) -> dict[int, Length]:
    """How long each channel takes that does not look at regular times."""
    detection, given = book.plan.detection, book.plan.safeguards
    fixed: dict[int, Length] = {}
    if detection.colleague is not None:
        fixed[Channel.COLLEAGUE] = detection.colleague.delay
    if detection.holder is not None:
        fixed[Channel.HOLDER] = detection.holder.delay
    if given.alert is not None:
        fixed[Channel.ALERT] = given.alert.after
    if given.leaver_watch is not None:
        fixed[Channel.LEAVER_WATCH] = given.leaver_watch.after
    if detection.public is not None:
        factor = (max(subject.followers, 1) / detection.public_at) ** -detection.public_slope
        fixed[Channel.PUBLIC] = scaled(detection.public.delay, factor)
    if detection.actor is not None:
        fixed[Channel.ACTOR] = detection.actor.delay
    return fixed


def _visible(book: Book, subject: Subject, effect: int) -> Found:
    """Visible once, by a route that was there; content is lost exactly when retention ends."""
    plan, visible = book.plan, book.first(subject.id, Event.VISIBLE)
    lost = book.first(subject.id, Event.CONTENT_LOST)
    keeps = effect + plan.retention
    if lost is not None and (
        lost.row.time != keeps or (visible is not None and visible.number < lost.number)
    ):
        yield book.says(lost.number, "is not when retention ends on what is still dark")
    still_dark = visible is None or visible.row.time > keeps
    if lost is None and still_dark and keeps < book.last and keeps < book.world.end:
        yield f"action {subject.id}: dark past its retention, and nothing was lost"
    automatic = plan.safeguards.automatic_restore
    due: int | None = None
    if automatic is not None and _reached(book, subject, automatic.control, effect):
        length = book.world.length(subject.id, Purpose.STAGE, Stage.AUTOMATIC, automatic.after)
        due = effect + _known(book, subject, Stage.AUTOMATIC, length)
        if _pinned(book, subject, Stage.AUTOMATIC):
            due = None
    if due is not None and due < (book.last if visible is None else visible.row.time):
        yield f"action {subject.id}: not undone by the automatic restore when it should have been"
    if visible is None:
        return
    pinned = _pinned(book, subject, Stage.AUTOMATIC)
    if visible.row.by == Route.AUTOMATIC and visible.row.time != due and not pinned:
        yield book.says(visible.number, "is not when the automatic restore would come")
    if visible.row.by == Route.ACTOR:
        yield from _undone_by_actor(book, subject, visible)
    if visible.row.by == Route.RESPONSE:
        begun = book.first(subject.id, Event.UNDO_AUTHORISED)
        if begun is None or begun.number > visible.number:
            yield book.says(visible.number, "comes without undo_authorised before it")


def _undone_by_actor(book: Book, subject: Subject, visible: Entry) -> Found:
    """The actor undoes what he noticed: at once, or where approval covers his undo as soon as it is answered."""
    rows = [row for number, row in book.of[subject.id] if number < visible.number]
    noticed = next((row for row in rows if (row.event, row.by) == (Event.NOTICED, Channel.ACTOR)), None)
    given = book.plan.safeguards.approval
    if noticed is None:
        yield book.says(visible.number, "is undone by an actor who has not noticed")
    elif given is not None and any(
        row.event == Event.ASKED and row.reason == Reason.OWN_UNDO for row in rows
    ):
        answers = {Event.REVIEW_ENDS, *([Event.TIMED_OUT] if given.lets_through else [])}
        if not any(row.event in answers and row.time == visible.row.time for row in rows):
            yield book.says(visible.number, "is undone by an actor to whom nobody has answered")
    elif noticed.time != visible.row.time:
        yield book.says(visible.number, "is undone by an actor later than he noticed")


def _reached(book: Book, subject: Subject, control: Control, time: int) -> bool:
    """Whether a control reaches an action at a time."""
    world = book.world
    return (
        subject.within(control)
        and world.in_order(control, time)
        and world.covered(control, subject.target, time)
    )


def _pinned(book: Book, subject: Subject, stage: Stage) -> bool:
    """Whether the record says when a stage ends."""
    return subject.id == act_id(0) and stage in book.world.pins


def _known(book: Book, subject: Subject, stage: Stage, length: int) -> int:
    """A stage's length: the record's where it has one, else as drawn."""
    return book.world.lengths.get(stage, length) if subject.id == act_id(0) else length


def _lengths(book: Book, subject: Subject) -> Found:
    """Stages take the drawn time, but for those that are pinned or that a safeguard may shorten."""
    response, given = book.plan.response, book.plan.safeguards
    stages = [
        (Stage.CONTAIN, Event.CAUSE_FOUND, Event.CONTAINED, response.contain),
        (Stage.FIRST_STATEMENT, Event.WORD_ARRIVES, Event.FIRST_STATEMENT, response.first_statement),
        (Stage.SECOND_STATEMENT, Event.FIRST_STATEMENT, Event.SECOND_STATEMENT, response.second_statement),
        (Stage.AUDIENCE_WHOLE, Event.VISIBLE, Event.AUDIENCE_WHOLE, response.audience_whole),
    ]
    if given.quick_pick_up is None:
        stages.append((Stage.PICK_UP, Event.RESPONDER_TAKES, Event.PICKED_UP, response.pick_up))
    if given.preauthorised_undo is None:
        stages.append((Stage.FIND_CAUSE, Event.PICKED_UP, Event.CAUSE_FOUND, response.find_cause))
    for stage, begin, end, length in stages:
        first, last = book.first(subject.id, begin), book.first(subject.id, end)
        if length is None or first is None or _pinned(book, subject, stage):
            continue
        whose = first_of(subject.id) if stage is Stage.CONTAIN else subject.id
        drawn = book.world.length(whose, Purpose.STAGE, stage, length)
        due = first.row.time + (book.world.lengths.get(stage, drawn) if whose == act_id(0) else drawn)
        if last is not None and last.row.time != due:
            yield book.says(last.number, "does not come after exactly the drawn time")
        of_incident = tag_of(subject.id) == ACT or stage in (Stage.PICK_UP, Stage.FIND_CAUSE)
        if last is None and of_incident and due < book.last and stage is not Stage.CONTAIN:
            yield book.says(first.number, f"is not followed by {end.name.lower()}")


def _frozen(book: Book, subject: Subject) -> Found:
    """A lock-down comes its time after word, and is lifted exactly when its time is over."""
    given, word = book.plan.safeguards.lock_down, book.first(subject.id, Event.WORD_ARRIVES)
    locked, lifted = book.first(subject.id, Event.LOCKED_DOWN), book.first(subject.id, Event.LOCK_LIFTED)
    if locked is None or word is None:
        return
    if given is None or locked.row.time != word.row.time + book.world.length(
        subject.id, Purpose.LOCK, 0, given.after
    ):
        yield book.says(locked.number, "does not come after exactly the drawn time")
    elif lifted is not None and lifted.row.time != locked.row.time + given.hold:
        yield book.says(lifted.number, "does not come exactly when the freeze ends")


def _never_dark(book: Book, subject: Subject, effect: Entry | None) -> Found:
    """What was honest, or was stopped, has no darkness; only a watchdog may undo the honest."""
    restore = book.plan.safeguards.automatic_restore
    for number, row in book.of[subject.id]:
        if row.event in AFTER:
            yield book.says(number, "is of an action that never went dark")
        if row.event == Event.WRONGLY_UNDONE:
            after = (
                0 if restore is None else book.world.length(subject.id, Purpose.QUICK_STAGE, 0, restore.after)
            )
            if effect is None or restore is None or row.time != effect.row.time + after:
                yield book.says(number, "is not when a watchdog would undo it")


def _contained(book: Book) -> Found:
    """Who is contained gets nothing past the gate of rights any more."""
    since: dict[int, int] = {}
    for number, row in book.every(Event.CONTAINED, Event.GATE_PASSED, Event.TOOK_EFFECT):
        if row.event == Event.CONTAINED:
            if row.by in since:
                yield book.says(number, "contains somebody twice")
            since.setdefault(row.by, number)
        elif row.event == Event.TOOK_EFFECT:
            if row.by in since:
                yield book.says(number, "takes effect although its agent is contained")
        elif row.by == Gate.RIGHTS:
            asked = book.first(row.entity, Event.REQUESTED)
            if asked is not None and asked.row.by in since:
                yield book.says(number, "lets pass who is contained")
    for number, row in book.every(Event.GATE_DENIED):
        asked = book.first(row.entity, Event.REQUESTED)
        if row.reason == Reason.CONTAINED and asked is not None and since.get(asked.row.by, number) >= number:
            yield book.says(number, "turns away somebody who is not contained")
