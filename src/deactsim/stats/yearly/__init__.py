"""What a forecast estimates, on plain arrays: Y years (independent environments), C causes, E episodes.

`Episodes` holds rates and where each episode belongs; severities are (E,) arrays beside it, one a policy
and measure. Differences between policies are differences of severities. Blocks of years are folded into
`Moments`, `Chances` and `Bins`, which add up.
"""

from __future__ import annotations

from .bins import Bins, carries
from .chances import UNSEEN, Chances, beats, exceedance, headline, with_unseen
from .compose import Composed, Years, compose, direct_years, regular, uniform
from .episodes import COMPOSED, Episodes, by_cause, by_year, episodes_needed
from .moments import LEVEL, Moments, over_years
from .precision import CARRIED, GROWTH, effort, half_width, level_of, stage

__all__ = [
    "CARRIED",
    "COMPOSED",
    "GROWTH",
    "LEVEL",
    "UNSEEN",
    "Bins",
    "Chances",
    "Composed",
    "Episodes",
    "Moments",
    "Years",
    "beats",
    "by_cause",
    "by_year",
    "carries",
    "compose",
    "direct_years",
    "effort",
    "episodes_needed",
    "exceedance",
    "half_width",
    "headline",
    "level_of",
    "over_years",
    "regular",
    "stage",
    "uniform",
    "with_unseen",
]
