"""Figures of a forecast that its table and its charts both need, and their words."""

from __future__ import annotations

from collections.abc import Sequence

from ..model.compile import compile_plan
from ..study.forecast_results import ALL_ALIKE, HARDLY, CauseResult, ExceedancePoint, Forecast, ForecastPolicy
from ..study.friction import wages_of
from ..study.results import Estimate
from .wording import and_list, is_known, minutes, number, percent, plural

DASH = "-"
"""What cannot be said."""
NOT_COMPOSED = "a cause too frequent to be followed one by one matters only now and then"
"""Why nothing is said of single years."""
CHANCES = (0.5, 0.2, 0.1, 0.05, 0.01, 0.001)
"""Chances for which it may be said what a year exceeds, the likely ones first."""
COLOURED = 5
"""Policies beside the baseline that a chart shows in colours of their own."""
HOURS_A_SHIFT = 8
HOURLY = ("approver_hours", "responder_hours")
BURDENS = (
    "held", "minutes_held", "urgent_held", "denied", "rerouted", "report_wait", "approver_hours",
    "responder_hours", "false_alarms", "wrongly_undone", "agent_days_lost",
)  # fmt: skip
"""Measures of the usual week of which less is better."""


def baseline_of(forecast: Forecast) -> ForecastPolicy | None:
    """The scenario's own policy, if it is among the results."""
    return next((policy for policy in forecast.policies if policy.name == forecast.baseline), None)


def others(forecast: Forecast) -> list[ForecastPolicy]:
    """The policies apart from the baseline, as the scenario has them."""
    return [policy for policy in forecast.policies if policy.name != forecast.baseline]


def dark(policy: ForecastPolicy) -> Estimate | None:
    """Minutes dark a year."""
    return policy.yearly.get("dark_minutes")


def mean_of(policy: ForecastPolicy, measure: str) -> float:
    """The mean of a measure of a year; 0 where it is not there."""
    found = policy.yearly.get(measure)
    return 0.0 if found is None else found.mean


def guarded_share(forecast: Forecast) -> float | None:
    """The share of the baseline's minutes dark that protected accounts have; None where there are none."""
    own = baseline_of(forecast)
    if own is None or mean_of(own, "dark_minutes") <= 0:
        return None
    return mean_of(own, "protected_minutes") / mean_of(own, "dark_minutes")


def exposure_of(forecast: Forecast) -> str:
    """The measure by which policies are to be told apart: all minutes dark, or those of protected accounts.

    Where frequent errors on ordinary accounts bring nearly all of them, policies that guard the protected
    ones look alike in all minutes dark.
    """
    saved = {measure: _most_saved(forecast, measure) for measure in ("dark_minutes", "protected_minutes")}
    alike = saved["dark_minutes"] < ALL_ALIKE <= saved["protected_minutes"]
    return "protected_minutes" if alike else "dark_minutes"


def _most_saved(forecast: Forecast, measure: str) -> float:
    """The largest share of the baseline's mean that a policy takes off."""
    own = baseline_of(forecast)
    before = 0.0 if own is None else mean_of(own, measure)
    if before <= 0:
        return 0.0
    return max((1 - mean_of(policy, measure) / before for policy in others(forecast)), default=0.0)


def unseen(forecast: Forecast) -> list[CauseResult]:
    """Causes that have a rate and never occurred in the simulation: what they bring is in no figure."""
    return [cause for cause in forecast.causes if cause.per_year > 0 and cause.simulated == 0]


def missing_wages(forecast: Forecast) -> dict[str, list[str]]:
    """Teams without a wage, and the policies whose cost cannot be said for want of it."""
    settings = forecast.scenario.forecast
    if settings is None or not settings.wages:
        return {}
    everybody = dict.fromkeys(forecast.scenario.teams, 1.0)
    found: dict[str, list[str]] = {}
    for policy in forecast.policies:
        if policy.cost is not None or policy.unstable is not None:
            continue
        plan = compile_plan(forecast.scenario, policy.name, None)
        for team in everybody:
            given = {name: wage for name, wage in everybody.items() if name != team}
            if team not in settings.wages and wages_of(plan, given) is None:
                found.setdefault(team, []).append(policy.name)
    return found


