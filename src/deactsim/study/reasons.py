"""Why a policy stopped it or changed nothing that night: read from what its gates and channels did.

What was seen is weighed as the evenings are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from ..model.states import Channel, Gate, Reason, plain
from ..scenario.quantities import text_of
from ..scenario.safeguards import Safeguards
from ..scenario.schema import Scenario
from .facts import source_text
from .measures import UNDER_REVIEW, UNMANNED, UNSEEN
from .nights import Nights
from .results import StoppedBy

#: What each gate's answer means, and the input whose source backs it.
_BY_REASON: dict[Reason, tuple[str, str]] = {
    Reason.BEFORE_CUT_OFF: ("the act came before the last shift ended", "leaves"),
    Reason.BEFORE_STEP_DOWN: ("the act came before the step-down", "leaves"),
    Reason.NOT_TOLD: ("nobody was told of the leaving in time", ""),
    Reason.TICKET_LOST: ("the cut-off was never carried out", ""),
    Reason.NOT_A_LEAVER: ("the actor was not leaving", ""),
    Reason.REPORT_OPEN: ("there was a report", "open_report"),
    Reason.NOT_COVERED: ("it does not reach this account, command, team or tool", ""),
    Reason.OUT_OF_ORDER: ("it was out of order", ""),
    Reason.LIST_STALE: ("its list does not hold the account", ""),
    Reason.GRANTED: ("the grant is his for the asking", ""),
    Reason.DIALOG_PASSED: ("no reading has an error that this dialog stops", ""),
    Reason.DIALOG_UNREAD: ("the dialog was clicked through unread", ""),
    Reason.APPROVED: ("the request was approved", ""),
    Reason.STAMPED: ("the request was approved unread", ""),
    Reason.NOBODY_ON_SHIFT: ("nobody was on shift, and the action was let through", ""),
    Reason.TIMED_OUT: ("the request timed out and was let through", ""),
    Reason.BORROWED: ("the actor approved it himself, in another's name", ""),
    Reason.SENIOR_PASSED: ("the senior team saw nothing wrong", ""),
    Reason.EXECUTOR_PASSED: ("the executing team saw nothing wrong", ""),
    Reason.NOBODY_WATCHED: ("nobody was watching", ""),
    Reason.COOLED_OFF: ("nobody objected in time", ""),
    Reason.OVER_LIMIT: ("the acts over the limit waited, and took effect", ""),
}
_GATE_OF = {
    "step_down": Gate.RIGHTS,
    "deprovisioning": Gate.RIGHTS,
    "just_in_time": Gate.JUST_IN_TIME,
    "confirm": Gate.CONFIRM,
    "protected_list": Gate.PROTECTED_LIST,
    "open_report": Gate.OPEN_REPORT,
    "rate_limit": Gate.RATE_LIMIT,
    "separation_of_duties": Gate.SEPARATION_OF_DUTIES,
    "approval": Gate.APPROVAL,
    "cooling_off": Gate.COOLING_OFF,
}
_CHANNELS = {
    "alert": Channel.ALERT,
    "probe": Channel.PROBE,
    "leaver_watch": Channel.LEAVER_WATCH,
    "audit": Channel.AUDIT,
}
#: What the rights gate says of each safeguard in force, in this order.
_OF_RIGHTS = ("step_down", "deprovisioning")
_RIGHTS_HELD = {
    Reason.BEFORE_STEP_DOWN,
    Reason.NOT_TOLD,
    Reason.BEFORE_CUT_OFF,
    Reason.TICKET_LOST,
    Reason.NOT_A_LEAVER,
    Reason.NOT_COVERED,
    Reason.OUT_OF_ORDER,
    Reason.LIST_STALE,
}
#: Differences smaller than this are rounding.
SOME = 1e-9

#: What each denial means to whoever reads it.
_DENIED: dict[Reason, str] = {
    Reason.RIGHT_STEPPED_DOWN: "the right had ended before",
    Reason.RIGHT_CUT_OFF: "access had been cut off",
    Reason.NOT_A_HOLDER: "not among the holders",
    Reason.DIALOG_STOPPED: "the dialog stopped it",
    Reason.LISTED_DENIED: "listed: denied",
    Reason.SENIOR_OBJECTED: "seniors objected",
    Reason.NO_REPORT: "no open report: denied",
    Reason.OVER_LIMIT: "over the limit: denied",
    Reason.EXECUTOR_OBJECTED: "the executor objected",
    Reason.REFUSED: "an approver refused",
    Reason.WATCHER_CANCELLED: "a watcher cancelled it",
    Reason.HOLDER_CANCELLED: "the holder objected",
}
_TIMED_OUT = {
    UNMANNED: "denied unseen, nobody on shift",
    UNSEEN: "denied unseen",
    UNDER_REVIEW: "denied while under review",
}
#: Shares of the stops from which a denial is named, and from which one that nobody decided is said
#: beside what decides the figure.
NAMED, SUBSTANTIAL = 0.05, 0.1


def why_nothing(
    scenario: Scenario, safeguards: Safeguards, own: Safeguards, nights: Nights
) -> tuple[str, str | None]:
    """The reason, and the source of the input behind it: one clause a safeguard of the policy.

    Where several safeguards have different reasons, each clause names its own.
    """
    of: defaultdict[str, list[str]] = defaultdict(list)
    sources: list[str] = []
    for name in type(safeguards).model_fields:
        given = getattr(safeguards, name)
        if given == getattr(own, name):
            continue
        if given is None:
            of["what it leaves out had no part in this incident"].append("")
            continue
        text, source = _clause(scenario, safeguards, name, nights)
        of[text].append(name.replace("_", " "))
        sources += [source] if source else []
    if not of:
        return "it has the same safeguards as the baseline", None
    clauses = [
        f"{' and '.join(names)}: {text}" if len(of) > 1 and any(names) else text for text, names in of.items()
    ]
    return "; ".join(clauses), ", ".join(dict.fromkeys(sources)) or None


def stopped_by(nights: Nights) -> tuple[StoppedBy, ...]:
    """What denied the actor on the evenings stopped, most often first: shares of those evenings.

    Where several of an evening's acts were denied, each denial counts for its part of the evening.
    """
    weights = np.where(nights.stopped, nights.weights, 0.0)
    if not weights.any():
        return ()
    weighed: defaultdict[tuple[Gate, Reason, str], float] = defaultdict(float)
    total = 0.0
    for denied, weight in zip(nights.denied, weights.tolist(), strict=False):
        if denied and weight > 0.0:
            total += weight
            for denial in denied:
                weighed[denial] += weight / len(denied)
    order = sorted(weighed, key=lambda denial: (-weighed[denial], denial))
    return tuple(
        StoppedBy(plain(gate), plain(reason), how, weighed[gate, reason, how] / total)
        for gate, reason, how in order
    )


def how_stopped(safeguards: Safeguards, found: Sequence[StoppedBy]) -> str | None:
    """In words what stopped it, from the gates' own answers; None where nothing did."""
    named = [each for each in found if each.share >= NAMED] or list(found[:1])
    parts = []
    for each in named:
        reason = Reason[each.reason.upper()]
        text = _DENIED.get(reason, each.reason.replace("_", " "))
        if reason is Reason.TIMED_OUT:
            text = _TIMED_OUT.get(each.how, _TIMED_OUT[UNSEEN])
            if safeguards.approval is not None:
                text += f": timed out after {text_of(safeguards.approval.time_out.value, 'duration')}"
        parts.append(f"{text} ({100 * each.share:.0f}%)" if len(named) > 1 else text)
    return "; ".join(parts) or None


