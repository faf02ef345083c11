"""A number with its provenance: the leaf of every scenario."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Generic, Literal, TypeVar

T = TypeVar("T")

Basis = Literal["documented", "inferred", "fitted", "expert", "assumed"]
BASES: tuple[Basis, ...] = ("documented", "inferred", "fitted", "expert", "assumed")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a number was read: outlet, date (ISO text) and address."""

    outlet: str
    date: str | None = None
    address: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Stated(Generic[T]):
    """A value and what it rests on.

    `sources` holds keys of the scenario's `sources`; `given` is False for a default of
    the format, which is always `basis="assumed"`. `uncertain` is how far off the value may be:
    its 5th and 95th percentile, of a lognormal or, for a share, a logit-normal. `lineage` names the
    policies that hand the value down to the one it stands in (the platform is `""`); it is empty for
    what is stated where it stands. Two that differ in it alone are equal.
    """

    value: T
    basis: Basis = "assumed"
    sources: tuple[str, ...] = ()
    disputed: str | None = None
    note: str | None = None
    given: bool = True
    uncertain: tuple[T, T] | None = None
    lineage: tuple[str, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Distribution:
    """How long something takes, as people wrote it.

    `shape` is fixed, uniform, triangular, exponential, lognormal, weibull or quantiles.
    `parameters` are named and ordered; durations in microseconds, sigma and the Weibull
    shape as plain numbers:

    fixed        value
    uniform      low, high
    triangular   low, mode, high
    exponential  mean
    lognormal    median and one of p1..p99 (`p90`) or sigma
    weibull      shape, scale
    quantiles    p0 <= ... <= p100, linear in between
    """

    shape: str
    parameters: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Rate:
    """Events per unit of time: `amount` per `unit` (second, minute, hour, day, week, year)."""

    amount: float
    unit: str

    MICROSECONDS: ClassVar[dict[str, int]] = {
        "second": 1_000_000,
        "minute": 60_000_000,
        "hour": 3_600_000_000,
        "day": 86_400_000_000,
        "week": 7 * 86_400_000_000,
        "year": 31_557_600_000_000,
    }

    @property
    def per_microsecond(self) -> float:
        """Events per microsecond."""
        return self.amount / self.MICROSECONDS[self.unit]

    @property
    def per_day(self) -> float:
        """Events per day of 24 hours."""
        return self.amount * 86_400_000_000 / self.MICROSECONDS[self.unit]


@dataclass(frozen=True, slots=True)
class Window:
    """A span of the week in which a team is on shift, in its own time zone.

    `days` are 0 (Monday) to 6; `start` and `end` are minutes after local midnight, and an
    `end` at or before `start` means the next day. `always` has days 0-6, 0 to 1440.
    """

    days: tuple[int, ...]
    start: int
    end: int
    zone: str


@dataclass(frozen=True, slots=True)
class FactValue:
    """What a record says: a duration or instant (microseconds), a number or a text.

    `relation` is `is`, `by` (at or before) or `after` (at or after).
    """

    kind: Literal["duration", "instant", "number", "text"]
    relation: Literal["is", "by", "after"]
    value: int | float | str