def took_effect(policy: ForecastPolicy) -> float | None:
    """Wrongful actions a year that were neither denied nor cancelled."""
    asked, stopped = policy.yearly.get("asked"), policy.yearly.get("stopped")
    return None if asked is None else max(0.0, asked.mean - (0.0 if stopped is None else stopped.mean))


def shares_of_minutes(policy: ForecastPolicy | None) -> dict[str, float]:
    """Cause to its share of the minutes dark; nothing where there are none."""
    if policy is None:
        return {}
    found = {
        name: each["dark_minutes"].mean for name, each in policy.by_cause.items() if "dark_minutes" in each
    }
    total = sum(found.values())
    return {name: value / total for name, value in found.items()} if total > 0 else {}


def at_minutes(points: Sequence[ExceedancePoint], wanted: float) -> Estimate | None:
    """The chance to exceed so many minutes, read off the curve; None outside of it."""
    if not points or wanted < points[0].minutes or wanted > points[-1].minutes:
        return None
    before = points[0]
    for after in points:
        if wanted <= after.minutes:
            part = (
                1.0
                if after.minutes == before.minutes
                else (wanted - before.minutes) / (after.minutes - before.minutes)
            )
            mean, low, high = (
                getattr(before, name) + part * (getattr(after, name) - getattr(before, name))
                for name in ("share", "low", "high")
            )
            return Estimate(mean, low, high, "share")
        before = after
    return None


def crossed(forecast: Forecast) -> bool:
    """Whether one account is said to exceed the appetite more often than all together, which cannot be but by error."""
    return any(
        is_known(policy.headline.mean)
        and (there := at_minutes(policy.exceedance, forecast.appetite)) is not None
        and there.mean < policy.headline.mean
        and chance_text(there.mean) != chance_text(policy.headline.mean)
        for policy in forecast.policies
    )


def exceeded(points: Sequence[ExceedancePoint], chance: float) -> Estimate | None:
    """The minutes that a year exceeds with a chance, read off the curve and its band.

    None where the curve does not reach so low, and where the simulation cannot tell.
    """
    found = [_crossing(points, chance, name) for name in ("share", "low", "high")]
    mean, low, high = found
    if mean is None or low is None or high is None:
        return None
    return Estimate(mean, low, high, "min")


def _crossing(points: Sequence[ExceedancePoint], chance: float, name: str) -> float | None:
    """Where one line of the curve falls to a chance; 0 where it begins below it."""
    if not points:
        return None
    before = points[0]
    if getattr(before, name) <= chance:
        return 0.0
    for after in points[1:]:
        above, below = getattr(before, name), getattr(after, name)
        if below <= chance:
            return float(
                before.minutes + (above - chance) / (above - below) * (after.minutes - before.minutes)
            )
        before = after
    return None


def minutes_of(measure: str) -> str:
    """What is counted: `minutes dark a year`, of protected accounts or of all."""
    return "minutes dark a year" + (" of protected accounts" if measure == "protected_minutes" else "")


def chances(forecast: Forecast) -> list[tuple[float, list[Estimate | None]]]:
    """Chances that say something of some policy, each with the minutes under every policy."""
    found = []
    for chance in CHANCES:
        row = [exceeded(policy.exceedance, chance) for policy in forecast.policies]
        if any(each is not None and each.mean > 0 for each in row):
            found.append((chance, row))
    return found


def staff_hours(policy: ForecastPolicy) -> float:
    """Hours a week that people spend on a policy: reviews, false alarms, shifts without the right."""
    spent = sum(policy.friction[name].mean for name in HOURLY if name in policy.friction)
    lost = policy.friction.get("agent_days_lost")
    return spent + (0.0 if lost is None else HOURS_A_SHIFT * lost.mean)


def hours_waited(policy: ForecastPolicy) -> float:
    """Hours a week that honest actions wait for a safeguard, all together."""
    held, each = policy.friction.get("held"), policy.friction.get("minutes_held")
    return 0.0 if held is None or each is None else held.mean * each.mean / 60


