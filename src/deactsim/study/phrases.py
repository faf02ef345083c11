"""What inputs and their values are called beside a figure."""

from __future__ import annotations

from typing import Any

from ..model import lengths
from ..scenario.quantities import text_of
from ..scenario.stated import Distribution

#: What an input is called beside a figure (`{}` is its value), and by itself.
PHRASES = {
    "protected_list.covers": ("list covers {}", "the list's coverage"),
    "protected_list.catches": ("seniors catch {}", "what seniors catch"),
    "protected_list.handling": ("seniors take {}", "the time seniors take"),
    "approval.catches": ("review catches {}", "what review catches"),
    "approval.stamps": ("unread approvals {}", "the share of unread approvals"),
    "approval.stamps_per_queued": (
        "unread approvals {} more a request waiting",
        "what a queue does to review",
    ),
    "approval.review": ("review takes {}", "the time a review takes"),
    "approval.time_out": ("time-out after {}", "the time-out"),
    "just_in_time.takes": ("grant takes {}", "the time a grant takes"),
    "just_in_time.lasts": ("grant lasts {}", "the time a grant lasts"),
    "least_privilege.holders": ("{} holders", "the number of holders"),
    "step_down.told_in_time": ("told in time {}", "the share told in time"),
    "step_down.rechecked": ("looked at again: {}", "whether step-down is looked at again"),
    "step_down.before_last_shift": ("step-down {} ahead", "the lead of step-down"),
    "deprovisioning.lag": ("cut off after {}", "the lag of the cut-off"),
    "deprovisioning.rechecked": ("looked at again: {}", "whether the cut-off is looked at again"),
    "deprovisioning.vendor_lag": ("vendor takes {}", "the vendor's lag"),
    "deprovisioning.session_tail": ("session lasts {}", "how long a session lasts"),
    "deprovisioning.lost": ("lost tickets {}", "the share of lost tickets"),
    "separation_of_duties.catches": ("executor catches {}", "what the executor catches"),
    "separation_of_duties.takes": ("executing takes {}", "the time executing takes"),
    "confirm.stops_misidentified": ("dialog stops {}", "what the dialog stops"),
    "confirm.stops_slips": ("dialog stops {}", "what the dialog stops"),
    "confirm.stops_unexpecting": ("dialog stops {}", "what the dialog stops"),
    "confirm.habit": ("unread dialogs {}", "the share of unread dialogs"),
    "confirm.takes": ("dialog takes {}", "the time the dialog takes"),
    "cooling_off.watched": ("holds watched {}", "the share of holds watched"),
    "cooling_off.for": ("held for {}", "the hold"),
    "cooling_off.notices": ("watcher needs {}", "the time a watcher needs"),
    "cooling_off.holder_told": ("holder told: {}", "whether the holder is told"),
    "rate_limit.per_agent": ("limit {}", "the limit"),
    "alert.recall": ("alert sees {}", "what the alert sees"),
    "alert.ignored": ("ignored alerts {}", "the share of ignored alerts"),
    "alert.after": ("alert after {}", "the alert's delay"),
    "probe.every": ("probe every {}", "the time between probes"),
    "probe.recall": ("probe sees {}", "what a probe sees"),
    "leaver_watch.after": ("watch after {}", "the delay of the leaver watch"),
    "leaver_watch.recall": ("watch sees {}", "what the leaver watch sees"),
    "leaver_watch.before_last_shift": ("watched {} ahead", "the lead of the leaver watch"),
    "audit.every": ("audit every {}", "the time between audits"),
    "audit.sample": ("audit samples {}", "the audit's sample"),
    "audit.recall": ("audit sees {}", "what the audit sees"),
    "undo_button.restore": ("button takes {}", "the button's time"),
    "on_call.headcount": ("{} on call", "the number on call"),
    "on_call.pick_up": ("quick pick-up {}", "the quicker pick-up"),
    "automatic_restore.after": ("watchdog after {}", "the watchdog's delay"),
    "lock_down.after": ("freeze after {}", "the delay of the freeze"),
    "lock_down.for": ("freeze for {}", "the length of the freeze"),
    "works": ("works {} of the time", "the share of time in order"),
    "covers": ("covers {}", "its coverage"),
    "incident.actor.among_holders": (
        "among the holders {}",
        "the chance that the actor is among the holders",
    ),
    "incident.actor.open_report": ("open report: {}", "whether there was a report"),
    "incident.actor.leaves.after_act": ("hour of leaving", "the time from act to leaving"),
    "incident.actor.left_before_act": ("gone for {}", "the time from leaving to act"),
    "detection.word_reaches_platform.delay": ("word takes {}", "the time word takes"),
    "detection.public.delay": ("public takes {}", "the time the public takes"),
    "detection.public.chance": ("public sees {}", "the chance that the public sees it"),
    "detection.public.at_followers": (
        "public's time holds at {}",
        "the audience at which the public's time holds",
    ),
    "detection.public.also.median": ("smaller public takes {}", "the time a smaller public takes"),
    "detection.public.also.at_followers": ("smaller public of {}", "the audience of the smaller public"),
    "detection.colleague.chance": ("colleague sees {}", "the chance that a colleague sees it"),
    "detection.colleague.delay": ("colleague takes {}", "the time a colleague takes"),
    "detection.holder.chance": ("holder sees {}", "the chance that the holder sees it"),
    "detection.holder.delay": ("holder takes {}", "the time the holder takes"),
    "detection.actor.chance": ("actor sees {}", "the chance that the actor sees it"),
    "detection.actor.delay": ("actor takes {}", "the time the actor takes"),
    "detection.actor.undoes": ("actor undoes it: {}", "whether the actor undoes it"),
    "response.pick_up": ("pick-up takes {}", "the time to pick up"),
    "response.find_cause": ("finding takes {}", "the time to find the cause"),
    "response.authorise": ("authorising takes {}", "the time to authorise"),
    "response.restore": ("restoring takes {}", "the time to restore"),
}


