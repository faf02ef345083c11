"""One simulated night in plain sentences, each with its cause."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .wording import WIDTH, and_list, clock, count, instant, minutes, occasion, wrap

if TYPE_CHECKING:
    from ..model.trace import Row, Trace
    from ..scenario.schema import Scenario
    from ..study.replay import Told

#: What happened, by the event's name. `{by}` is who or what did it, `{why}` the reason.
SENTENCES = {
    "requested": "Somebody of {by} gives the command {command} on {account}{because}.",
    "gate_passed": "{Gate} {passes}{because}.",
    "gate_denied": "{Gate} stops it{because}.",
    "rerouted": "It is handed to {by}: the account is on the protected list.",
    "held": "{Gate} holds it{because}.",
    "asked": "Somebody of {by} is asked{about}.",
    "review_starts": "{By} begins to look at the request.",
    "review_ends": "{verdict}.",
    "timed_out": "The time is up, and nobody has decided.",
    "cancelled": "It is cancelled{because}.",
    "took_effect": "The account goes dark{because}.",
    "noticed": "{Channel}.",
    "word_arrives": "Word of it reaches the platform {from_channel}.",
    "paged": "Those who respond are paged.",
    "responder_takes": "{By} is free, and takes the page.",
    "picked_up": "{By} has picked it up{next}.",
    "cause_found": "{By} has found the cause.",
    "undo_authorised": "{authorised}.",
    "visible": "The account is visible again: {route}.",
    "contained": "The actor can do nothing more{because}.",
    "first_statement": "The platform makes its first statement.",
    "second_statement": "The platform makes its second statement.",
    "audience_step": "The follower count is back to {share} of what it was.",
    "audience_whole": "The follower count is whole again.",
    "rights_end": "The actor loses the right{because}.",
    "rights_on": "The actor is given the right{because}.",
    "locked_down": "All such actions are frozen.",
    "lock_lifted": "The freeze is lifted.",
    "content_lost": "Content is lost: it is not kept for longer than this.",
}
#: Events that a story leaves out: those of routine work, and the end of a hold, because the
#: gate says at the same instant what comes of it.
ROUTINE = {
    "released",
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
    "watcher_cancelled": "somebody inside looked at what was pending, and objected",
    "holder_cancelled": "the account holder was told and objected",
    "nobody_watched": "nobody looked at what was pending",
    "no_action": "no action was called for",
    "action": "an action was called for",
    "contained": "the actor had been contained by then",
    "not_a_leaver": "the actor was not leaving",
    "urgent": "it was urgent",
    "slipped": "the hand slipped",
    "preauthorised": "the undo had been authorised beforehand",
    "own_undo": "the actor wants to undo it",
    "borrowed": "the actor approved it himself, in another's name",
}
#: Why a gate passes, where the same word is also the reason for a denial or there is none.
PASSED = {
    ("lock_down", "locked"): "the freeze is over",
    ("lock_down", ""): "nothing is frozen",
    ("rate_limit", "over_limit"): "there is room again within the limit",
}
#: What somebody who looked at a request says to it.
VERDICTS = {
    "approved": "{By} has looked at it and sees nothing wrong",
    "stamped": "{By} approves it without a look",
    "refused": "{By} has looked at it and refuses",
    "senior_passed": "Somebody of {by} has looked at it and sees nothing wrong",
    "senior_objected": "Somebody of {by} has looked at it and objects",
    "executor_passed": "Somebody of {by} has looked at it and sees nothing wrong",
    "executor_objected": "Somebody of {by} has looked at it and objects",
}


def story(told: Told, scenario: Scenario, width: int = WIDTH) -> str:
    """The night of one world as text: a line an event, with clock time and time since the effect."""
    # A world is simulated: said first, so that no line is taken for the record.
    many = "One of many that fit the record"
    if told.policy != scenario.baseline:
        many += ", under a policy that was not in force"
    head = wrap(
        f"{scenario.title}: simulated {occasion(scenario)} {told.world}, policy {told.policy}, read as "
        f"{_reading(scenario, told.reading)}. {many}; only the record is documented.",
        width,
    )
    lines = [*head, ""]
    found = list(sentences(told, scenario))
    first = told.effect_time if told.effect_time is not None else next((time for time, _ in found), 0)
    day = instant(first, scenario.zone)
    for time, sentence in found:
        start = f"{clock(instant(time, scenario.zone), day):<13}"
        if told.effect_time is not None:
            start += f"{_since(told.effect_time, time):>9}  "
        now, *more = wrap(sentence, width - len(start))
        lines += [start + now, *(" " * len(start) + line for line in more)]
    if still := _still_dark(told):
        lines += wrap(still, width)
    if told.effect_time is None:
        lines.append("No account went dark." if _several(scenario) else "The account never went dark.")
    return "\n".join(lines) + "\n"


def _still_dark(told: Told) -> str:
    """How the story ends where an account is not back by then."""
    rows = [row for row in told.trace if _is_act(told.trace, row)]
    names = [told.trace.event_name(row) for row in rows]
    if names.count("took_effect") == names.count("visible"):
        return ""
    if told.trace.over:
        return "Nobody ever notices, and nothing brings it back."
    return "It is still dark when the story ends: nobody waits any longer."


def sentences(told: Told, scenario: Scenario) -> Iterator[tuple[int, str]]:
    """The incident's rows as (time, sentence); routine work is left out.

    Nothing is said twice: what a gate had from a verdict, a cancellation or another gate's
    row of the same kind is told once.
    """
    trace = told.trace
    actors = {row.by for row in trace if trace.event_name(row) == "requested" and _is_act(trace, row)}
    rows = [
        row
        for row in trace
        if trace.event_name(row) not in ROUTINE and (_is_act(trace, row) or row.entity in actors)
    ]
    for at, row in enumerate(rows):
        of = [other for other in rows if other.entity == row.entity]
        together = [other for other in of if other.time == row.time]
        if not _told_elsewhere(trace, row, together):
            before = [other for other in rows[:at] if other.entity == row.entity]
            said = _sentence(trace, row, before, together, scenario)
            who = trace.entity_name(row).partition(" on ")[2]
            yield row.time, f"{who}: {said}" if who and _several(scenario) else said


def _told_elsewhere(trace: Trace, row: Row, together: list[Row]) -> bool:
    """Whether another row of the same instant tells what this one would."""
    event = trace.event_name(row)
    same_gate = [other for other in together if other.by == row.by]
    names = [trace.event_name(other) for other in same_gate]
    if event == "gate_denied":
        return "cancelled" in names
    if event == "gate_passed":  # a gate has a row for each of its safeguards: the first tells all
        first = next(other for other in same_gate if trace.event_name(other) == event)
        return "gate_denied" in names or row is not first
    return False


def _sentence(trace: Trace, row: Row, before: list[Row], together: list[Row], scenario: Scenario) -> str:
    event, by = trace.event_name(row), trace.by_name(row)
    person = _person(by)
    incident = scenario.incident
    assert incident is not None  # noqa: S101 - a story is told of an incident
    account = trace.entity_name(row).partition(" on ")[2] or incident.account
    named = scenario.platform.accounts.get(account)
    seen = f" ({count(named.followers.value)} follow it)" if named is not None else ""
    # Only sentences of our own are formats: a name in a scenario may have braces in it.
    noticed, through = CHANNELS.get(by, ("", ""))
    earlier = {(trace.event_name(other), other.by) for other in before}
    dark = any(name == "took_effect" for name, _ in earlier)
    reason = trace.reason_text(row)
    ready = any(trace.reason_text(other) == "preauthorised" for other in together)
    why = _why(trace, row, together)
    return SENTENCES[event].format(
        by=by.partition(" #")[0] if event in {"requested", "asked"} else person,
        By=_capital(person),
        Gate=_capital(GATES.get(by, by)),
        Channel=_capital(noticed.format(followers=seen)),
        from_channel=through,
        route=ROUTES.get(by, by),
        because=f": {why}" if why else "",
        passes="lets it go on" if _waited(trace, row, before) else "does not stop it",
        about=_about(reason, dark=dark),
        verdict=VERDICTS.get(reason, "{By} has decided").format(By=_capital(person), by=person),
        next="" if ready else " and begins to look for the cause",
        authorised=_capital(REASONS["preauthorised"]) if ready else "Undoing it is authorised",
        share=_share_back(scenario, by) if event == "audience_step" else "",
        command=incident.command,
        account=account,
    )


def _about(mark: str, *, dark: bool) -> str:
    """What somebody is asked to approve."""
    if mark == "own_undo":
        return " to approve that the actor undoes it"
    return " to approve undoing it" if dark else " about it"


def _why(trace: Trace, row: Row, together: list[Row]) -> str:
    """Why a row is as it is; nothing where a verdict of the same instant has said it already."""
    event = trace.event_name(row)
    if event not in {"gate_passed", "gate_denied"}:
        return REASONS.get(trace.reason_text(row), "")
    verdicts = [other for other in together if trace.event_name(other) in {"review_ends", "timed_out"}]
    if any(trace.reason_text(other) in {"", trace.reason_text(row)} for other in verdicts):
        return ""
    alike = [other for other in together if (other.event, other.by) == (row.event, row.by)]
    found = [trace.reason_text(other) for other in alike]
    by = trace.by_name(row)
    said = [PASSED.get((by, why)) if event == "gate_passed" else None for why in found]
    return and_list(
        list(dict.fromkeys(known or REASONS.get(why, "") for known, why in zip(said, found, strict=True)))
    )


def _waited(trace: Trace, row: Row, before: list[Row]) -> bool:
    """Whether the action waited for this gate, be it for a time or for a person."""
    names = {trace.event_name(other) for other in before if other.by == row.by}
    people = {"approval", "separation_of_duties", "protected_list"}
    asked = trace.by_name(row) in people and any(
        trace.event_name(other) == "review_starts" for other in before
    )
    return "held" in names or asked


def _share_back(scenario: Scenario, step: str) -> str:
    """The share of the follower count that a step brings back."""
    assert scenario.audience_whole is not None  # noqa: S101 - its steps are being told
    share = scenario.audience_whole.steps[int(step.removeprefix("step ")) - 1].value
    return f"{100 * share:g} %"


def _is_act(trace: Trace, row: Row) -> bool:
    return trace.entity_name(row).startswith("act ")


def _person(name: str) -> str:
    """`on-call #2` as people say it: `no. 2 of on-call`."""
    team, found, position = name.partition(" #")
    return f"no. {position} of {team}" if found else name


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _since(effect: int, time: int) -> str:
    apart = (time - effect) / 60e6
    return "0" if apart == 0 else ("+" if apart > 0 else "-") + minutes(abs(apart))


def _several(scenario: Scenario) -> bool:
    """Whether the actor goes for more than one account, so that lines must say which."""
    return scenario.incident is not None and bool(scenario.incident.further_acts)


def _reading(scenario: Scenario, name: str) -> str:
    assert scenario.incident is not None  # noqa: S101 - a story is told of an incident
    return scenario.incident.readings[name].label or name
