"""The vocabulary of a run: kinds of moments, events, gates, channels, stages and reasons.

Codes are small integers, so that a trace is a table of integers; names are what people
read. Codes are part of the meaning of a trace: append, never renumber.
"""

from __future__ import annotations

from enum import IntEnum


class Kind(IntEnum):
    """What kind of moment it is; moments at one instant come in this order (docs/model.md)."""

    ENDS = 0
    WORK_DONE = 1
    CANCELLED = 2
    TIME_OUT = 3
    HELD_EFFECT = 4
    BEGINS = 5
    ARRIVAL = 6
    MATCH = 7


class Event(IntEnum):
    """What a row of the trace says happened."""

    SHIFT_ON = 1
    SHIFT_OFF = 2
    REPORT_ARRIVES = 3
    REPORT_TAKEN = 4
    REPORT_CLOSED = 5
    REQUESTED = 6
    GATE_PASSED = 7
    GATE_DENIED = 8
    REROUTED = 9
    HELD = 10
    RELEASED = 11
    ASKED = 12
    REVIEW_STARTS = 13
    REVIEW_ENDS = 14
    TIMED_OUT = 15
    CANCELLED = 16
    TOOK_EFFECT = 17
    NOTICED = 18
    WORD_ARRIVES = 19
    PAGED = 20
    RESPONDER_TAKES = 21
    PICKED_UP = 22
    CAUSE_FOUND = 23
    UNDO_AUTHORISED = 24
    VISIBLE = 25
    CONTAINED = 26
    FIRST_STATEMENT = 27
    SECOND_STATEMENT = 28
    AUDIENCE_STEP = 29
    AUDIENCE_WHOLE = 30
    FALSE_ALARM = 31
    ALARM_TAKEN = 32
    ALARM_CLOSED = 33
    RIGHTS_END = 34
    RIGHTS_ON = 35
    LOCKED_DOWN = 36
    LOCK_LIFTED = 37
    CONTENT_LOST = 38
    WRONGLY_UNDONE = 39
    RESPONDER_FREE = 40


class Gate(IntEnum):
    """Where an action can be stopped, in the order it meets them."""

    RIGHTS = 1
    JUST_IN_TIME = 2
    CONFIRM = 3
    PROTECTED_LIST = 4
    OPEN_REPORT = 5
    LOCK_DOWN = 6
    RATE_LIMIT = 7
    SEPARATION_OF_DUTIES = 8
    APPROVAL = 9
    COOLING_OFF = 10


class Channel(IntEnum):
    """Who may notice a wrongful action, and the order at a tie."""

    ALERT = 1
    PROBE = 2
    LEAVER_WATCH = 3
    AUDIT = 4
    COLLEAGUE = 5
    ACTOR = 6
    PUBLIC = 7
    HOLDER = 8


#: Channels outside the platform: word of them has to reach it.
OUTSIDE = (Channel.PUBLIC, Channel.HOLDER)


class Route(IntEnum):
    """By which way the account became visible again."""

    RESPONSE = 1
    AUTOMATIC = 2
    ACTOR = 3


class Stage(IntEnum):
    """A length that a documented fact or a proposal can pin, or that the conditioned world carries on."""

    PUBLIC_NOTICE = 1
    PICK_UP = 3
    FIND_CAUSE = 4
    AUTHORISE = 5
    RESTORE = 6
    AUTOMATIC = 7
    ACTOR_UNDOES = 8
    CONTAIN = 9
    FIRST_STATEMENT = 10
    SECOND_STATEMENT = 11
    AUDIENCE_WHOLE = 12
    COLLEAGUE_NOTICE = 13
    HOLDER_NOTICE = 14
    PUBLIC_WORD = 15
    HOLDER_WORD = 16


class Reason(IntEnum):
    """Why a gate or a person decided as it did."""

    NONE = 0
    RIGHT_HELD = 1
    RIGHT_STEPPED_DOWN = 2
    RIGHT_CUT_OFF = 3
    BEFORE_STEP_DOWN = 4
    BEFORE_CUT_OFF = 5
    NOT_TOLD = 6
    TICKET_LOST = 7
    NOT_A_HOLDER = 8
    NOT_COVERED = 9
    LIST_STALE = 10
    OUT_OF_ORDER = 11
    GRANTED = 12
    DIALOG_STOPPED = 13
    DIALOG_PASSED = 14
    DIALOG_UNREAD = 15
    LISTED_DENIED = 16
    SENIOR_PASSED = 17
    SENIOR_OBJECTED = 18
    REPORT_OPEN = 19
    NO_REPORT = 20
    LOCKED = 21
    UNDER_LIMIT = 22
    OVER_LIMIT = 23
    EXECUTOR_PASSED = 24
    EXECUTOR_OBJECTED = 25
    APPROVED = 26
    STAMPED = 27
    REFUSED = 28
    TIMED_OUT = 29
    NOBODY_ON_SHIFT = 30
    COOLED_OFF = 31
    WATCHER_CANCELLED = 32
    HOLDER_CANCELLED = 33
    NOBODY_WATCHED = 34
    NO_ACTION = 35
    ACTION = 36
    CONTAINED = 38
    NOT_A_LEAVER = 39
    URGENT = 40
    SLIPPED = 41
    PREAUTHORISED = 42
    BORROWED = 43
    OWN_UNDO = 44


def plain(code: IntEnum) -> str:
    """The name of a code as people write it: `Stage.PICK_UP` is `pick_up`."""
    return code.name.lower()
