"""From a plan to what stands in the memory of all its nights."""

from __future__ import annotations

import numpy as np

from ...model.plan import (
    CommandPlan,
    DetectionPlan,
    Plan,
    ResponsePlan,
    SafeguardsPlan,
    StreamPlan,
    TeamPlan,
)
from ...same import for_the_same
from . import sections
from .layout import NIGHT, REQUEST
from .words import Words


class Template:
    """What stands in the memory of every night of a plan, whatever its incidents and its world."""

    def __init__(self, plan: Plan) -> None:
        teams = sections.teams_of(plan.teams, len(plan.streams))
        lags = sections.lags_of(plan.commands, teams.end)
        detection = sections.detection_of(plan.detection, lags.end)
        response = sections.response_of(plan.response, teams, detection.end)
        controls = sections.controls_of(plan.safeguards, teams, response.end)
        self.reach = sections.reach_of(
            plan.teams, plan.commands, plan.safeguards, controls, plan.response.team
        )
        streams = sections.streams_of(plan.streams, teams, lags, self.reach, plan.detection, controls.end)
        parts = teams, lags, detection, response, controls, streams
        head = Words(0)
        head.record(NIGHT, {"RETENTION": plan.retention, "GRID": 1, "LOCKED_UNTIL": -1})
        for part in parts:
            head.fill(0, NIGHT, part.head)
        self.night = np.concatenate([head.array(), *(part.words for part in parts)])
        self.detection, self.people = plan.detection, teams.people
        self.team_at, self.lag_at = teams.at, lags.at
        self.streams_at: int = streams.head["STREAMS"]
        steps = plan.response.audience_steps
        limit, approval = plan.safeguards.rate_limit, plan.safeguards.approval
        self.row_margin = 64 + steps + len(plan.teams)
        # The largest records are those of an agent's last actions and of a request with its approvers and keys.
        self.margin = 1024 + (limit.actions if limit is not None else 0) + len(plan.teams)
        self.margin += REQUEST.SIZE + len(approval.slots) if approval is not None else 0
        self.most_at_once = 64 + max(team.headcount for team in plan.teams)

    def public(self, words: Words, followers: int) -> int:
        """Write the public's delay before so many followers; 0 without a public."""
        return sections.public(words, self.detection, followers)


def template_of(plan: Plan) -> Template:
    """The template of a plan; plans that differ in their incidents alone share theirs."""
    return _template(
        plan.teams,
        plan.streams,
        plan.commands,
        plan.safeguards,
        plan.detection,
        plan.response,
        plan.retention,
    )


@for_the_same(sections.KEPT)
def _template(
    teams: tuple[TeamPlan, ...],
    streams: tuple[StreamPlan, ...],
    commands: tuple[CommandPlan, ...],
    safeguards: SafeguardsPlan,
    detection: DetectionPlan,
    response: ResponsePlan,
    retention: int,
) -> Template:
    return Template(Plan(teams, streams, commands, safeguards, detection, response, retention, None))
