"""The gates of an action, in the order it meets them.

Each gate is one paragraph of docs/model.md: it passes, denies, or waits for a time or for
a person, and then answers where it goes on. A gate whose safeguard is not in force passes without a word.
"""

from __future__ import annotations

from ...model import rules, states
from ._jit import compiled, integers
from .action import PASSED, WAITS, Gate, Reason, agent_of, denied, passed, unreached
from .approval import WAITING, ask_for, forget_request, new_request
from .clock import NEVER, Kind, moment
from .layout import (
    ACTION,
    AGENT,
    APPROVAL,
    CONFIRM,
    COOLING_OFF,
    JUST_IN_TIME,
    NIGHT,
    PROTECTED_LIST,
    RATE_LIMIT,
    REQUEST,
    SEPARATION,
    TEAM,
    Night,
    Real,
)
from .memory import new
from .people import ANYBODY, Event, release, submit, work
from .record import Stage, known, log
from .streams import draw, length
from .then import THEN
from .world import Purpose

Channel = integers(states.Channel)


@compiled
def just_in_time(night: Night, real: Real, action: int) -> int:
    """The right must be granted first, and the grant lapses."""
    given = night[NIGHT.JUST_IN_TIME]
    if given == 0:
        return PASSED
    gate = Gate.JUST_IN_TIME
    why = unreached(night, real, action, given, night[action + ACTION.TARGET])
    if why != Reason.NONE:
        return passed(night, action, gate, why)
    if night[agent_of(night, action) + AGENT.GRANTED_UNTIL] <= night[NIGHT.NOW]:
        takes = length(
            night, real, night[action + ACTION.ID], Purpose.GRANT, 0, night[given + JUST_IN_TIME.TAKES]
        )
        if held(night, action, gate, night[NIGHT.NOW] + takes, Kind.HELD_EFFECT, THEN.GRANTED):
            return WAITS
        return granted(night, action)
    return passed(night, action, gate, Reason.GRANTED)


@compiled
def granted(night: Night, action: int) -> int:
    """The right is granted, for a while."""
    lasts = night[night[NIGHT.JUST_IN_TIME] + JUST_IN_TIME.LASTS]
    night[agent_of(night, action) + AGENT.GRANTED_UNTIL] = night[NIGHT.NOW] + lasts
    return passed(night, action, Gate.JUST_IN_TIME, Reason.GRANTED)


@compiled
def confirm(night: Night, real: Real, action: int) -> int:
    """A dialog asks; it can stop an error that is noticed, and nothing that is meant."""
    given = night[NIGHT.CONFIRM]
    if given == 0:
        return PASSED
    gate = Gate.CONFIRM
    why = unreached(night, real, action, given, night[action + ACTION.TARGET])
    if why != Reason.NONE:
        return passed(night, action, gate, why)
    takes = length(
        night, real, night[action + ACTION.ID], Purpose.CONFIRM_TAKES, 0, night[given + CONFIRM.TAKES]
    )
    if held(night, action, gate, night[NIGHT.NOW] + takes, Kind.HELD_EFFECT, THEN.CONFIRMED):
        return WAITS
    return confirmed(night, real, action)


@compiled
def confirmed(night: Night, real: Real, action: int) -> int:
    """The dialog has been answered."""
    entity = night[action + ACTION.ID]
    reason = rules.dialog(
        night[action + ACTION.WRONGFUL],
        real[action + ACTION.CONFIRM_STOPS],
        real[night[NIGHT.CONFIRM] + CONFIRM.HABIT],
        draw(night, real, entity, Purpose.HABIT, 0),
        draw(night, real, entity, Purpose.CONFIRM, 0),
    ).value
    if reason == Reason.DIALOG_STOPPED:
        return denied(night, action, Gate.CONFIRM, reason)
    return passed(night, action, Gate.CONFIRM, reason)


