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
    HANDLE = 6
    REPORT_TAKEN = 7
    REPORT_DONE = 8
    REQUEST_COMES = 9
    REQUESTS_END = 10
    ALARM_COMES = 11
    ALARM_HOUR_ENDS = 12
    TRIAGE = 13
    ALARM_TAKEN = 14
    ALARM_DONE = 15
    RIGHTS_END = 16
    RIGHTS_ON = 17
    # an action
    ACT = 18
    LIVE = 19
    GRANTED = 20
    CONFIRMED = 21
    SENIOR_TAKES = 22
    SENIOR_DONE = 23
    LOCK_OPENS = 24
    LIMIT_OPENS = 25
    EXECUTOR_TAKES = 26
    EXECUTOR_DONE = 27
    COOLED_OFF = 28
    OBJECTED = 29
    TAKES_EFFECT = 30
    WRONGLY_UNDONE = 31
    # approval
    BE_REVIEWED = 32
    APPROVER_TAKES = 33
    REVIEWED = 34
    TIME_OUT = 35
    ANSWERED = 36
    # detection
    NOTICE = 37
    WORD = 45
    WORD_HAS_COME = 53
    RESTORED_AUTOMATICALLY = 54
    # response
    RESPONDER_TAKES = 55
    PICKED_UP = 56
    CAUSE_FOUND = 57
    AUTHORISED = 58
    RESTORED = 59
    CONTAINED = 60
    FIRST_STATEMENT = 61
    SECOND_STATEMENT = 62
    LOCKS = 63
    LOCK_LIFTS = 64
    AUDIENCE = 65
    AUDIENCE_STEP = 66
    AUDIENCE_WHOLE = 67
    CONTENT_LOST = 68


THEN = integers(Then)