def dominated_by(policy: ForecastPolicy, forecast: Forecast) -> ForecastPolicy | None:
    """The best policy that leaves no more minutes dark, of protected accounts either, and burdens honest work no more.

    Minutes or a burden are clearly less, by more than the simulation error; minutes in the same years.
    """
    for other in sorted(forecast.policies, key=lambda each: _merit(each, "dark_minutes")):
        if other is policy or not other.copes:
            continue
        if _no_worse(other, policy) and _clearly_less(other, policy):
            return other
    return None


def _no_worse(one: ForecastPolicy, two: ForecastPolicy) -> bool:
    """Whether a policy leaves no more dark than another, of protected accounts either, and burdens no more."""
    if dark(one) is None or dark(two) is None:
        return False
    if any(mean_of(one, name) > mean_of(two, name) for name in ("dark_minutes", "protected_minutes")):
        return False
    # What waits without end has no mean to compare: it is more than any.
    return not two.copes or all(less.mean <= more.mean for less, more in _burdens(one, two))


def _clearly_less(one: ForecastPolicy, two: ForecastPolicy) -> bool:
    """Whether minutes dark in the same years, or a burden, are less by more than the simulation error."""
    paired = two.ahead.get(one.name)
    return (
        not two.copes
        or (paired is not None and paired.low > 0)
        or any(less.high < more.low for less, more in _burdens(one, two))
    )


def _burdens(one: ForecastPolicy, two: ForecastPolicy) -> list[tuple[Estimate, Estimate]]:
    """What can be compared of what honest work pays under two policies."""
    none = Estimate(0.0, 0.0, 0.0, "")
    pairs = [(one.friction.get(name, none), two.friction.get(name, none)) for name in BURDENS]
    if one.cost is not None and two.cost is not None:
        pairs.append((one.cost, two.cost))
    return pairs


def places(forecast: Forecast) -> dict[str, int | None]:
    """Policy to its place in the palette: 0 the baseline, the best after it (see `_by_merit`), None for the rest.

    Of policies that leave the same only the first gets a place, so that no colour is wasted on a
    line under another.
    """
    found: dict[str, int | None] = dict.fromkeys((policy.name for policy in forecast.policies), None)
    taken = 0
    seen: list[object] = []
    for policy in _by_merit(forecast):
        same = (dark(policy), policy.headline, policy.access_curve)
        if taken < COLOURED and same not in seen:
            taken += 1
            found[policy.name] = taken
            seen.append(same)
    if forecast.baseline in found:
        found[forecast.baseline] = 0
    return found


def _by_merit(forecast: Forecast) -> list[ForecastPolicy]:
    """The others: those that titles name, the best in minutes and in keeping to the appetite, then by exposure."""
    first = [*better(forecast, "dark_minutes")[:1], rarest(forecast)]
    measure = exposure_of(forecast)
    return sorted(others(forecast), key=lambda each: (each not in first, _merit(each, measure)))


def _merit(policy: ForecastPolicy, measure: str) -> tuple[bool, float]:
    estimate = policy.yearly.get(measure)
    return not policy.copes, float("inf") if estimate is None else estimate.mean


def better(forecast: Forecast, measure: str) -> list[ForecastPolicy]:
    """The policies that clearly leave less of a measure than the baseline in the same years, least first.

    Clearly is beyond simulation error, and `HARDLY` of it or more.
    """
    own = baseline_of(forecast)
    least = 0.0 if own is None else HARDLY * mean_of(own, measure)
    found = [policy for policy in _less(forecast, measure) if -policy.difference[measure].mean >= least]
    return sorted(found, key=lambda policy: mean_of(policy, measure))


def _less(forecast: Forecast, measure: str) -> list[ForecastPolicy]:
    """The policies that cope and leave less of a measure, beyond simulation error."""
    return [
        policy
        for policy in others(forecast)
        if policy.copes and (change := policy.difference.get(measure)) is not None and change.high < 0
    ]