def phrase(path: str, value: Any, kind: str) -> str:
    """An input with its value, as said beside a figure: `review catches 90%`."""
    return _phrases(path)[0].format(short_text(value, kind))


def noun(path: str) -> str:
    """An input by itself: `what review catches`."""
    return _phrases(path)[1]


def _phrases(path: str) -> tuple[str, str]:
    """The phrases of the longest suffix that fits, else words made of the path."""
    fitting = [name for name in PHRASES if path == name or path.endswith("." + name)]
    if fitting:
        return PHRASES[max(fitting, key=len)]
    # Names in a file may hold braces, which `format` must not take for a place.
    first, *rest = path.replace("{", "(").replace("}", ")").split(".")
    named, last = ".".join(rest[:-1]), " ".join((first, *rest)[-2:]).replace("_", " ")
    if first == "teams":
        return f"{{}} people in {named}", f"the number of people in {named}"
    if first == "reports":
        return f"{named} reports {{}}", f"the rate of {named} reports"
    if first == "platform":
        words = {
            "lag": ("effect after {}", "the command's lag"),
            "followers": ("{} followers", "the audience"),
        }
        return words.get(rest[-1], (f"{last} {{}}", last))
    return f"{last} {{}}", last


def short_text(value: Any, kind: str) -> str:
    """A value in a few characters; a distribution by its middle."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Distribution):
        return text_of(_whole(middle_of(value)), "duration")
    return text_of(value, kind)


def middle_of(value: Distribution) -> float:
    """The middle of a distribution as it is written, in microseconds; else its median."""
    given = dict(value.parameters)
    stated = (given[name] for name in ("value", "median", "mean", "mode") if name in given)
    middle = next(stated, None)
    return lengths.quantile(lengths.length_of(value), 0.5) if middle is None else middle


def _whole(microseconds: float) -> int:
    """A length of some minutes to the second, as people say it."""
    return round(microseconds / 1e6) * 1_000_000 if microseconds > 10e6 else round(microseconds)
