"""Where everything of the hero chart stands: its columns, its axis, each lane with its room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..hero_data import HeroData, Lane, Section
from .measure import lines_of, pixels, width_of
from .style import BODY, MARGIN, SMALL, Sheet

NOTE = SMALL + 0.5
NAMES, NOTES, DOTS, COSTS = 190, 190, 350, 210
"""Widths of the columns beside the time axis, which takes the rest."""
GAP = 18
ACROSS, DEEP = 20, 5
"""A hundred dots lie in five rows of twenty."""
LANE, BARE_LANE, HEAD, INDENT = 28.0, 22.0, 24.0, 14
SPARE = 34.0
"""How much higher than necessary a lane may become."""
RECORD, CLOCK, AXIS = 66.0, 22.0, 50.0
"""Heights of the lane of the record, of the clock above it and of the axis below the lanes."""
STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 1440)
"""Minutes between the marks of the axis, to choose from."""


@dataclass(frozen=True, slots=True)
class Place:
    """A lane with its room on the sheet, and its words in lines."""

    lane: Lane
    left: float
    top: float
    bottom: float
    name: list[str]
    note: list[str]
    cost: list[str]

    @property
    def middle(self) -> float:
        """Half way down."""
        return (self.top + self.bottom) / 2


class Layout:
    """Where everything stands: the columns, and each lane with its room."""

    def __init__(self, data: HeroData, scale: float) -> None:
        self.data = data
        self.sheet = Sheet(data.words, scale)
        self._columns()
        needed = self._needed(0.0, data.sections)
        spare = self.sheet.bottom - AXIS - self.lanes_from - needed
        self.fits = spare >= 0
        if not self.fits:
            self.sheet = Sheet(data.words, scale, -spare)
            self._columns()
        marked = sum(len(section.lanes) for section in self.marked)
        self.extra = min(SPARE, max(0.0, spare) / marked) if marked else 0.0
        self.end = self.lanes_from + self._needed(self.extra, self.marked)

    def _columns(self) -> None:
        self.top = self.sheet.top + CLOCK
        self.lanes_from = self.top + RECORD
        self.notes = MARGIN + NAMES + GAP
        self.dots = self.notes + NOTES + GAP
        self.time = self.dots + DOTS + GAP
        self.costs = self.sheet.wide - MARGIN - COSTS
        self.right = self.costs - GAP
        self.high = self._high()

    def _high(self) -> float:
        """The end of the axis: far enough for the figures beside every bar that ends on it."""
        room, high = self.right - self.time, self.data.high
        for bar in self.data.bars:
            last = max(bar.start + max(bar.median, bar.high), self.data.baseline or 0.0)
            if last <= self.data.high:
                words = width_of(bar.text, NOTE) + 16
                high = max(high, (last * room - words * self.data.low) / (room - words))
        return high

    def x(self, minute: float) -> float:
        """A minute of the axis, in pixels of the sheet."""
        return self.time + (minute - self.data.low) * self.scale

    @property
    def scale(self) -> float:
        """Pixels a minute."""
        return (self.right - self.time) / (self.high - self.data.low)

    @property
    def marked(self) -> list[Section]:
        """The sections that stand along the time axis."""
        return [section for section in self.data.sections if not section.told]

    def _needed(self, extra: float, sections: Sequence[Section]) -> float:
        high = 0.0
        for section in sections:
            places = self.told(section, 0.0) if section.told else self.lanes(section, 0.0, extra)
            high += max(place.bottom for place in places)
        return high

    def lanes(self, section: Section, y: float, extra: float) -> list[Place]:
        """The lanes of a section that begins at y, each as high as it needs and `extra` more."""
        places: list[Place] = []
        y += HEAD
        for lane in section.lanes:
            name = lines_of(lane.name, NAMES - (INDENT if lane.adapted else 0), BODY)
            note, cost = lines_of(lane.note, NOTES, NOTE), lines_of(lane.cost, COSTS, NOTE)
            words = max(len(name) * pixels(BODY), max(len(note), len(cost)) * pixels(NOTE)) + 3
            bottom = y + max(LANE if any(lane.stopped) else BARE_LANE, words) + extra
            places.append(Place(lane, MARGIN, y, bottom, name, note, cost))
            y = bottom
        return places

    def told(self, section: Section, y: float) -> list[Place]:
        """Lanes that have words only, in two columns, read downwards."""
        half = (self.sheet.wide - 2 * MARGIN + GAP) / 2
        rows = (len(section.lanes) + 1) // 2
        places = []
        for first in (0, rows):
            at = y + HEAD
            for lane in section.lanes[first : first + rows]:
                name = lines_of(lane.name, NAMES, BODY)
                note = lines_of(lane.note, half - NAMES - 2 * GAP, NOTE)
                bottom = at + max(len(name) * pixels(BODY), len(note) * pixels(NOTE)) + 2
                places.append(Place(lane, MARGIN + (half if first else 0), at, bottom, name, note, []))
                at = bottom
        return places
