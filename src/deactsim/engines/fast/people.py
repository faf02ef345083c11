"""People at work: who is idle, who waits, and how the two are matched."""

from __future__ import annotations

from ...model import states
from ._jit import compiled, integers
from .clock import NEVER, Kind, match_moment, moment, wake
from .layout import JOB, NIGHT, REQUEST, TEAM, Night
from .record import log
from .then import THEN

Event = integers(states.Event)
#: Work that anybody may do; of reviews also who only waits for the approval of an undo.
ANYBODY, REVIEW = -1, -2
#: Who is idle, and who busy, stands in words of so many bits.
BITS = 32


@compiled
def keep_shifts(night: Night, people: int) -> None:
    """Come on shift and go off shift, as long as the night lasts."""
    shift, shifts = night[people + TEAM.SHIFT], night[people + TEAM.SHIFTS]
    while shift < night[people + TEAM.SHIFT_COUNT] and night[shifts + 2 * shift + 1] <= night[NIGHT.NOW]:
        shift += 1  # the table may go farther back than the night
    night[people + TEAM.SHIFT] = shift
    night[people + TEAM.SHIFT_NEXT] = shift
    if shift < night[people + TEAM.SHIFT_COUNT]:
        on = night[shifts + 2 * shift]
        if on > night[NIGHT.NOW]:
            moment(night, on, Kind.BEGINS, night[people + TEAM.ID], 0, THEN.SHIFT_BEGINS, people)
        else:
            shift_begins(night, people)


@compiled
def shift_begins(night: Night, people: int) -> None:
    """Everybody comes but those still at work from before, who join when that work is done."""
    night[people + TEAM.ON_SHIFT] = 1
    idle, busy, left = night[people + TEAM.IDLE], night[people + TEAM.BUSY], night[people + TEAM.HEADCOUNT]
    count = 0
    for word in range(night[people + TEAM.WORDS]):
        here = min(left, BITS)
        left -= here
        bits = ((1 << here) - 1) & ~night[busy + word]
        night[idle + word] = bits
        while bits:
            bits &= bits - 1
            count += 1
    night[people + TEAM.IDLE_COUNT] = count
    log(night, Event.SHIFT_ON, night[people + TEAM.ID], 0, 0)
    ask_match(night, people)
    off = night[night[people + TEAM.SHIFTS] + 2 * night[people + TEAM.SHIFT] + 1]
    moment(night, off, Kind.ENDS, night[people + TEAM.ID], 0, THEN.SHIFT_ENDS, people)


@compiled
def shift_ends(night: Night, people: int) -> None:
    """Whoever is idle goes home."""
    night[people + TEAM.ON_SHIFT] = 0
    for word in range(night[people + TEAM.WORDS]):
        night[night[people + TEAM.IDLE] + word] = 0
    night[people + TEAM.IDLE_COUNT] = 0
    log(night, Event.SHIFT_OFF, night[people + TEAM.ID], 0, 0)
    night[people + TEAM.SHIFT] += 1
    # The generator of the reference goes round: it comes on again, or waits for the next shift.
    if night[people + TEAM.SHIFT] < night[people + TEAM.SHIFT_COUNT]:
        on = night[night[people + TEAM.SHIFTS] + 2 * night[people + TEAM.SHIFT]]
        moment(night, on, Kind.BEGINS, night[people + TEAM.ID], 0, THEN.SHIFT_BEGINS, people)


@compiled
def next_shift(night: Night, people: int) -> int:
    """When the team next comes on shift in the night; NEVER if it does not."""
    shifts, count = night[people + TEAM.SHIFTS], night[people + TEAM.SHIFT_COUNT]
    at = night[people + TEAM.SHIFT_NEXT]
    while at < count and night[shifts + 2 * at] < night[NIGHT.NOW]:
        at += 1
    night[people + TEAM.SHIFT_NEXT] = at
    # The table may go farther than the night: what comes after it is the same as nothing.
    return night[shifts + 2 * at] if at < count and night[shifts + 2 * at] < night[NIGHT.END] else NEVER