@compiled
def protected_list(night: Night, real: Real, action: int) -> int:
    """A listed account is nobody's to act on, or the senior team's."""
    given = night[NIGHT.PROTECTED_LIST]
    if given == 0:
        return PASSED
    gate = Gate.PROTECTED_LIST
    why = unreached(night, real, action, given, night[action + ACTION.TARGET])
    if why != Reason.NONE:
        return passed(night, action, gate, why)
    senior = night[given + PROTECTED_LIST.SENIOR]
    if senior == 0:
        return denied(night, action, gate, Reason.LISTED_DENIED)
    log(night, Event.REROUTED, night[action + ACTION.ID], night[senior + TEAM.ID], 0)
    night[action + ACTION.LENGTH] = length(
        night,
        real,
        night[action + ACTION.ID],
        Purpose.SENIOR_HANDLING,
        0,
        night[given + PROTECTED_LIST.HANDLING],
    )
    ask(night, action, senior, THEN.SENIOR_TAKES)
    return WAITS


@compiled
def senior_done(night: Night, real: Real, action: int) -> int:
    """The senior team has looked."""
    given, entity = night[NIGHT.PROTECTED_LIST], night[action + ACTION.ID]
    senior = night[given + PROTECTED_LIST.SENIOR]
    seen(night, action, senior)
    caught = (
        night[action + ACTION.WRONGFUL] != 0
        and draw(night, real, entity, Purpose.SENIOR_CATCH, 0) < real[given + PROTECTED_LIST.CATCHES]
    )
    reason = Reason.SENIOR_OBJECTED if caught else Reason.SENIOR_PASSED
    log(night, Event.REVIEW_ENDS, entity, night[senior + TEAM.ID], reason)
    if caught:
        return denied(night, action, Gate.PROTECTED_LIST, reason)
    return passed(night, action, Gate.PROTECTED_LIST, reason)


@compiled
def open_report(night: Night, real: Real, action: int) -> int:
    """Without an open report on the account there is nothing to act on."""
    given = night[NIGHT.OPEN_REPORT]
    if given == 0:
        return PASSED
    gate = Gate.OPEN_REPORT
    why = unreached(night, real, action, given, night[action + ACTION.TARGET])
    if why != Reason.NONE:
        return passed(night, action, gate, why)
    if night[action + ACTION.OPEN_REPORT]:
        return passed(night, action, gate, Reason.REPORT_OPEN)
    return denied(night, action, gate, Reason.NO_REPORT)


@compiled
def lock_down(night: Night, real: Real, action: int) -> int:
    """While all is frozen nothing moves."""
    given = night[NIGHT.LOCK_DOWN]
    if given == 0:
        return PASSED
    gate = Gate.LOCK_DOWN
    why = unreached(night, real, action, given, night[action + ACTION.TARGET])
    if why != Reason.NONE:
        return passed(night, action, gate, why)
    if night[NIGHT.LOCKED_UNTIL] <= night[NIGHT.NOW]:
        return passed(night, action, gate, Reason.NONE)
    return lock_opens(night, action)


@compiled
def lock_opens(night: Night, action: int) -> int:
    """A freeze that began meanwhile prolongs the hold."""
    until = night[NIGHT.LOCKED_UNTIL]
    if held(night, action, Gate.LOCK_DOWN, until, Kind.HELD_EFFECT, THEN.LOCK_OPENS):
        return WAITS
    return passed(night, action, Gate.LOCK_DOWN, Reason.LOCKED)


