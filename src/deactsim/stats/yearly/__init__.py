"""What a forecast estimates, on plain arrays: Y years (independent environments), C causes, E episodes.

`Episodes` holds rates and where each episode belongs; severities are (E,) arrays beside it, one a policy
and measure. Differences between policies are differences of severities.
"""

from __future__ import annotations

from .chances import Shares, beats, chance_interval, exceedance, headline
from .compose import Composed, Years, compose, direct_years, uniform
from .episodes import COMPOSED, Episodes, by_cause, by_year, episodes_needed, over_years
from .percentiles import Spread, carries, spread
from .precision import Plan, years_needed
from .unknowns import Band, Orders, two_orders

__all__ = [
    "COMPOSED",
    "Band",
    "Composed",
    "Episodes",
    "Orders",
    "Plan",
    "Shares",
    "Spread",
    "Years",
    "beats",
    "by_cause",
    "by_year",
    "carries",
    "chance_interval",
    "compose",
    "direct_years",
    "episodes_needed",
    "exceedance",
    "headline",
    "over_years",
    "spread",
    "two_orders",
    "uniform",
    "years_needed",
]