@compiled
def idle_for(night: Night, people: int, stream: int) -> int:
    """How many are idle who may take a report of a stream."""
    idle, holders = night[people + TEAM.IDLE_COUNT], night[people + TEAM.HOLDERS]
    down = night[people + TEAM.STEPPED_DOWN]
    reached = down != 0 and night[night[people + TEAM.REACHES] + stream] != 0
    if idle == 0 or (holders >= night[people + TEAM.HEADCOUNT] and not reached):
        return idle
    able = 0
    for word in range(night[people + TEAM.WORDS]):
        bits = night[night[people + TEAM.IDLE] + word]
        while bits:
            who = word * BITS + _lowest(bits)
            bits &= bits - 1
            if who >= holders:
                return able
            if not reached or night[down + who] <= 0:
                able += 1
    return able


@compiled
def submit(
    night: Night,
    people: int,
    job: int,
    entity: int,
    priority: int,
    sub: int,
    stream: int,
    barred: int,
    barred_count: int,
    then: int,
) -> None:
    """Queue a job, by priority and order of arrival; its record goes on at `then` when it is taken.

    `stream` is set for work on its reports, which only holders of the right may do; the
    `barred` are agents who may not take it (nobody approves his own request).
    """
    now = night[NIGHT.NOW]
    night[job + JOB.TEAM] = people
    night[job + JOB.PRIORITY] = priority
    night[job + JOB.TIME] = now
    night[job + JOB.ENTITY] = entity
    night[job + JOB.SUB] = sub
    night[job + JOB.STREAM] = stream
    night[job + JOB.BARRED] = barred
    night[job + JOB.BARRED_COUNT] = barred_count
    night[job + JOB.THEN] = then
    night[job + JOB.QUEUED] = 1
    first, last = people + TEAM.FIRST_0 + priority, people + TEAM.LAST_0 + priority
    before = night[last]
    while before and night[before + JOB.TIME] == now and _is_after(night, before, entity, sub):
        before = night[before + JOB.PREVIOUS]
    following = night[before + JOB.NEXT] if before else night[first]
    night[job + JOB.PREVIOUS] = before
    night[job + JOB.NEXT] = following
    if before:
        night[before + JOB.NEXT] = job
    else:
        night[first] = job
    if following:
        night[following + JOB.PREVIOUS] = job
    else:
        night[last] = job
    night[people + TEAM.QUEUE_SIZE] += 1
    if stream < 0:
        night[people + TEAM.WAITING_FOR_ANYBODY] += 1
    else:
        night[night[people + TEAM.WAITING] + stream] += 1
    ask_match(night, people)


@compiled
def _is_after(night: Night, job: int, entity: int, sub: int) -> bool:
    if night[job + JOB.ENTITY] != entity:
        return night[job + JOB.ENTITY] > entity
    return night[job + JOB.SUB] > sub


@compiled
def withdraw(night: Night, job: int) -> bool:
    """Take a job that nobody has begun out of the queue; whether there was one."""
    if night[job + JOB.QUEUED] == 0:
        return False
    _leave(night, job)
    return True


@compiled
def _leave(night: Night, job: int) -> None:
    people, priority = night[job + JOB.TEAM], night[job + JOB.PRIORITY]
    before, following = night[job + JOB.PREVIOUS], night[job + JOB.NEXT]
    if before:
        night[before + JOB.NEXT] = following
    else:
        night[people + TEAM.FIRST_0 + priority] = following
    if following:
        night[following + JOB.PREVIOUS] = before
    else:
        night[people + TEAM.LAST_0 + priority] = before
    night[job + JOB.QUEUED] = 0
    night[people + TEAM.QUEUE_SIZE] -= 1
    stream = night[job + JOB.STREAM]
    if stream < 0:
        night[people + TEAM.WAITING_FOR_ANYBODY] -= 1
    else:
        night[night[people + TEAM.WAITING] + stream] -= 1


@compiled
def work(night: Night, agent: int, takes: int, then: int, what: int) -> None:
    """Go on at the moment at which an agent will have worked for so long."""
    moment(night, night[NIGHT.NOW] + takes, Kind.WORK_DONE, agent, 0, then, what)


