"""What the verification looks like: theory as lines, simulation as dots with their 95 % intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, NullFormatter

from .check import Check
from .leavers import LOST, RETURNS, Access, Theory, plan_of
from .queues import LOADS, SERVERS, TAIL, Queue, Seen, checks_of, erlang_c, mean_wait
from .races import CHANNELS, Race, not_yet, winners
from .safeguards import CARDS, Card

STYLE = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "axes.titlepad": 10,
    "legend.frameon": False,
}
COLOURS = ("#5790fc", "#f89c20", "#e42536", "#964a8b", "#7a21dd")
GREY = "0.55"


def draw(where: Path, dpi: int, parts: Mapping[str, object]) -> None:
    """Draw every picture whose data are there."""
    where.mkdir(parents=True, exist_ok=True)
    makers = {"queues": queues, "races": races, "leavers": leavers, "cards": cards}
    with plt.rc_context(STYLE):
        for name, make in makers.items():
            if name in parts:
                figure = make(parts[name])  # type: ignore[operator]
                figure.savefig(where / f"known-{name}.png", dpi=dpi)
                plt.close(figure)


def _dots(axes: Axes, at: Sequence[float], checks: Sequence[Check], colour: str, size: float = 4.0) -> None:
    found = np.array([one.found for one in checks])
    low = found - np.array([one.low for one in checks])
    high = np.array([one.high for one in checks]) - found
    axes.errorbar(
        at, found, yerr=[np.maximum(0, low), np.maximum(0, high)], fmt="o", color=colour,
        markersize=size, elinewidth=1.2, zorder=3,
    )  # fmt: skip


def _key(axes: Axes, line: str = "theory", dot: str = "simulated, 95 %", **where: object) -> None:
    marks = [
        Line2D([], [], color=GREY, linewidth=1.4, label=line),
        Line2D([], [], color=GREY, marker="o", markersize=4, linestyle="", label=dot),
    ]
    axes.legend(handles=marks, **where)  # type: ignore[arg-type]


def queues(found: Mapping[Queue, Sequence[Seen]]) -> plt.Figure:
    """Waits, shares who wait, and the tail, of all queues without urgent requests."""
    figure, (waits, shares, tail) = plt.subplots(1, 3, figsize=(10.5, 3.6), layout="constrained")
    checks = {(q.servers, q.load): checks_of(q, seen) for q, seen in found.items() if not q.urgent}
    loads = np.linspace(0.3, 0.965, 200)
    for servers, colour in zip(SERVERS, COLOURS, strict=False):
        said = f"{servers} approver{'s' if servers > 1 else ''}"
        waits.plot(loads, [mean_wait(servers, load) for load in loads], color=colour, linewidth=1.4)
        shares.plot(
            loads, [erlang_c(servers, load) for load in loads], color=colour, linewidth=1.4, label=said
        )
        mine = [checks[servers, load] for load in LOADS]
        _dots(waits, LOADS, [one[0] for one in mine], colour)
        _dots(shares, LOADS, [one[1] for one in mine], colour)
        for place, one in enumerate(mine):
            # Side by side, so that twelve dots at one place can be told apart.
            at = np.array(TAIL) + 0.035 * (3 * SERVERS.index(servers) + place - 5.5)
            _dots(tail, list(at), one[3:7], colour, 2.5)
    waits.set(
        yscale="log", xlabel="load", ylabel="mean reviews", title="Mean wait", xticks=LOADS, ylim=(0.01, 60)
    )
    waits.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:g}"))
    shares.set(xlabel="load", title="Share who have to wait", ylim=(0, 1), xticks=LOADS)
    shares.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{100 * y:.0f} %"))
    shares.legend(loc="upper left")
    tail.hlines(
        np.exp(-np.array(TAIL)), np.array(TAIL) - 0.22, np.array(TAIL) + 0.22, color=GREY, linewidth=1.4
    )
    tail.set(
        yscale="log", xlabel="times the mean wait of those who wait", title="Of those who wait, still waiting",
        ylim=(0.02, 1.1), xticks=TAIL, xlim=(0.2, 3.4),
    )  # fmt: skip
    tail.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{100 * y:g} %"))
    tail.yaxis.set_minor_formatter(NullFormatter())
    tail.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
    _key(tail, "Erlang C", loc="upper right")
    return figure


def races(found: Mapping[bool, tuple[Race, Sequence[Check]]]) -> plt.Figure:
    """Who is first, and when somebody has noticed."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.8), layout="constrained", width_ratios=(1.25, 1))
    names = [c.name.lower().replace("_", "\n") for c in CHANNELS] + ["nobody"]
    for certain, colour, shift in ((True, COLOURS[0], -0.16), (False, COLOURS[2], 0.16)):
        race, checks = found[certain]
        chances = {c: 1.0 if certain else p for c, (_, p) in CHANNELS.items()}
        theory = winners(chances)
        at = np.arange(len(names)) + shift
        levels = [*(theory[c] for c in CHANNELS), theory[0]]
        left.hlines(levels, at - 0.14, at + 0.14, color=colour, linewidth=1.6)
        by_name = {one.name.rsplit("first by ", 1)[-1]: one for one in checks if "first by" in one.name}
        keys = [c.name.lower() for c in CHANNELS] + ["nobody"]
        seen = [(x, by_name[key]) for x, key in zip(at, keys, strict=True) if key in by_name]
        _dots(left, [x for x, _ in seen], [one for _, one in seen], colour, 3.5)
        minutes = np.linspace(0.0, 60.0, 300)
        said = "all notice" if certain else "each notices with a chance"
        right.plot(minutes, [not_yet(chances, m) for m in minutes], color=colour, linewidth=1.4, label=said)
        marks = np.array((1, 3, 6, 10, 15, 20, 30, 40, 50, 60), float)
        share = np.array([(race.minutes > m).mean() for m in marks])
        half = 1.96 * np.sqrt(share * (1 - share) / race.minutes.size)
        keep = share * race.minutes.size >= 5
        right.errorbar(
            marks[keep], share[keep], yerr=half[keep], fmt="o", color=colour, markersize=3.5, elinewidth=1.2
        )
    left.set(title="First to notice", ylim=(0, 0.36))
    left.set_xticks(range(len(names)), names)
    left.tick_params(axis="x", length=0)
    left.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{100 * y:.0f} %"))
    _key(left, "closed form", loc="upper left")
    right.set(title="Nobody has noticed yet", xlabel="minutes after the effect", ylim=(0, 1.02), xlim=(0, 61))
    right.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{100 * y:.0f} %"))
    right.legend(loc="upper right")
    return figure


