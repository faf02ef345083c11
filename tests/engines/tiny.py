"""Tiny worlds for hand computation: a small platform in whole minutes, and its event list as text.

The platform: `@a`, `@b` and `@c` may be deactivated by `support` (two people and the actor); `leads` has two
people and `oncall` one. Nothing is left to chance. Without safeguards the incident goes

    0 effect, 10 the public notices, 15 word, 16 picked up, 18 cause found, 21 undo authorised,
    24 actor contained, 25 visible
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from deactsim.engines.chosen import run
from deactsim.model.compile import compile_plan
from deactsim.model.invariants import check_trace
from deactsim.model.plan import Plan
from deactsim.model.states import Event
from deactsim.model.streams import (
    ACT,
    AGENT,
    ALARM,
    Purpose,
    actor_id,
    agent_id,
    report_id,
    tag_of,
    team_id,
)
from deactsim.model.trace import Row, Trace
from deactsim.model.world import HOUR, Leaver, Report, Script, World
from deactsim.scenario.load import loads
from deactsim.scenario.schema import Scenario

MINUTE = 60_000_000
NOON = 1_704_110_400_000_000  # 2024-01-01 12:00 UTC, a Monday
AT = "2024-01-01T12:00:00Z"

BASE = f"""
deactsim: 1
title: A tiny platform
zone: UTC
platform:
  commands: {{deactivate: {{undo: restore}}, restore: {{}}}}
  tools: [console, api]
  tiers:
    vip:      {{accounts: 10, followers: 100}}
    ordinary: {{accounts: 1k, followers: 100}}
  accounts:
    "@a": {{tier: vip, followers: 100}}
    "@b": {{tier: vip, followers: 100}}
    "@c": {{tier: ordinary, followers: 100}}
teams:
  support: {{headcount: 2, may: {{deactivate: [vip, ordinary]}}}}
  leads:   {{headcount: 2}}
  oncall:  {{headcount: 1}}
detection:
  public: {{delay: 10 min, at_followers: 100}}
  word_reaches_platform: {{delay: 5 min}}
response:
  by: oncall
  pick_up: 1 min
  find_cause: 2 min
  authorise: 3 min
  restore: 4 min
  contain: 6 min
incident:
  account: "@a"
  command: deactivate
  actor: {{team: support}}
  at: {AT}
  readings: {{meant: {{cause: deliberate}}}}
  warm_up: 0 s
  follow: 5 h
baseline: plain
policies:
  plain: {{}}
"""

#: One stream of routine reports, which scripted worlds place by hand: each takes 3 minutes and ends in an action.
REPORTS = "reports: {ordinary: {command: deactivate, rate: 0 per day, actioned: 100%, handling: 3 min}}\n"


def script(
    reports_at: Sequence[float] = (),
    alarms_at: Sequence[float] = (),
    leaves_at: Sequence[tuple[float, str, int]] = (),
    luck: Mapping[tuple[int, Purpose], float] | None = None,
) -> Script:
    """Reports, false alarms and leavers placed by hand, in minutes after noon; `luck` by (entity, purpose)."""
    leavers = [Leaver(at(m), person(team, n), team_id(team)) for m, team, n in leaves_at]
    return Script(
        reports=tuple(Report(at(m), report(k), 0) for k, m in enumerate(reports_at, start=1)),
        alarms=tuple((at(m), k) for k, m in enumerate(alarms_at, start=1)),
        leavers=tuple(sorted(leavers, key=lambda who: (who.leaves, who.agent))),
        luck=luck or {},
    )


def at(minutes: float) -> int:
    """So many minutes after noon."""
    return NOON + round(minutes * MINUTE)


def report(k: int) -> int:
    """The id of the k-th scripted report."""
    return report_id("ordinary", NOON // HOUR, k)


def person(team: str, number: int) -> int:
    """The id of the agent shown as `team#number`."""
    return agent_id(team_id(team), number - 1)


ACTOR = actor_id(team_id("support"))


#: Of the two that read and write the same the quicker, if it is there.
LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
DUMPER: Any = getattr(yaml, "CBaseDumper", yaml.BaseDumper)


def scenario(policy: str = "", more: str = "") -> Scenario:
    """The tiny platform with a policy `tried` (YAML of its safeguards), the documents of `more` laid over it."""
    tree = yaml.compose(BASE, LOADER)
    for document in yaml.compose_all(more, LOADER):
        _lay_over(tree, document)
    if policy:
        written = "policies:\n  tried:\n" + "".join(f"    {one}\n" for one in policy.splitlines())
        _lay_over(tree, yaml.compose(written, LOADER))
    return loads(yaml.serialize(tree, Dumper=DUMPER, allow_unicode=True))


def _lay_over(base: yaml.MappingNode, more: yaml.MappingNode | None) -> None:
    for key, value in more.value if more is not None else ():
        for i, (had, node) in enumerate(base.value):
            if had.value != key.value:
                continue
            if isinstance(node, yaml.MappingNode) and isinstance(value, yaml.MappingNode):
                _lay_over(node, value)
            else:
                base.value[i] = (had, value)
            break
        else:
            base.value.append((key, value))


def plan_of(policy: str = "", more: str = "", *, reading: str | None = "meant", adapts: bool = False) -> Plan:
    """The plan of the policy, or of the baseline if there is none."""
    return compile_plan(scenario(policy, more), "tried" if policy else "plain", reading, adapts=adapts)


def world_of(plan: Plan, **placed: object) -> World:
    """A scripted world around the plan's incident, or the six hours from noon without one."""
    incident = plan.incident
    start = NOON if incident is None else incident.at - incident.give_or_take - incident.warm_up
    end = NOON + 6 * HOUR if incident is None else incident.at + incident.give_or_take + incident.follow
    return World(key=7, start=start, end=end, script=script(**placed))  # type: ignore[arg-type]