@compiled
def release(night: Night, people: int, agent: int) -> None:
    """An agent is free again; off shift he goes home."""
    if night[NIGHT.UNDOS] and _stands_by_again(night, agent):
        return
    who = agent - night[people + TEAM.FIRST_AGENT]
    word, bit = who >> 5, 1 << (who & 31)
    night[night[people + TEAM.BUSY] + word] &= ~bit
    if night[people + TEAM.ON_SHIFT]:
        night[night[people + TEAM.IDLE] + word] |= bit
        night[people + TEAM.IDLE_COUNT] += 1
        ask_match(night, people)


@compiled
def stand_by(night: Night, request: int) -> None:
    """From now until he resumes a responder who asks for an undo only waits: he may review, and do nothing else."""
    before, following = 0, night[NIGHT.UNDOS]
    while following and night[following + REQUEST.ASKER] < night[request + REQUEST.ASKER]:
        before, following = following, night[following + REQUEST.NEXT]
    night[request + REQUEST.NEXT] = following
    if before:
        night[before + REQUEST.NEXT] = request
    else:
        night[NIGHT.UNDOS] = request
    night[request + REQUEST.REVIEWS] = 0
    night[request + REQUEST.IS_ANSWERED] = 0
    night[NIGHT.STANDING_BY] += 1
    ask_match(night, night[NIGHT.RESPONDERS])


@compiled
def resumes(night: Night, request: int) -> bool:
    """Whether a responder who stood by goes on with his own work now: not while a review keeps him."""
    if night[request + REQUEST.REVIEWS]:
        night[request + REQUEST.IS_ANSWERED] = 1
        return False
    night[NIGHT.STANDING_BY] -= 1
    _no_longer_waits(night, request)
    return True


@compiled
def _no_longer_waits(night: Night, request: int) -> None:
    before, one = 0, night[NIGHT.UNDOS]
    while one != request:
        before, one = one, night[one + REQUEST.NEXT]
    if before:
        night[before + REQUEST.NEXT] = night[request + REQUEST.NEXT]
    else:
        night[NIGHT.UNDOS] = night[request + REQUEST.NEXT]


@compiled
def _stands_by_again(night: Night, agent: int) -> bool:
    """Whether one who has reviewed stood by meanwhile: he goes on with his own undo, or stands by again."""
    request = night[NIGHT.UNDOS]
    while request and night[request + REQUEST.ASKER] != agent:
        request = night[request + REQUEST.NEXT]
    if request == 0:
        return False
    night[request + REQUEST.REVIEWS] = 0
    if night[request + REQUEST.IS_ANSWERED]:
        _no_longer_waits(night, request)
        wake(night, THEN.RESUMES, request)
    else:
        night[NIGHT.STANDING_BY] += 1
        ask_match(night, night[NIGHT.RESPONDERS])
    return True


@compiled
def _has_standing_by(night: Night, people: int) -> bool:
    return (
        night[NIGHT.STANDING_BY] > 0
        and people == night[NIGHT.RESPONDERS]
        and night[people + TEAM.ON_SHIFT] != 0
    )


@compiled
def ask_match(night: Night, people: int) -> None:
    """Match people with the queue once, after all else at this instant."""
    now = night[NIGHT.NOW]
    if (
        night[people + TEAM.QUEUE_SIZE]
        and (night[people + TEAM.IDLE_COUNT] or _has_standing_by(night, people))
        and night[people + TEAM.MATCH_DUE] != now
    ):
        night[people + TEAM.MATCH_DUE] = now
        match_moment(night, people)


