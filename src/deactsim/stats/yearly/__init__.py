"""What a forecast estimates, on plain arrays: Y years (independent environments), C causes, E episodes.

`Episodes` holds rates and where each episode belongs; severities are (E,) arrays beside it, one a policy
and measure. Differences between policies are differences of severities. Blocks of years are folded into
`Moments`, `Chances` and `Bins`, which add up.
"""

from __future__ import annotations

from .bins import Bins, carries
from .chances import Chances, beats, exceedance, headline, with_unseen
from .compose import Composed, Years, compose, direct_years, regular, uniform
from .episodes import COMPOSED, Episodes, by_cause, by_year, episodes_needed
from .moments import Moments, over_years
from .precision import Plan, years_needed

__all__ = [
    "COMPOSED",
    "Bins",
    "Chances",
    "Composed",
    "Episodes",
    "Moments",
    "Plan",
    "Years",
    "beats",
    "by_cause",
    "by_year",
    "carries",
    "compose",
    "direct_years",
    "episodes_needed",
    "exceedance",
    "headline",
    "over_years",
    "regular",
    "uniform",
    "with_unseen",
    "years_needed",
]