@compiled
def rate_limit(night: Night, real: Real, action: int) -> int:
    """So many actions an agent in a sliding window."""
    given = night[NIGHT.RATE_LIMIT]
    if given == 0:
        return PASSED
    gate = Gate.RATE_LIMIT
    why = unreached(night, real, action, given, night[action + ACTION.TARGET])
    if why != Reason.NONE:
        return passed(night, action, gate, why)
    now, agent = night[NIGHT.NOW], agent_of(night, action)
    actions = night[given + RATE_LIMIT.ACTIONS]
    recent = night[agent + AGENT.RECENT]
    if recent == 0:  # as many times as count, in turn, after their number
        recent = new(night, actions + 1)
        night[recent] = 0
        night[agent + AGENT.RECENT] = recent
    place, opens = recent + 1 + night[recent] % actions, now
    if night[recent] >= actions:
        opens = rules.limit_opens(night[place], now, night[given + RATE_LIMIT.WINDOW])
    if opens <= now:
        night[place] = now
        night[recent] += 1
        return passed(night, action, gate, Reason.UNDER_LIMIT)
    if night[given + RATE_LIMIT.HOLDS] == 0:
        return denied(night, action, gate, Reason.OVER_LIMIT)
    # The place in the window is taken at once, so that two held actions do not share it.
    night[place] = opens
    night[recent] += 1
    held(night, action, gate, opens, Kind.HELD_EFFECT, THEN.LIMIT_OPENS)
    return WAITS


@compiled
def separation_of_duties(night: Night, real: Real, action: int) -> int:
    """Somebody of another team executes, and may object."""
    given = night[NIGHT.SEPARATION]
    if given == 0:
        return PASSED
    gate = Gate.SEPARATION_OF_DUTIES
    why = unreached(night, real, action, given, night[action + ACTION.TARGET])
    if why != Reason.NONE:
        return passed(night, action, gate, why)
    team = night[given + SEPARATION.TEAM]
    log(night, Event.ASKED, night[action + ACTION.ID], night[team + TEAM.ID], 0)
    night[action + ACTION.LENGTH] = length(
        night, real, night[action + ACTION.ID], Purpose.EXECUTE, 0, night[given + SEPARATION.TAKES]
    )
    ask(night, action, team, THEN.EXECUTOR_TAKES)
    return WAITS


@compiled
def executor_done(night: Night, real: Real, action: int) -> int:
    """The other team has executed, or objected."""
    given, entity = night[NIGHT.SEPARATION], night[action + ACTION.ID]
    team = night[given + SEPARATION.TEAM]
    seen(night, action, team)
    caught = (
        night[action + ACTION.WRONGFUL] != 0
        and draw(night, real, entity, Purpose.EXECUTOR_CATCH, 0) < real[given + SEPARATION.CATCHES]
    )
    reason = Reason.EXECUTOR_OBJECTED if caught else Reason.EXECUTOR_PASSED
    log(night, Event.REVIEW_ENDS, entity, night[team + TEAM.ID], reason)
    if caught:
        return denied(night, action, Gate.SEPARATION_OF_DUTIES, reason)
    return passed(night, action, Gate.SEPARATION_OF_DUTIES, reason)


@compiled
def approval(night: Night, real: Real, action: int) -> int:
    """Other people must approve, one after another, before the time is up."""
    given = night[NIGHT.APPROVAL]
    if given == 0:
        return PASSED
    gate = Gate.APPROVAL
    why = unreached(night, real, action, given, night[action + ACTION.TARGET])
    if why != Reason.NONE:
        return passed(night, action, gate, why)
    wrongful = night[action + ACTION.WRONGFUL]
    request = new_request(night, action, Purpose.REVIEW, night[action + ACTION.AGENT], wrongful, 0, 0)
    reason = ask_for(night, request)
    return WAITS if reason == WAITING else approval_answered(night, request, reason)


@compiled
def approval_answered(night: Night, request: int, reason: int) -> int:
    """The approvers have answered, or have not in time."""
    action = night[request + REQUEST.ACTION]
    forget_request(night, request)
    lets_through = night[night[NIGHT.APPROVAL] + APPROVAL.LETS_THROUGH]
    if reason == Reason.REFUSED or (reason == Reason.TIMED_OUT and not lets_through):
        return denied(night, action, Gate.APPROVAL, reason)
    return passed(night, action, Gate.APPROVAL, reason)


