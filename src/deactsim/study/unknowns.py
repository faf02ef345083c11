"""The uncertain numbers of a scenario, and what years would be like at their ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..errors import DeactsimError
from ..model.causes import CausePlan
from ..model.compile import compile_plan
from ..model.compile_causes import compile_causes
from ..model.plan import Plan
from ..scenario import paths
from ..scenario.load import contradictions
from ..scenario.quantities import text_of
from ..scenario.schema import Scenario
from ..scenario.stated import Rate, Stated
from .forecast_years import Array, Fleet


@dataclass(frozen=True)
class End:
    """A number at one end of its range.

    `size` is how large it is there, `rates` how often a year each cause (causes,) occurs then. `fleet` has the
    plans that it changes, to be simulated anew, and `places` says which they are; without any it is None.
    """

    size: float
    rates: Array
    fleet: Fleet | None
    places: tuple[int, ...]


@dataclass(frozen=True)
class Number:
    """A number that is only known roughly: its first path, in how many more policies it stands, both ends."""

    path: str
    alike: int
    stated: Stated[object]
    kind: str
    ends: tuple[End, End]

    @property
    def name(self) -> str:
        """The path, as it is shown."""
        return f"{self.path} and {self.alike} alike" if self.alike else self.path

    @property
    def size(self) -> float:
        """How large it is as stated."""
        return size_of(self.stated.value)

    def text(self, value: object) -> str:
        """A value of this kind as users write it."""
        return text_of(value, self.kind)

    def near(self, size: float) -> str:
        """The text of a value of about this size: two digits, or as many as tell it from the stated one."""
        stated = self.text(self.stated.value)
        texts = (self.text(self._of(size / self.size, digits)) for digits in range(2, 9))
        return next((text for text in texts if text != stated), stated)

    def _of(self, factor: float, digits: int) -> object:
        """The value that is so many times the stated one."""
        value = self.stated.value
        if isinstance(value, Rate):
            return Rate(_rounded(value.amount * factor, digits), value.unit)
        size = _rounded(self.size * factor, digits)
        if self.kind == "share":
            return min(1.0, size)
        return round(size) if isinstance(value, int) else size


def numbers(scenario: Scenario, fleet: Fleet, plan_of: Mapping[str, int]) -> tuple[Number, ...]:
    """The uncertain numbers; the same number of the same safeguard in several policies is one of them.

    Raises `DeactsimError` where an end of a number contradicts the rest of the scenario.
    """
    found: dict[object, list[tuple[str, Stated[object]]]] = {}
    for path, stated in paths.leaves(scenario):
        if stated.uncertain is not None:
            found.setdefault(_same(scenario, path, stated), []).append((path, stated))
    return tuple(
        Number(
            path=alike[0][0],
            alike=len(alike) - 1,
            stated=alike[0][1],
            kind=paths.kind_at(scenario, alike[0][0]),
            ends=_ends(scenario, fleet, plan_of, [path for path, _ in alike], alike[0][1]),
        )
        for alike in found.values()
    )


def unsure_of(scenario: Scenario, policy: str) -> frozenset[object]:
    """The uncertain numbers of a policy's own safeguards: what `numbers` would count as the same is equal."""
    return frozenset(
        _same(scenario, path, stated)
        for path, stated in paths.leaves(scenario)
        if stated.uncertain is not None and path.startswith(f"policies.{policy}.")
    )


def _same(scenario: Scenario, path: str, stated: Stated[object]) -> object:
    """What makes two numbers one: where in a policy they stand, their value and range; a remark does not."""
    owners = ("safeguards.", *(f"policies.{name}." for name in scenario.policies))
    owner = max((each for each in owners if path.startswith(each)), key=len, default="")
    return "" if owner else path, path.removeprefix(owner), stated.value, stated.uncertain


def _ends(
    scenario: Scenario,
    fleet: Fleet,
    plan_of: Mapping[str, int],
    alike: Sequence[str],
    stated: Stated[object],
) -> tuple[End, End]:
    assert stated.uncertain is not None  # noqa: S101 - only such are looked for
    low, high = (_end(scenario, fleet, plan_of, alike, value) for value in stated.uncertain)
    return low, high


def _end(
    scenario: Scenario, fleet: Fleet, plan_of: Mapping[str, int], alike: Sequence[str], value: object
) -> End:
    for path in alike:
        scenario = paths.replace(scenario, path, value)
    against = contradictions(scenario)
    if against:
        text = text_of(value, paths.kind_at(scenario, alike[0]))
        raise DeactsimError(f"{alike[0]} may be {text}, it is said under `uncertain`, but then: {against[0]}")
    causes = {cause.name: cause for cause in compile_causes(scenario)}
    rates = np.array([causes[was.name].per_year if was.name in causes else 0.0 for was in fleet.causes])
    now = tuple(causes.get(was.name, was) for was in fleet.causes)
    # Policies of one place are one in every number, uncertain ones too.
    names = {place: name for name, place in plan_of.items()}
    compiled = {place: compile_plan(scenario, name, None) for place, name in names.items()}
    same = [_but_rates(cause) for cause in now] == [_but_rates(cause) for cause in fleet.causes]
    places = tuple(
        place
        for place, plan in sorted(compiled.items())
        if not same or _as_occurrences_see_it(plan) != _as_occurrences_see_it(fleet.plans[place])
    )
    changed = Fleet(tuple(compiled[place] for place in places), now, fleet.ahead) if places else None
    return End(size_of(value), rates, changed, places)


def size_of(value: object) -> float:
    """How large a number is: events a microsecond of a rate, microseconds of a duration."""
    return value.per_microsecond if isinstance(value, Rate) else float(value)  # type: ignore[arg-type]


def _but_rates(cause: CausePlan) -> CausePlan:
    return replace(cause, per_year=0.0)


def _as_occurrences_see_it(plan: Plan) -> Plan:
    """The plan without what leaves an occurrence as it is: honest people's leaving, and errors.

    Errors of routine work are counted as causes, by their rates.
    """
    return replace(
        plan,
        teams=tuple(replace(each, leavers_per_day=0.0, waves=()) for each in plan.teams),
        streams=tuple(replace(each, slip=0.0, misidentified=0.0) for each in plan.streams),
    )


def _rounded(value: float, digits: int) -> float:
    return float(f"{value:.{digits}g}")
