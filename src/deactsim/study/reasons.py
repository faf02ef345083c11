"""Why a policy changed nothing that night: read from what its gates and channels did."""

from __future__ import annotations

from collections import Counter

import numpy as np

from ..model.states import Gate, Reason, plain
from ..scenario.safeguards import Safeguards
from ..scenario.schema import Scenario
from .facts import source_text
from .nights import Nights

#: What each gate's answer means, and the input whose source backs it.
_BY_REASON: dict[Reason, tuple[str, str]] = {
    Reason.BEFORE_CUT_OFF: ("the act came before the last shift ended", "leaves"),
    Reason.BEFORE_STEP_DOWN: ("the act came before the step-down", "leaves"),
    Reason.NOT_TOLD: ("nobody was told of the leaving in time", ""),
    Reason.TICKET_LOST: ("the cut-off was never carried out", ""),
    Reason.NOT_A_LEAVER: ("the actor was not leaving", ""),
    Reason.RIGHT_HELD: ("the actor kept the right", ""),
    Reason.REPORT_OPEN: ("there was a report", "open_report"),
    Reason.UNDER_LIMIT: ("there was one act", ""),
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
    Reason.SENIOR_PASSED: ("the senior team saw nothing wrong", ""),
    Reason.EXECUTOR_PASSED: ("the executing team saw nothing wrong", ""),
    Reason.NOBODY_WATCHED: ("nobody was watching", ""),
    Reason.COOLED_OFF: ("nobody objected in time", ""),
}
_GATE_OF = {
    "least_privilege": Gate.RIGHTS,
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
_CHANNELS = ("alert", "probe", "leaver_watch", "audit")


def why_nothing(
    scenario: Scenario, safeguards: Safeguards, own: Safeguards, nights: Nights
) -> tuple[str, str | None]:
    """The reason, and the source of the input behind it: one clause a safeguard of the policy."""
    clauses: dict[str, str | None] = {}
    for name in type(safeguards).model_fields:
        if getattr(safeguards, name) == getattr(own, name):
            continue
        if getattr(safeguards, name) is None:
            clauses.setdefault("what it leaves out had no part in this incident", None)
            continue
        text, source = _clause(scenario, name, nights)
        clauses.setdefault(text, source)
    if not clauses:
        return "it has the same safeguards as the baseline", None
    sources = [source for source in clauses.values() if source]
    return "; ".join(clauses), ", ".join(dict.fromkeys(sources)) or None


def _clause(scenario: Scenario, name: str, nights: Nights) -> tuple[str, str | None]:
    gate = _GATE_OF.get(name)
    if gate is not None:
        said = Counter(reason for world in nights.decided for g, reason in world if g == gate)
        if said:
            text, backed_by = _BY_REASON.get(
                said.most_common(1)[0][0], (plain(said.most_common(1)[0][0]), "")
            )
            return text, _source(scenario, backed_by)
    if name in _CHANNELS:
        notices = nights.column(f"notice_{name}")
        if np.isnan(notices).all():
            return f"the {name.replace('_', ' ')} never came to it before the account was back", None
        return "word had already come by then", None
    if name == "lock_down":
        return "there was one act, and it was over", None
    if name == "retention":
        return "the account was back well within it", None
    if name == "on_call":
        return "the first person paged was free", None
    return "it made no difference to this incident", None


def _source(scenario: Scenario, what: str) -> str | None:
    incident = scenario.incident
    if incident is None:
        return None
    if what == "leaves" and incident.actor.leaves is not None:
        return source_text(scenario, incident.actor.leaves.after_act.sources) or None
    if what == "open_report":
        return source_text(scenario, incident.actor.open_report.sources) or None
    return None
