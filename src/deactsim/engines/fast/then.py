"""What goes on when a moment comes or something wakes: one code for every place at which a process waits."""

from __future__ import annotations

from enum import IntEnum

from ._jit import integers


class Then(IntEnum):
    """Where a process goes on, and what of: each is one `yield` of the reference engine."""

    STOP = 0
    END = 1
    # people
    SHIFT_BEGINS = 2
    SHIFT_ENDS = 3
    # routine
    REPORT_COMES = 4
    HOUR_ENDS = 5
    REPORT_TAKEN = 6
    REPORT_DONE = 7
    REQUEST_COMES = 8
    REQUESTS_END = 9
    ALARM_COMES = 10
    ALARM_HOUR_ENDS = 11
    TRIAGE = 12
    ALARM_TAKEN = 13
    ALARM_DONE = 14
    RIGHTS_END = 15
    RIGHTS_ON = 16
    # an action
    ACT = 17
    LIVE = 18
    GRANTED = 19
    CONFIRMED = 20
    SENIOR_TAKES = 21
    SENIOR_DONE = 22
    LOCK_OPENS = 23
    LIMIT_OPENS = 24
    EXECUTOR_TAKES = 25
    EXECUTOR_DONE = 26
    COOLED_OFF = 27
    OBJECTED = 28
    TAKES_EFFECT = 29
    WRONGLY_UNDONE = 30
    # approval
    BE_REVIEWED = 31
    APPROVER_TAKES = 32
    REVIEWED = 33
    TIME_OUT = 34
    ANSWERED = 35
    # detection
    NOTICE = 36
    WORD = 44
    WORD_HAS_COME = 52
    RESTORED_AUTOMATICALLY = 53
    # response
    RESPONDER_TAKES = 54
    PICKED_UP = 55
    CAUSE_FOUND = 56
    AUTHORISED = 57
    RESTORED = 58
    CONTAINED = 59
    FIRST_STATEMENT = 60
    SECOND_STATEMENT = 61
    LOCKS = 62
    LOCK_LIFTS = 63
    AUDIENCE = 64
    AUDIENCE_STEP = 65
    AUDIENCE_WHOLE = 66
    CONTENT_LOST = 67
    RESUMES = 68
    UNDO_OWN = 69


THEN = integers(Then)