def nobody_decided(found: Sequence[StoppedBy]) -> str | None:
    """What of the stops was a time-out and nobody's refusal, where that is substantial."""
    shares = dict.fromkeys(_TIMED_OUT, 0.0)
    for each in found:
        if each.reason == plain(Reason.TIMED_OUT):
            shares[each.how if each.how in shares else UNSEEN] += each.share
    total = sum(shares.values())
    if total <= SUBSTANTIAL:
        return None
    unseen = shares[UNSEEN] + shares[UNMANNED]
    told = "timed out unseen" if unseen > 0.5 * total else "timed out"
    if shares[UNMANNED] > 0.5 * total:
        told += ", nobody on shift"
    # 100 means every single one, as everywhere.
    share = ">99" if 0.995 <= total < 1.0 - SOME else f"{100 * total:.0f}"
    return f"{share}% of stops {told}"


def untold(pairs: Iterable[tuple[Nights, Nights]]) -> str | None:
    """Why no cause can be named: a policy and the baseline differ here and there, but not for sure.

    None where they have the same darkness on every evening; `pairs` has one entry a reading.
    """
    for nights, base in pairs:
        counts = nights.weights > 0.0
        for name in ("dark_minutes", "acts_dark", "content_lost"):
            there, here = (np.nan_to_num(table.column(name)[counts]) for table in (nights, base))
            if np.any(np.abs(there - here) > SOME):
                evenings = f"{nights.effective:,.0f} effective evenings"
                return f"what it changes cannot be told from nothing with {evenings}"
    return None