def night(policy: str = "", more: str = "", *, adapts: bool = False, **placed: object) -> Trace:
    """Run the incident under the policy; the trace is checked against the invariants."""
    plan = plan_of(policy, more, adapts=adapts)
    return checked(plan, world_of(plan, **placed))


def routine(policy: str = "", more: str = "", **placed: object) -> Trace:
    """Run six hours of routine without an incident."""
    plan = plan_of(policy, more, reading=None)
    return checked(plan, world_of(plan, **placed))


def checked(plan: Plan, world: World) -> Trace:
    """Run a plan; its trace keeps the invariants."""
    trace = run(plan, world)
    found = check_trace(trace, world)
    assert not found, found
    return trace


def told(trace: Trace) -> list[str]:
    """The whole event list: `minutes-after-noon event entity by reason`.

    Teams that are always there say so once, at the beginning; those lines are left out.
    """
    always = {team.id for team in trace.plan.teams if [(w.start, w.end) for w in team.windows] == [(0, 1440)]}
    return [line(trace, row) for row in trace if not (row.event == Event.SHIFT_ON and row.entity in always)]


def happened(policy: str = "", more: str = "", *, adapts: bool = False, **placed: object) -> list[str]:
    """The whole event list of the incident under the policy."""
    return told(night(policy, more, adapts=adapts, **placed))


def line(trace: Trace, row: Row) -> str:
    """One row as text."""
    by = trace.by_name(row) if tag_of(row.by) != AGENT else _name(trace, row.by)
    words = (f"{(row.time - NOON) / MINUTE:g}", trace.event_name(row), _name(trace, row.entity), by)
    return " ".join(word for word in (*words, trace.reason_text(row)) if word)


def _name(trace: Trace, entity: int) -> str:
    tag = tag_of(entity)
    if entity == ACTOR:
        return "actor"
    if tag == ACT:
        assert trace.plan.incident is not None
        return trace.plan.incident.acts[entity & 0xFFFF].account
    if tag == ALARM:
        return f"alarm{entity & 0xFFFF}"
    if entity and tag == report(0) >> 59:
        return f"r{entity & 0xFFFF}"
    return trace.entity_name(Row(0, 0, entity, 0, 0)).replace(" ", "")


def lines(text: str) -> list[str]:
    """An event list as a test writes it: one event a line, indented, blank lines left out."""
    return [words for part in text.splitlines() if (words := " ".join(part.split()))]


def answered(word: float, channel: str = "public", account: str = "@a") -> str:
    """What follows word at that minute if nothing else happens: the response of the plain platform."""
    steps = (
        (0, f"word_arrives {account} {channel}"),
        (0, f"paged {account} oncall"),
        (0, f"responder_takes {account} oncall#1"),
        (1, f"picked_up {account} oncall#1"),
        (3, f"cause_found {account} oncall#1"),
        (6, f"undo_authorised {account} oncall#1"),
        (9, f"contained {account} actor"),
        (10, f"visible {account} response"),
        (10, f"responder_free {account} oncall#1"),
    )
    return "\n".join(f"{word + after:g} {what}" for after, what in steps)


def merged(*texts: str) -> list[str]:
    """Event lists put together by time; at one instant in the order given."""
    return sorted((one for text in texts for one in lines(text)), key=lambda one: float(one.split()[0]))


#: Nobody ever notices, so that only the gates are seen.
QUIET = "detection: {public: {chance: 0%}}\n"
#: How every incident begins.
ASKED = "0 requested @a actor\n0 gate_passed @a rights right_held\n"
#: How it goes on where nothing stops it, and how it ends without safeguards.
DARK = ASKED + "0 took_effect @a actor\n"
PLAIN = merged(DARK, "10 noticed @a public", answered(15))


def acts(*others: str) -> str:
    """Further acts: `acts("@b 10 min")`."""
    parts = (one.split(" ", 1) for one in others)
    return (
        "incident: {further_acts: [" + ", ".join(f'{{account: "{a}", after: {t}}}' for a, t in parts) + "]}\n"
    )
