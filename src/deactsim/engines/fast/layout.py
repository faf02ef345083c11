"""Where everything stands in a night's memory: one row of 64-bit words, and records in it.

A record is named by the place where it begins; 0 is none. `night[action + ACTION.GATE]` is the
gate an action stands before. Words that hold numbers with a fraction are read through
`real`, the same memory as 64-bit floats.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..seen import FIELDS
from ._jit import record

Night: TypeAlias = NDArray[np.int64]
Real: TypeAlias = NDArray[np.float64]

#: The night itself: it begins at 0. Words after a `#` are what they are places of.
NIGHT = record(
    # clock
    "NOW START END STATUS OVER SEQUENCE "
    "HEAP HEAP_SIZE HEAP_ROOM STARTS STARTS_FIRST STARTS_LAST STARTS_ROOM WAKES WAKES_FIRST WAKES_LAST WAKES_ROOM "
    "MATCHES MATCH_COUNT "
    # the next arrival: its time, and its moment from `COMING` on
    "COMING_TIME COMING COMING_ENTITY COMING_SUB COMING_SEQUENCE COMING_THEN COMING_WHAT "
    # memory and trace
    "ROOM TOP MARGIN FREE ROWS ROW_COUNT ROW_ROOM ROW_MARGIN EVENTS_AN_HOUR COUNTED_HOUR COUNTED COUNTED_ROWS "
    # world
    "KEY PINS LENGTHS GRID LUCK LUCK_COUNT PLACED PLACED_COUNT PLACED_NEXT PLACED_ALARMS ALARM_COUNT "
    "ALARM_NEXT "
    # what the night keeps count of
    "INCIDENTS INCIDENT_COUNT ACTS ACT_COUNT LEAVERS LEAVER_COUNT HAS_INCIDENT PENDING NEEDING_PEOPLE "
    "LOCKED_UNTIL EFFECT_OF_FIRST_ACT MISSED STANDING_BY UNDOS "
    # routine
    "QUIET IS_DESK BEGIN UNTIL ASKS_FOR_REQUESTS REQUESTS REQUEST_COUNT REQUEST_NEXT ALARMS_BEGIN ALARMS_UNTIL "
    "ALARM_K ALARM_AT ALARM_BASE ALARM_RATE "
    # plan
    "TEAMS TEAM_COUNT STREAMS STREAM_COUNT CONTROL_COUNT AGENTS "
    "JUST_IN_TIME PROTECTED_LIST OPEN_REPORT STEP_DOWN DEPROVISIONING CONFIRM SEPARATION APPROVAL COOLING_OFF "
    "RATE_LIMIT ALERT PROBE AUDIT LEAVER_WATCH PREAUTHORISED UNDO_BUTTON QUICK_PICK_UP AUTOMATIC_RESTORE LOCK_DOWN "
    "WORD PUBLIC_CHANCE HOLDER_CHANCE HOLDER_DELAY COLLEAGUE_CHANCE COLLEAGUE_DELAY ACTOR_CHANCE ACTOR_DELAY "
    "HAS_PUBLIC HAS_HOLDER HAS_COLLEAGUE HAS_ACTOR ACTOR_UNDOES "
    "RESPONDERS PICK_UP FIND_CAUSE AUTHORISE RESTORE CONTAIN FIRST_STATEMENT SECOND_STATEMENT AUDIENCE "
    "AUDIENCE_STEPS RETENTION "
    # of images: what honest actions ask of teams, and what the plan makes of actors
    "ASKS ASK_COUNT ACTORS"
)

#: How long something takes; `TABLE` is the place of its table of quantiles.
LENGTH = record("SHAPE WHOLE A B C TABLE TABLE_SIZE")
#: A control, and what it knows of the present: how its component is until then.
CONTROL = record(
    "NUMBER ID COMPONENT COVERS OUTAGE STRETCH ROTS MENDED STALE WINDOW TURN_FROM TURN_TO TURN DOWN"
)

JUST_IN_TIME = record("TAKES LASTS", CONTROL)
PROTECTED_LIST = record("SENIOR HANDLING CATCHES", CONTROL)
STEP_DOWN = record("BEFORE TOLD RECHECKED", CONTROL)
DEPROVISIONING = record("LAG VENDOR_LAG LOST SESSION_TAIL RECHECKED", CONTROL)
CONFIRM = record("STOPS_SLIPS STOPS_MISIDENTIFIED HABIT TAKES", CONTROL)
SEPARATION = record("TEAM TAKES CATCHES", CONTROL)
APPROVAL = record(
    "SLOTS SLOT_COUNT REVIEW CATCHES STAMPS STAMPS_PER_QUEUED TIME_OUT LETS_THROUGH BREAK_GLASS", CONTROL
)
COOLING_OFF = record("HOLD WATCHED NOTICES HOLDER_TOLD", CONTROL)
RATE_LIMIT = record("ACTIONS WINDOW HOLDS", CONTROL)
ALERT = record("AFTER RECALL FALSE TRIAGE", CONTROL)
LOOK = record("EVERY RECALL SAMPLE", CONTROL)
LEAVER_WATCH = record("BEFORE AFTER RECALL", CONTROL)
QUICK = record("LENGTH", CONTROL)
AUTOMATIC_RESTORE = record("AFTER UNDOES_HONEST", CONTROL)
LOCK_DOWN = record("AFTER HOLD", CONTROL)

#: A piece of work in a team's queue, and what goes on when it is taken or withdrawn.
JOB = record(
    "TEAM PRIORITY TIME ENTITY SUB STREAM BARRED BARRED_COUNT THEN WHAT TAKEN_BY NEXT PREVIOUS QUEUED"
)
#: Queues have a first and a last job for each of three priorities.
TEAM = record(
    "ID INDEX HEADCOUNT HOLDERS CONTRACTOR ON_SHIFT IDLE WORDS IDLE_COUNT BUSY STEPPED_DOWN REACHES "
    "QUEUE_SIZE FIRST_0 FIRST_1 FIRST_2 LAST_0 LAST_1 LAST_2 WAITING WAITING_FOR_ANYBODY MATCH_DUE "
    "SHIFTS SHIFT_COUNT SHIFT SHIFT_NEXT FIRST_AGENT FIRST_NUMBER"
)
#: How many reports of a stream are drawn ahead, at the most.
AHEAD = 8
#: One of them; before it is drawn its gap stands in the place of its time.
COMES = record("TIME ID TAKES")
#: A stream; its places are one `PLACE` a team. Reports drawn ahead stand from `COMING` on: `NEXT` is the place of the
#: next, and there are some up to `LAST`; how long they take is drawn up to `TAKEN`.
STREAM = record(
    "INDEX BASE RATE THIN MOST ACTIONED URGENT SLIP WRONGFUL HANDLING PLACES PLACE_COUNT LAG FOLLOWERS PUBLIC "
    "SPANS SPAN_COUNT SPAN HOUR K AT NEXT_TIME NEXT_ID NEXT LAST TAKEN COMING "
    + " ".join(f"COMING_{word}" for word in range(1, COMES.SIZE * AHEAD))
)
PLACE = record("TEAM REACHED UNDO_REACHED WEIGHT")
#: What the night knows of somebody who acts.
AGENT = record("GRANTED_UNTIL CONTAINED RECENT")

REPORT = record("ID OF PLACE TAKES", JOB)
ALARM = record("ID AGENT", JOB)
#: An act of an incident as it was handed over.
ACT = record("ID AFTER INCIDENT TARGET REACHED UNDO_REACHED PUBLIC FOLLOWERS")
INCIDENT = record(
    "ID AGENT AGENT_NUMBER TEAM LAG OPEN_REPORT AMONG_HOLDERS CONFIRM_STOPS ACTOR_NOTICES DOCUMENTED SPREAD AHEAD "
    "LEAVES_AFTER HAD_LEFT IS_LEAVING LEAVES KEYS"
)
ACTION = record(
    "ID TARGET TEAM AGENT AGENT_NUMBER WRONGFUL NOTICES_ERROR OPEN_REPORT CONFIRM_STOPS INCIDENT URGENT "
    "REACHED UNDO_REACHED PUBLIC LAG GATE REASON LENGTH",
    JOB,
)
#: An action that may wait in a team's queue; approvers, and those who have said yes, follow it.
REQUEST = record(
    "ACTION PURPOSE ASKER WRONGFUL ATTEMPT SLOT DEADLINE REASON OF_UNDO MARK BARRED BARRED_COUNT KEYS "
    # of a responder's undo: the next one's, by who asks; whether he reviews meanwhile, and was answered then
    "NEXT REVIEWS IS_ANSWERED"
)
ASKING = record("REQUEST OF_TEAM AGENT K PURPOSE WRONGFUL MARK ANSWERED REASON STILL", JOB)
DARK = record(
    "ACTION SINCE HAS_WORD VISIBLE CLOSES_WHEN_VISIBLE RESTORES_ITSELF LASTS RUNNING RESPONDER AHEAD UNTIL "
    "AUDIENCE_BEGAN AUDIENCE_END AUDIENCE_STEP",
    JOB,
)
MOMENT = record("KIND ENTITY SUB SEQUENCE THEN WHAT")
#: A leaver who steps down.
LEAVING = record("ENDS TEAM WHO LEAVES AGENT")
#: A request of routine as it was handed over.
ASKED_FOR = record("CLOSED AGENT REPORT OF PLACE URGENT")
#: A world of a batch: its pins and known lengths follow it, three and two words a stage.
WORLD = record("KEY START END")
#: What is kept of an evening (engines/seen.py).
MARKS = record(" ".join(FIELDS).upper())
#: What a gate said of an act; of a time-out also whom it was asked of last, when, and whether they looked.
SAID = record("GATE REASON DENIED UNDER_REVIEW ASKED ASKED_AT TIME")
#: Work that honest actions of a stream ask of a team, for so many people.
ASKS = record("STREAM TEAM PEOPLE")
#: A batch of evenings: how large everything is, and from when until when the tables of its image are good; after
#: how many rows a call comes back, and how many it has had.
BATCH = record(
    "IMAGE_SIZE WORLD_SIZE WORLD_COUNT FIRST MARKS_SIZE SAID_ROOM SAID_COUNT FROM UNTIL MOST_ROWS ROWS"
)
#: A batch of runs without an incident, and one of them: where its requests stand, and how many rows it came to.
RUNS = record("IMAGE_SIZE COUNT FIRST ROW_ROOM ROW_COUNT")
RUN = record("KEY START END REQUESTS REQUEST_COUNT ROWS")
#: What a desk says of a report that ends in an action: the request, and whether the action is wrong.
HANDLED = record("WRONGFUL", ASKED_FOR)
#: A plan among those that meet the same occurrences: where its images stand, and that of the desk it shares
#: with others (0 words: it has no quiet one, or no desk), and a word for each stream whose honest actions matter.
MEETS = record("IMAGE IMAGE_SIZE WHOLE WHOLE_SIZE DESK DESK_SIZE MATTERS")
#: What a plan makes of an actor of a team who acts on a tier: one for every pair, teams first.
ACTOR = record("TEAM AMONG_HOLDERS REACHED UNDO_REACHED PUBLIC AHEAD")
#: An occurrence as the year has it; its acts follow it, `LEAVES` is counted from the first.
OCCURRENCE = record("KEY START END ID AT AGENT TEAM IS_LEAVING LEAVES OPEN_REPORT ADAPTS")
OCCURRENCE_ACT = record("TARGET TIER AFTER FOLLOWERS IS_PROTECTED")
#: A batch of occurrences: where actions of routine drawn for one stand, and what a desk has handled for it.
#: The desk of a plan has gone on from a time up to another; `HANDLED_NEXT` is the first not handed over.
#: `BACK` is where it stands when each act's account came back.
MEETINGS = record(
    "PLAN_COUNT COUNT OCCURRENCE_SIZE ACT_COUNT TIER_COUNT FROM UNTIL FOLLOW ROOM ACTIONS ACTION_ROOM ACTION_COUNT "
    "HANDLED HANDLED_ROOM HANDLED_COUNT HANDLED_NEXT DESK DESK_FROM DESK_UNTIL BACK FIRST MOST_ROWS"
)
#: Of a stream: hours from one up to another whose actions are drawn, whether honest ones count; and one of these.
DRAWN = record("FROM UNTIL ASKED")
DRAWN_ACTION = record("STREAM TIME WRONGFUL")
