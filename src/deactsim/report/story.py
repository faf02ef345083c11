"""One simulated night in plain sentences, each with its cause."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .wording import WIDTH, clock, count, instant, minutes, occasion, wrap

if TYPE_CHECKING:
    from ..model.trace import Row, Trace
    from ..scenario.schema import Scenario
    from ..study.replay import Told

#: What happened, by the event's name. `{by}` is who or what did it, `{why}` the reason.
SENTENCES = {
    "requested": "Somebody of {by} gives the command {command} on {account}.",
    "gate_passed": "{Gate} does not stop it: {why}.",
    "gate_denied": "{Gate} stops it: {why}.",
    "rerouted": "It is handed to {by}: the account is on the protected list.",
    "held": "{Gate} holds it{because}.",
    "released": "{Gate} lets it go on: {why}.",
    "asked": "Somebody of {by} is asked.",
    "review_starts": "{By} begins to look at the request.",
    "review_ends": "{By} has decided: {why}.",
    "timed_out": "The request times out{because}.",
    "cancelled": "It is cancelled: {why}.",
    "took_effect": "The account goes dark{because}.",
    "noticed": "{Channel}.",
    "word_arrives": "Word of it reaches the platform {from_channel}.",
    "paged": "Those who respond are paged.",
    "responder_takes": "{By} is free, and takes the page.",
    "picked_up": "{By} has picked it up and begins to look for the cause.",
    "cause_found": "{By} has found the cause.",
    "undo_authorised": "Undoing it is authorised.",
    "visible": "The account is visible again: {route}.",
    "contained": "The actor can do nothing more{because}.",
    "first_statement": "The platform makes its first statement.",
    "second_statement": "The platform makes its second statement.",
    "audience_step": "Another part of the follower count is back.",
    "audience_whole": "The follower count is whole again.",
    "rights_end": "The actor loses the right{because}.",
    "rights_on": "The actor is given the right{because}.",
    "locked_down": "All such actions are frozen.",
    "lock_lifted": "The freeze is lifted.",
    "content_lost": "Content is lost: undo came after the retention time.",
}
#: Events of routine work, which a story leaves out.
ROUTINE = {
    "shift_on",
    "shift_off",
    "report_arrives",
    "report_taken",
    "report_closed",
    "false_alarm",
    "alarm_taken",
    "alarm_closed",
    "wrongly_undone",
    "responder_free",
}

GATES = {
    "rights": "the check of rights",
    "just_in_time": "just-in-time access",
    "confirm": "the dialog",
    "protected_list": "the protected list",
    "open_report": "the rule on open reports",
    "lock_down": "the lock-down",
    "rate_limit": "the rate limit",
    "separation_of_duties": "separation of duties",
    "approval": "approval",
    "cooling_off": "cooling-off",
}
CHANNELS = {
    "alert": ("an alert goes off", "through the alert"),
    "probe": ("a synthetic visitor finds the page gone", "through the probe"),
    "leaver_watch": ("whoever watches leavers sees it", "through the watch on leavers"),
    "audit": ("an audit comes across it", "through the audit"),
    "colleague": ("a colleague notices", "through a colleague"),
    "actor": ("the actor notices the mistake", "from the actor"),
    "public": ("somebody in the public sees that the page is gone{followers}", "from the public's posts"),
    "holder": ("the account holder notices", "from the account holder"),
}
ROUTES = {
    "response": "the responders undid it",
    "automatic": "a watchdog undid it by itself",
    "actor": "the actor undid it",
}
REASONS = {
    "right_held": "the right was held",
    "right_stepped_down": "the right had been taken away ahead of the last shift's end",
    "right_cut_off": "access had been cut off after the last shift",
    "before_step_down": "the right was to end only later",
    "before_cut_off": "the last shift had not ended, so access had not been cut off",
    "not_told": "nobody had been told in time of the leaving",
    "ticket_lost": "the request to cut off access was lost",
    "not_a_holder": "the actor is not among those who keep the right",
    "not_covered": "this action is not covered",
    "list_stale": "the account was missing from the list in use",
    "out_of_order": "the safeguard was out of order",
    "granted": "the right was granted for a while",
    "dialog_stopped": "the question made the mistake plain",
    "dialog_passed": "the question was answered with yes",
    "dialog_unread": "the question was clicked through unread",
    "listed_denied": "the account is on the protected list",
    "senior_passed": "the senior team saw nothing wrong",
    "senior_objected": "the senior team objected",
    "report_open": "there was an open report on the account",
    "no_report": "there was no open report on the account",
    "locked": "all such actions were frozen",
    "under_limit": "few enough actions had gone before",
    "over_limit": "too many actions had gone before",
    "executor_passed": "who executes saw nothing wrong",
    "executor_objected": "who executes objected",
    "approved": "the approver looked and saw nothing wrong",
    "stamped": "it was approved without a look",
    "refused": "the approver looked and refused",
    "timed_out": "nobody decided in time",
    "nobody_on_shift": "nobody was on shift",
    "cooled_off": "the waiting time was over and nobody had objected",
    "watcher_cancelled": "somebody inside looked at what was pending",
    "holder_cancelled": "the account holder was told and objected",
    "nobody_watched": "nobody looked at what was pending",
    "no_action": "no action was called for",
    "action": "an action was called for",
    "contained": "the actor had been contained",
    "not_a_leaver": "the actor was not leaving",
    "urgent": "it was urgent",
    "slipped": "the hand slipped",
}


def story(told: Told, scenario: Scenario) -> str:
    """The night of one world as text: a line an event, with clock time and time since the effect."""
    # A world is simulated: said first, so that no line is taken for the record.
    head = wrap(
        f"{scenario.title}: simulated {occasion(scenario)} {told.world}, policy {told.policy}, read as "
        f"{_reading(scenario, told.reading)}. One of many that fit the record; only the record is documented.",
        WIDTH,
    )
    lines = [*head, ""]
    day = instant(_begin(told), scenario.zone)
    for time, sentence in sentences(told, scenario):
        start = f"{clock(instant(time, scenario.zone), day):<13}{_since(told, time):>9}  "
        first, *more = wrap(sentence, WIDTH - len(start))
        lines += [start + first, *(" " * len(start) + line for line in more)]
    if told.effect_time is None:
        lines.append("The account never went dark.")
    return "\n".join(lines) + "\n"


def sentences(told: Told, scenario: Scenario) -> Iterator[tuple[int, str]]:
    """The incident's rows as (time, sentence); routine work is left out."""
    trace = told.trace
    actors = {row.by for row in trace if trace.event_name(row) == "requested" and _is_act(trace, row)}
    for row in trace:
        event = trace.event_name(row)
        if event in ROUTINE or not (_is_act(trace, row) or row.entity in actors):
            continue
        yield row.time, _sentence(trace, row, event, scenario)