def rarest(forecast: Forecast) -> ForecastPolicy | None:
    """The policy under which the appetite is exceeded least often, of those that clearly leave less dark."""
    own = baseline_of(forecast)
    before = None if own is None else at_minutes(own.exceedance, forecast.appetite)
    found = [
        (there.mean, at, policy)
        for at, policy in enumerate(better(forecast, "protected_minutes"))
        if (there := at_minutes(policy.exceedance, forecast.appetite)) is not None
        and before is not None
        and there.mean < before.mean
    ]
    return min(found)[2] if found else None


def cannot_tell(forecast: Forecast, measure: str) -> str:
    """That no policy is clearly better than the baseline, or the years do not tell; empty where none copes."""
    stable = [policy for policy in others(forecast) if policy.copes]
    if not stable:
        return ""
    which = "here" if len(stable) == len(others(forecast)) else "that copes"
    if _less(forecast, measure):
        return f"no other policy {which} leaves even {percent(HARDLY)} % less"
    return f"{plural(forecast.years, 'year')} cannot tell that any other policy {which} leaves less"


def years_of(forecasts: Sequence[Forecast]) -> str:
    """How many years the values of a variation rest on, and for which values where these differ."""
    found: dict[int, list[str]] = {}
    for forecast in forecasts:
        found.setdefault(forecast.years, []).append((forecast.varied or ("", ""))[1])
    if len(found) == 1:
        return f"{plural(forecasts[0].years, 'year')}, the same for every value"
    said = [f"{plural(years, 'year')} at {and_list(values)}" for years, values in found.items()]
    return f"the same years as far as they go: {'; '.join(said)}"


def one_protected(forecast: Forecast) -> str:
    """`any one protected account`, with the tiers that are meant where they go by other names."""
    tiers = [tier for tier in forecast.protected if tier != "protected"]
    if not tiers:
        return "any one protected account"
    named = f"tier{'s' if len(forecast.protected) > 1 else ''} {and_list(list(forecast.protected))}"
    return f"any one protected account ({named})"


def one_in(share: float) -> str:
    """`1 year in 20`, for a board: shares of a hundred only where they are frequent."""
    if share <= 0:
        return "none of the simulated years"
    if share >= 1:
        return "every year"
    if share > 0.3:
        return f"{100 * share:.0f} of 100 years"
    return f"1 year in {_round(1 / share)}"


def chance_text(share: float) -> str:
    """A chance in per cent, with two digits where it is small: 34, 5.1, 0.12, under 0.001."""
    value = 100 * share
    if value <= 0:
        return "0"
    if value < 0.001:
        return "under 0.001"
    if value >= 99.5:
        return ">99" if value < 100 else "100"
    if value >= 9.95:
        return f"{value:.0f}"
    return f"{value:.2g}" if value >= 0.0995 else f"{value:.1g}"


def share_text(estimate: Estimate) -> str:
    """A chance in per cent with its interval: `5.1 (4.6-5.6)`; nothing seen is said with its bound."""
    if not is_known(estimate.mean):
        return DASH
    if estimate.low == estimate.high:
        return chance_text(estimate.mean)
    if estimate.mean <= 0:
        return f"0 (under {chance_text(estimate.high)})"
    return f"{chance_text(estimate.mean)} ({chance_text(estimate.low)}-{chance_text(estimate.high)})"


def _round(value: float) -> str:
    return f"{value:.0f}" if value < 20 else f"{float(f'{value:.2g}'):,.0f}"


def amount(estimate: Estimate) -> str:
    """A mean with its interval: `412 (398-430)`."""
    low, high = number(estimate.low), number(estimate.high)
    middle = number(estimate.mean)
    if low == high:
        return middle
    return (
        f"{middle} ({low}-{high})" if estimate.low >= 0 and " " not in low else f"{middle} ({low} to {high})"
    )


def length(policy: ForecastPolicy, exceeded_: Estimate | None) -> str:
    """What a year exceeds, in the unit a person would use; `-` where the simulation cannot tell."""
    if exceeded_ is None:
        return DASH
    if exceeded_.mean > 0:
        return minutes(exceeded_.mean)
    # Below its first point the curve only says that it is less than that.
    first = policy.exceedance[0]
    return "none" if first.minutes <= 0 or first.share <= 0 else f"under {minutes(first.minutes)}"
