"""Rights that end while an action is held: where they are looked at again it may not take effect."""

from __future__ import annotations

from ..plan import DeprovisioningPlan, StepDownPlan
from ..states import Event, Reason
from ..streams import Purpose, team_of_agent
from .book import Book, Found, Subject

#: Later than any run.
NEVER = 1 << 61


def rechecked(book: Book, subject: Subject) -> Found:
    """No actor's act takes effect after a right has ended that is looked at again, and none is stopped before."""
    incident, given = book.incident_of(subject.id), book.plan.safeguards
    leaves = book.world.leaving(incident) if incident is not None else None
    if leaves is None:
        return
    for reason, safeguard in (
        (Reason.RIGHT_STEPPED_DOWN, given.step_down),
        (Reason.RIGHT_CUT_OFF, given.deprovisioning),
    ):
        if safeguard is None:
            continue
        ends = leaves + _after_leaving(book, subject, safeguard)
        for number, row in book.of[subject.id]:
            took = row.event == Event.TOOK_EFFECT and safeguard.rechecked
            stopped = row.event == Event.GATE_DENIED and row.reason == reason
            if not (took or stopped):
                continue
            is_lost = (
                ends <= row.time
                and subject.within(safeguard.control)
                and book.world.in_order(safeguard.control, row.time)
                and book.world.covered(safeguard.control, subject.agent, row.time)
            )
            if took and is_lost:
                yield book.says(number, "takes effect although its actor has lost the right meanwhile")
            if stopped and not is_lost:
                yield book.says(number, "is stopped although the right has not ended")


def _after_leaving(book: Book, subject: Subject, safeguard: StepDownPlan | DeprovisioningPlan) -> int:
    """When the right ends, counted from the end of the last shift."""
    world, agent = book.world, subject.agent
    if isinstance(safeguard, StepDownPlan):
        return -safeguard.before if world.draw(agent, Purpose.TOLD) < safeguard.told else NEVER
    if world.draw(agent, Purpose.TICKET_LOST) < safeguard.lost:
        return NEVER
    contractor = book.teams[team_of_agent(agent)].contractor
    return (
        world.length(agent, Purpose.CUT_OFF_LAG, 0, safeguard.lag)
        + (world.length(agent, Purpose.VENDOR_LAG, 0, safeguard.vendor_lag) if contractor else 0)
        + world.length(agent, Purpose.SESSION_TAIL, 0, safeguard.session_tail)
    )
