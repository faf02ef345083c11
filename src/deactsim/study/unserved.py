"""Honest work that is refused: what share of the requests a gate covers it denies or does not answer in time, and why.

A share is counted in simulated weeks (`counted`), or worked out before anything is simulated (`expected`): over a week
by the clock as a fluid, where requests wait for whoever comes on shift and leave when their time is up, and by chance
as the queue M/M/c with deterministic patience (`stats.reneging`), whichever is more.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from ..model import lengths
from ..model.lengths import Length
from ..model.plan import ApprovalPlan, Control, Plan, Windows
from ..model.shifts import DAY, spans
from ..model.world import HOUR, WEEK, mean_times
from ..stats import batches, reneging
from ..stats.weighted import Array
from .results import Refused
from .settling import Flow, flows

if TYPE_CHECKING:
    from .friction import Weeks

#: A larger share of honest requests that are denied or not answered in time is never said in passing.
MUCH = 0.05
#: The fluid is followed in steps of five minutes from a Monday on, away from any change of clocks.
STEP, MONDAY = HOUR // 12, 4 * DAY
STEPS = WEEK // STEP
#: So many weeks at the most: then the backlog of any week is the next one's.
MOST_WEEKS = 5
#: A length is looked at in so many equally likely places.
PLACES = 64


def expected(plan: Plan) -> Refused | None:
    """What a plan refuses, from means and shifts; None where it is no more than `MUCH`."""
    found = dict[str, float]()
    given = plan.safeguards
    if given.protected_list is not None and given.protected_list.senior is None:
        found["list"] = float(_reached(plan, given.protected_list.control) > 0.0)
    if given.rate_limit is not None and not given.rate_limit.holds:
        found["limit"] = _over_the_limit(plan)
    if given.approval is not None:
        found["approval"] = _not_in_time(plan, given.approval)
    return _worst(plan, found, "about ")


def counted(plan: Plan, weeks: Weeks) -> Refused | None:
    """What a plan refuses in simulated weeks; None where it is no more than `MUCH`."""
    found, given = dict[str, float](), plan.safeguards
    widths = dict[str, str]()
    for gate, safeguard, name in (
        ("list", given.protected_list, "denied_at_list"),
        ("limit", given.rate_limit, "denied_at_limit"),
        ("approval", given.approval, "timed_out"),
    ):
        refused = weeks.values[name]
        if safeguard is None or not refused.any():
            continue
        # All that approval covers are asked for, unless they pass as nobody is on shift: then, and of what other gates
        # let pass, it is known how many are meant to be covered.
        covered = weeks.values["actions"] * _reached(plan, safeguard.control)
        if gate == "approval" and given.approval is not None and not given.approval.break_glass:
            covered = weeks.values["asked"]
        some = covered > 0.0
        interval = batches.mean_interval(refused[some] / covered[some], covered[some], weeks.batch[some])
        found[gate] = min(1.0, interval.mean)
        if interval.high - interval.low > 0.02:
            low, high = max(0.0, interval.low), min(1.0, interval.high)
            widths[gate] = f" ({100 * low:.0f} to {100 * high:.0f})"
    return _worst(plan, found, "", widths)


def _worst(
    plan: Plan, found: Mapping[str, float], about: str, widths: Mapping[str, str] | None = None
) -> Refused | None:
    gate = max(found, key=lambda each: found[each], default=None)
    if gate is None or found[gate] <= MUCH:
        return None
    share, width = found[gate], (widths or {}).get(gate, "")
    some = "all" if share > 0.995 else f"{about}{100 * share:.0f} %{width} of the"
    who = f"{some} honest requests it covers are"
    short = f"{about}{100 * share:.0f} % of requests"
    if gate == "list":
        return Refused(share, f"{short} denied", f"{who} denied: the protected list lets none pass")
    if gate == "limit":
        return Refused(share, f"{short} denied", f"{who} denied by the rate limit")
    approval = plan.safeguards.approval
    assert approval is not None  # noqa: S101 - it has refused them
    then = "let through unseen" if approval.lets_through else "denied"
    said = f"{who} not approved in time ({_length(approval.time_out)}), and {then}: {_why(plan, approval)}"
    return Refused(share, f"{short} {then}", said)


def _length(time: int) -> str:
    for name, unit in (("days", DAY), ("h", HOUR), ("min", HOUR // 60)):
        if time >= 2 * unit or (time == unit and name != "days"):
            return f"{time / unit:g} {name}"
    return f"{time / 1e6:g} s"


def _why(plan: Plan, approval: ApprovalPlan) -> str:
    """Why requests are not approved in time."""
    reasons = []
    for place in dict.fromkeys(approval.slots):
        team, mine = plan.teams[place], [flow for flow in flows(plan) if flow.team == place]
        load = _load(plan, place, mine)
        if not team.headcount or not _on_shift(team.windows).any():
            reasons.append(f"nobody in {team.name} is ever on shift")
            continue
        away = 0.0 if approval.break_glass else _away(team.windows, mine, approval.time_out)
        if away > MUCH / 2.0:
            reasons.append(
                f"nobody in {team.name} is on shift, nor will be in time, when {100 * away:.0f} % of them come"
            )
        if load >= 1.0:
            reasons.append(f"{team.name} is asked for {load:.0%} of what it can do")
    if not reasons:
        names = " and ".join(dict.fromkeys(plan.teams[place].name for place in approval.slots))
        review = lengths.mean(approval.review) * len(approval.slots)
        slow = "reviews alone take about as long" if review > approval.time_out / 2.0 else "in bursts"
        reasons.append(f"{names} cannot answer them all within that, {slow}")
    return "; ".join(reasons)


# -- what is covered -----------------------------------------------------------------------


def _streams(plan: Plan) -> Iterator[tuple[float, tuple[None, str, str, str, str]]]:
    """Honest actions a microsecond of each stream by each of its teams, and what a safeguard may cover of them."""
    for stream in plan.streams:
        able = [plan.teams[place] for place in stream.teams]
        hours = [min(team.holders, team.headcount) * float(_on_shift(team.windows).sum()) for team in able]
        rate = stream.per_microsecond * mean_times(stream.busy) * stream.actioned
        for team, tool, each in zip(able, stream.tools, hours, strict=True):
            if each > 0.0:
                share = each / sum(hours)
                yield rate * share, (None, stream.tier, stream.command, team.name, tool)


def _reached(plan: Plan, control: Control) -> float:
    """The share of honest actions that a safeguard covers."""
    rates = [(rate, control.reaches(*where)) for rate, where in _streams(plan)]
    total = sum(rate for rate, _ in rates)
    reached = sum(rate for rate, is_reached in rates if is_reached)
    return control.covers * (1.0 - control.outage) * reached / total if total > 0.0 else 0.0


# -- approval ------------------------------------------------------------------------------


def _not_in_time(plan: Plan, approval: ApprovalPlan) -> float:
    """The share of requests that approvers do not answer in time: that of the team that answers fewest."""
    reviews = len(approval.slots) * lengths.mean(approval.review)
    found = [0.0]
    for place in dict.fromkeys(approval.slots):
        team, mine = plan.teams[place], [flow for flow in flows(plan) if flow.team == place]
        on = _on_shift(team.windows)
        asked = [flow for flow in mine if flow.patience < np.inf]
        rate = sum(float(flow.rate.mean()) for flow in asked)
        if rate == 0.0:
            continue  # nobody asks them
        if team.headcount == 0 or not on.any():
            return 0.0 if approval.break_glass else 1.0
        found.append(_left(team.headcount, on, mine, max(0.0, approval.time_out - reviews)))
        found.append(
            reneging.unanswered(
                sum(float(flow.rate.mean()) for flow in mine) / float(on.mean()),
                _places(approval.review, len(approval.slots)),
                team.headcount,
                float(approval.time_out),
            )
        )
    return max(found)


def _places(length: Length, times: int) -> list[float]:
    return [times * lengths.quantile(length, (place + 0.5) / PLACES) for place in range(PLACES)]


def _load(plan: Plan, place: int, mine: Sequence[Flow]) -> float:
    """Work offered to a team over what its people on shift can do."""
    people = plan.teams[place].headcount * float(_on_shift(plan.teams[place].windows).mean())
    work = sum(float(flow.rate.mean()) * flow.mean for flow in mine)
    return work / people if people > 0.0 else np.inf


def _left(people: int, on: Array, mine: Sequence[Flow], limit: float) -> float:
    """The share of requests that leave a queue, as a fluid, when they have waited for `limit` (microseconds).

    Work that cannot leave, such as reports, waits in the same line.
    """
    patient, leaving = (
        sum((np.repeat(flow.rate, 12) * flow.mean * STEP for flow in some), np.zeros(STEPS))
        for some in (
            [flow for flow in mine if flow.patience == np.inf],
            [flow for flow in mine if flow.patience < np.inf],
        )
    )
    weeks = int(min(MOST_WEEKS, 2 + limit // WEEK))
    line: deque[list[float]] = deque()
    lost, steps = 0.0, weeks * STEPS
    for step in range(steps):
        at = step % STEPS
        line.append([step, leaving[at], patient[at]])
        able = people * on[at] * STEP
        while line:
            came, may_leave, stays = line[0]
            if (step - came) * STEP > limit and may_leave > 0.0:
                lost += may_leave if step >= steps - STEPS else 0.0
                line[0][1] = may_leave = 0.0
            if may_leave + stays > able:
                part = able / (may_leave + stays)
                line[0][1:] = [may_leave * (1.0 - part), stays * (1.0 - part)]
                break
            able -= may_leave + stays
            line.popleft()
    return float(min(1.0, lost / leaving.sum()))


def _away(windows: Windows, mine: Sequence[Flow], time_out: int) -> float:
    """The share of requests that come when nobody is on shift for longer than the time-out."""
    rate = sum((np.repeat(flow.rate, 12) for flow in mine if flow.patience < np.inf), np.zeros(STEPS))
    nobody = np.ones(STEPS, dtype=bool)
    for on, off in spans(windows, MONDAY, MONDAY + 2 * WEEK + time_out):
        # Whoever comes later than the time-out before the shift is still there when it begins.
        first, last = (max(0, on - time_out - MONDAY) // STEP, max(0, off - MONDAY) // STEP)
        nobody[first:last] = False
    return float(rate[nobody].sum() / rate.sum()) if rate.any() else 0.0


@lru_cache(maxsize=1024)
def _on_shift(windows: Windows) -> Array:
    """The share of each five minutes of the week that is on shift, (2016,)."""
    found = np.zeros(STEPS)
    for on, off in spans(windows, MONDAY, MONDAY + WEEK):
        for step in range(max(0, (on - MONDAY) // STEP), min(STEPS, -(-(off - MONDAY) // STEP))):
            begin = MONDAY + step * STEP
            found[step] += (min(off, begin + STEP) - max(on, begin)) / STEP
    return found


# -- rate limit ----------------------------------------------------------------------------


def _over_the_limit(plan: Plan) -> float:
    """The share of actions that a rate limit denies.

    A denied action takes no place in the window: that is Erlang's loss system, whose servers are the places.
    """
    limit = plan.safeguards.rate_limit
    assert limit is not None  # noqa: S101 - asked for only where there is one
    asked = denied = 0.0
    for rates in _agents(plan, limit.control).values():
        asked += sum(rates)
        denied += sum(rate * reneging.lost(rate * limit.window, limit.actions) for rate in rates)
    return limit.control.covers * denied / asked if asked > 0.0 else 0.0


def held_without_end(plan: Plan) -> dict[str, float]:
    """Teams of whom somebody asks for more than a rate limit that holds ever lets through, and how many times that."""
    limit = plan.safeguards.rate_limit
    if limit is None or not limit.holds:
        return {}
    found = {
        team: max(rates) * limit.window / limit.actions
        for team, rates in _agents(plan, limit.control).items()
    }
    return {team: load for team, load in found.items() if load >= 1.0}


def _agents(plan: Plan, control: Control) -> dict[str, list[float]]:
    """Actions a microsecond, of those that a safeguard covers, by each holder of each team, over the whole week.

    The first of those who are idle takes a report, so that what an agent does is the difference of two loss formulas.
    """
    found = {}
    for place, team in enumerate(plan.teams):
        mine = [flow for flow in flows(plan) if flow.reports and flow.team == place]
        on = float(_on_shift(team.windows).mean())
        acts = sum(
            rate for rate, where in _streams(plan) if where[3] == team.name and control.reaches(*where)
        )
        if acts == 0.0 or on == 0.0:
            continue
        work = max(sum(float(flow.rate.mean()) * flow.mean for flow in mine) / on, 1e-9)
        busy, carried = 1.0, [0.0]
        for people in range(1, min(team.holders, team.headcount) + 1):
            busy = work * busy / (people + work * busy)  # Erlang's loss formula for one more
            carried.append(work * (1.0 - busy))
        found[team.name] = [acts * (more - less) / carried[-1] for less, more in pairwise(carried)]
    return found