@compiled
def cooling_off(night: Night, real: Real, action: int) -> int:
    """The effect is held; whoever notices meanwhile can cancel it."""
    given = night[NIGHT.COOLING_OFF]
    if given == 0:
        return PASSED
    gate = Gate.COOLING_OFF
    why = unreached(night, real, action, given, night[action + ACTION.TARGET])
    if why != Reason.NONE:
        return passed(night, action, gate, why)
    now, entity, wrongful = night[NIGHT.NOW], night[action + ACTION.ID], night[action + ACTION.WRONGFUL] != 0
    effect = now + night[given + COOLING_OFF.HOLD]
    first, reason = NEVER, Reason.NOBODY_WATCHED
    if wrongful and draw(night, real, entity, Purpose.WATCHED, 0) < real[given + COOLING_OFF.WATCHED]:
        notices = length(night, real, entity, Purpose.WATCHER_NOTICES, 0, night[given + COOLING_OFF.NOTICES])
        first, reason = now + notices, Reason.WATCHER_CANCELLED
    if (
        wrongful
        and night[given + COOLING_OFF.HOLDER_TOLD]
        and night[NIGHT.HAS_HOLDER]
        and draw(night, real, entity, Purpose.CHANNEL_CHANCE, Channel.HOLDER) < real[NIGHT.HOLDER_CHANCE]
    ):
        drawn = length(night, real, entity, Purpose.CHANNEL_DELAY, Channel.HOLDER, night[NIGHT.HOLDER_DELAY])
        notices = known(night, Stage.HOLDER_NOTICE, entity, drawn)
        if now + notices < first:  # at a tie the watcher, whose reason is the smaller
            first, reason = now + notices, Reason.HOLDER_CANCELLED
    if first <= effect:
        night[action + ACTION.REASON] = reason
        if held(night, action, gate, first, Kind.CANCELLED, THEN.OBJECTED):
            return WAITS
        return objected(night, action)
    night[action + ACTION.REASON] = Reason.COOLED_OFF if first != NEVER else Reason.NOBODY_WATCHED
    if held(night, action, gate, effect, Kind.HELD_EFFECT, THEN.COOLED_OFF):
        return WAITS
    return cooled_off(night, action)


@compiled
def objected(night: Night, action: int) -> int:
    """Somebody noticed while the effect was held."""
    reason = night[action + ACTION.REASON]
    log(night, Event.CANCELLED, night[action + ACTION.ID], Gate.COOLING_OFF, reason)
    return denied(night, action, Gate.COOLING_OFF, reason)


@compiled
def cooled_off(night: Night, action: int) -> int:
    """The hold is over."""
    return passed(night, action, Gate.COOLING_OFF, night[action + ACTION.REASON])


@compiled
def held(night: Night, action: int, gate: int, until: int, kind: int, then: int) -> bool:
    """Wait until a time and go on there, and write the wait down; False if there is none."""
    if until <= night[NIGHT.NOW]:
        return False
    log(night, Event.HELD, night[action + ACTION.ID], gate, 0)
    moment(night, until, kind, night[action + ACTION.ID], 0, then, action)
    return True


@compiled
def released(night: Night, action: int, gate: int) -> None:
    """The wait is over."""
    log(night, Event.RELEASED, night[action + ACTION.ID], gate, 0)


@compiled
def ask(night: Night, action: int, team: int, then: int) -> None:
    """Wait for somebody of a team."""
    priority = 0 if night[action + ACTION.URGENT] else 1
    entity = night[action + ACTION.ID]
    submit(night, team, action, entity, priority, 0, ANYBODY, action + ACTION.AGENT, 1, then)


@compiled
def looks(night: Night, action: int, then: int) -> None:
    """Somebody has taken it: wait for that person's work."""
    agent = night[action + ACTION.TAKEN_BY]
    log(night, Event.REVIEW_STARTS, night[action + ACTION.ID], agent, 0)
    work(night, agent, night[action + ACTION.LENGTH], then, action)


@compiled
def seen(night: Night, action: int, team: int) -> None:
    """That person is done."""
    release(night, team, night[action + ACTION.TAKEN_BY])