def _sentence(trace: Trace, row: Row, event: str, scenario: Scenario) -> str:
    by = trace.by_name(row)
    why = REASONS.get(trace.reason_text(row), "")
    person = _person(by)
    incident = scenario.incident
    assert incident is not None  # noqa: S101 - a story is told of an incident
    account = trace.entity_name(row).partition(" on ")[2] or incident.account
    named = scenario.platform.accounts.get(account)
    seen = f" ({count(named.followers.value)} follow it)" if named is not None else ""
    noticed, through = CHANNELS.get(by, (by, by))
    return SENTENCES[event].format(
        by=by.partition(" #")[0] if event in {"requested", "asked"} else person,
        By=_capital(person),
        Gate=_capital(GATES.get(by, by)),
        Channel=_capital(noticed.format(followers=seen)),
        from_channel=through,
        route=ROUTES.get(by, by),
        why=why or "no reason is recorded",
        because=f": {why}" if why else "",
        command=incident.command,
        account=account,
    )


def _is_act(trace: Trace, row: Row) -> bool:
    return trace.entity_name(row).startswith("act ")


def _person(name: str) -> str:
    """`on-call #2` as people say it: `no. 2 of on-call`."""
    team, found, position = name.partition(" #")
    return f"no. {position} of {team}" if found else name


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _begin(told: Told) -> int:
    """The moment from which days are counted."""
    return told.effect_time if told.effect_time is not None else next(iter(told.trace)).time


def _since(told: Told, time: int) -> str:
    if told.effect_time is None:
        return ""
    apart = (time - told.effect_time) / 60e6
    return "0" if apart == 0 else ("+" if apart > 0 else "-") + minutes(abs(apart))


def _reading(scenario: Scenario, name: str) -> str:
    assert scenario.incident is not None  # noqa: S101 - a story is told of an incident
    return scenario.incident.readings[name].label or name