@compiled
def match(night: Night, people: int) -> int:
    """The lowest idle number takes the first job that he may; the last that is taken, if any.

    All but the last are woken: most often it is one alone, and can go on without waiting in line.
    """
    night[people + TEAM.MATCH_DUE] = -1
    taken = 0
    for word in range(night[people + TEAM.WORDS]):
        bits = night[night[people + TEAM.IDLE] + word]
        while bits:
            if night[people + TEAM.QUEUE_SIZE] == 0:
                return taken
            who = word * BITS + _lowest(bits)
            bits &= bits - 1
            if night[people + TEAM.WAITING_FOR_ANYBODY] == 0 and who >= night[people + TEAM.HOLDERS]:
                return taken  # nor may anybody after him, or who stands by
            if not _finds_work(night, people, who):  # many without the right need not read a long queue
                continue
            job = _take_first(night, people, who)
            if job:
                if taken:
                    wake(night, night[taken + JOB.THEN], taken)
                taken = job
    return _match_standing_by(night, people, taken) if _has_standing_by(night, people) else taken


@compiled
def _match_standing_by(night: Night, people: int, taken: int) -> int:
    """What is left for who only waits: the first review of another's request."""
    request = night[NIGHT.UNDOS]
    while request:
        if night[request + REQUEST.REVIEWS] == 0:
            job = _first_review(night, people, night[request + REQUEST.ASKER])
            if job:
                _leave(night, job)
                night[request + REQUEST.REVIEWS] = 1
                night[NIGHT.STANDING_BY] -= 1
                night[job + JOB.TAKEN_BY] = night[request + REQUEST.ASKER]
                if taken:
                    wake(night, night[taken + JOB.THEN], taken)
                taken = job
        request = night[request + REQUEST.NEXT]
    return taken


@compiled
def _first_review(night: Night, people: int, agent: int) -> int:
    """The first review in a team's queue that somebody may take; 0 if there is none."""
    for priority in range(3):
        job = night[people + TEAM.FIRST_0 + priority]
        while job:
            if night[job + JOB.STREAM] == REVIEW and not _is_barred(night, job, agent):
                return job
            job = night[job + JOB.NEXT]
    return 0


@compiled
def _lowest(bits: int) -> int:
    """The place of the lowest bit that is set."""
    place = 0
    if bits & 0xFFFF == 0:
        bits, place = bits >> 16, 16
    if bits & 0xFF == 0:
        bits, place = bits >> 8, place + 8
    if bits & 0xF == 0:
        bits, place = bits >> 4, place + 4
    if bits & 0x3 == 0:
        bits, place = bits >> 2, place + 2
    return place if bits & 1 else place + 1


@compiled
def _take_first(night: Night, people: int, who: int) -> int:
    """Give somebody the first job that he may do; 0 if there is none."""
    agent = night[people + TEAM.FIRST_AGENT] + who
    for priority in range(3):
        job = night[people + TEAM.FIRST_0 + priority]
        while job:
            if _may(night, people, who, night[job + JOB.STREAM]) and not _is_barred(night, job, agent):
                _leave(night, job)
                bit = 1 << (who & 31)
                night[night[people + TEAM.IDLE] + (who >> 5)] &= ~bit
                night[people + TEAM.IDLE_COUNT] -= 1
                night[night[people + TEAM.BUSY] + (who >> 5)] |= bit
                night[job + JOB.TAKEN_BY] = agent
                return job
            job = night[job + JOB.NEXT]
    return 0


@compiled
def _is_barred(night: Night, job: int, agent: int) -> bool:
    barred = night[job + JOB.BARRED]
    for one in range(night[job + JOB.BARRED_COUNT]):  # noqa: SIM110 - the compiler knows no `any`
        if night[barred + one] == agent:
            return True
    return False


@compiled
def _may(night: Night, people: int, who: int, stream: int) -> bool:
    """Whether an agent may do such work: anybody may, but for a stream's reports."""
    if stream < 0:
        return True
    if who >= night[people + TEAM.HOLDERS]:
        return False
    down = night[people + TEAM.STEPPED_DOWN]
    return down == 0 or night[down + who] <= 0 or night[night[people + TEAM.REACHES] + stream] == 0


@compiled
def _finds_work(night: Night, people: int, who: int) -> bool:
    """Whether anything that waits is such that an agent may do it."""
    if night[people + TEAM.WAITING_FOR_ANYBODY] > 0:
        return True
    for stream in range(night[NIGHT.STREAM_COUNT]):
        if night[night[people + TEAM.WAITING] + stream] > 0 and _may(night, people, who, stream):
            return True
    return False