def _clause(scenario: Scenario, safeguards: Safeguards, name: str, nights: Nights) -> tuple[str, str | None]:
    several = scenario.incident is not None and bool(scenario.incident.further_acts)
    if name in _GATE_OF:
        said = _most_said(name, nights)
        if said is Reason.UNDER_LIMIT:
            return "the acts stayed under the limit" if several else "there was one act", None
        if said is Reason.BEFORE_CUT_OFF and _had_left(scenario):
            return "he had left, and would not have been cut off yet", _source(scenario, "leaves")
        if said is not None:
            text, backed_by = _BY_REASON.get(said, (plain(said), ""))
            return text, _source(scenario, backed_by)
    if name in _CHANNELS:
        return _channel(name, nights), None
    on_call = safeguards.on_call
    if name == "on_call" and on_call is not None and on_call.pick_up is not None:
        return "picking up was no quicker for it", None
    return {
        "least_privilege": "the actor kept the right",
        "lock_down": "the acts were over by then" if several else "there was one act, and it was over",
        "retention": "the account was back well within it",
        "on_call": "the first person paged was free",
        "undo_button": "restoring was no quicker for it",
        "automatic_restore": "the account was back before it",
    }.get(name, "it made no difference to this incident"), None


def _most_said(name: str, nights: Nights) -> Reason | None:
    """What the safeguard's gate said on most evenings; None if it said nothing."""
    weighed: defaultdict[Reason, float] = defaultdict(float)
    for world, weight in zip(nights.decided, nights.weights.tolist(), strict=True):
        for reason in _answers(name, world):
            weighed[reason] += weight
    return max(weighed, key=lambda reason: weighed[reason], default=None)


def _answers(name: str, world: Sequence[tuple[Gate, Reason]]) -> list[Reason]:
    """What a safeguard's gate said on one evening."""
    # An actor who has been found is turned away whatever the policy.
    at = _GATE_OF[name]
    said: list[Reason] = [reason for gate, reason in world if gate == at and reason != Reason.CONTAINED]
    if name not in _OF_RIGHTS:
        return said
    held = [reason for reason in said if reason in _RIGHTS_HELD]
    return held[:1] if name == _OF_RIGHTS[0] else held[-1:]


def _channel(name: str, nights: Nights) -> str:
    """Why a channel that was added made no difference."""
    what, weights = name.replace("_", " "), nights.weights
    notices = float(weights[~np.isnan(nights.column(f"notice_{name}"))].sum())
    first = float(weights[nights.column("word_by") == float(_CHANNELS[name])].sum())
    if first > 0.0:
        return f"the first word came from the {what}, and nothing went faster for it"
    if notices == 0.0:
        return f"the {what} never came to it before the account was back"
    if notices < 0.5 * float(weights.sum()):
        return f"on most evenings the account was back before the {what} came to it, else word had come"
    return "word had already come by then"


def _had_left(scenario: Scenario) -> bool:
    return scenario.incident is not None and scenario.incident.actor.left_before_act is not None


def _source(scenario: Scenario, what: str) -> str | None:
    incident = scenario.incident
    if incident is None:
        return None
    if what == "leaves" and incident.actor.away is not None:
        return source_text(scenario, incident.actor.away.sources) or None
    if what == "open_report":
        return source_text(scenario, incident.actor.open_report.sources) or None
    return None