def leavers(found: Mapping[str, Access]) -> plt.Figure:
    """Who still has access so many days after the last shift."""
    figure, axes = plt.subplots(figsize=(7, 3.9), layout="constrained")
    days = np.geomspace(0.01, 500.0, 300)
    spots = {"employee": (0.012, 0.74), "contractor": (0.3, 1.02)}
    for kind, colour in (("employee", COLOURS[0]), ("contractor", COLOURS[2])):
        theory, lost, access = Theory(plan_of(kind)), LOST[kind], found[kind]
        axes.plot(days, [lost + (1 - lost) * (1 - theory.gone(d)) for d in days], color=colour, linewidth=1.4)
        share = access.let_through / access.tries
        half = 1.96 * np.sqrt(share * (1 - share) / access.tries)
        axes.errorbar(
            RETURNS, share, yerr=half, fmt="o", color=colour, markersize=4, elinewidth=1.2, zorder=3
        )
        axes.axhline(lost, color=colour, linewidth=0.8, linestyle=(0, (4, 4)))
        axes.text(0.0105, lost + 0.012, f"{100 * lost:.0f} % of the tickets lost", color=colour, fontsize=8)
        axes.text(*spots[kind], kind, color=colour, va="bottom", ha="left", weight="bold")
    axes.set(
        xscale="log", xlim=(0.01, 500), ylim=(0, 1.1), xlabel="after the last shift",
        title="An act is still let through",
    )  # fmt: skip
    ticks = {1 / 24: "1 h", 0.25: "6 h", 1: "1 d", 7: "1 week", 30: "30 d", 90: "90 d", 360: "360 d"}
    axes.set_xticks(list(ticks), list(ticks.values()))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.tick_params(axis="x", which="minor", length=0)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{100 * y:.0f} %"))
    _key(axes, "closed form", loc="upper right")
    return figure


def cards(found: Sequence[tuple[str, Check, Check | None]]) -> plt.Figure:
    """Each safeguard's work, and the dark minutes it saves, beside the closed form."""
    figure, (work, minutes) = plt.subplots(1, 2, figsize=(9, 6.2), layout="constrained", sharey=True)
    rows = np.arange(len(found))
    for row, (name, together, saved) in zip(rows, found, strict=True):
        card: Card = CARDS[name]
        work.vlines(card.fair, row - 0.32, row + 0.32, color=GREY, linewidth=2)
        if card.exact is not None:
            work.vlines(card.exact, row - 0.32, row + 0.32, color=COLOURS[0], linewidth=2)
        _across(work, row, together)
        if saved is not None:
            minutes.vlines(card.fair, row - 0.32, row + 0.32, color=GREY, linewidth=2)
            minutes.vlines(saved.theory, row - 0.32, row + 0.32, color=COLOURS[0], linewidth=2)
            _across(minutes, row, saved)
        else:
            minutes.text(0.0, row, "nobody notices: nothing ends", color=GREY, va="center", fontsize=8)
    work.set_yticks(rows, [name.replace("_", " ") for name, _, _ in found])
    work.invert_yaxis()
    work.set(title="Does its work (as its card counts it)", xlim=(-0.03, 0.8))
    minutes.set(title="Share of dark minutes saved", xlim=(-0.03, 0.8))
    for axes in (work, minutes):
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{100 * x:.0f} %"))
        axes.tick_params(axis="y", length=0)
        axes.grid(axis="y", color="0.93", linewidth=6, zorder=0)
        axes.set_axisbelow(True)
    handles = [
        Line2D([], [], color=GREY, marker="|", markersize=10, markeredgewidth=2, linestyle="", label="FAIR-CAM"),
        Line2D([], [], color=COLOURS[0], marker="|", markersize=10, markeredgewidth=2, linestyle="",
               label="the model in closed form, where it differs"),
        Line2D([], [], color="black", marker="o", markersize=4, linestyle="", label="simulated, 95 %"),
    ]  # fmt: skip
    figure.legend(handles=handles, loc="outside lower center", ncols=3)
    return figure


def _across(axes: Axes, row: float, check: Check) -> None:
    sides = [[max(0.0, check.found - check.low)], [max(0.0, check.high - check.found)]]
    axes.errorbar(
        [check.found], [row], xerr=sides, fmt="o", color="black", markersize=3.5, elinewidth=1.2, zorder=4
    )
