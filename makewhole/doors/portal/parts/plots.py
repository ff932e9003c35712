"""Plots and money flows as geometry, reckoned on the server and drawn as SVG without script or inline style."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10
from typing import Any, NamedTuple

from makewhole.core.money import decimals, to_major
from makewhole.core.words import Text
from makewhole.doors.portal.parts.cards import say
from makewhole.doors.portal.parts.figures import money_text, style_of
from makewhole.doors.portal.parts.reading import read
from makewhole.doors.portal.parts.times import speaks_chinese

WIDTH, HEIGHT = 420, 220
LEFT, RIGHT, TOP, BOTTOM = 54, 20, 16, 30
LABELS_MAX = 6
WIDE, NARROW = 14.0, 7.5
"""How wide a Chinese character and a Latin letter of a label are."""
CJK_FIRST = 0x2E80
THOUSANDS = ((1e9, "B"), (1e6, "M"), (1e3, "K"))
TENS_OF_THOUSANDS = ((1e8, Text("亿", "")), (1e4, Text("万", "")))
"""How readers of English and of Chinese shorten large numbers."""


class Series(NamedTuple):
    """One line or set of bars. A value of None leaves a gap. `dashed` marks a forecast.

    `tone` is the colour, 1 to 3; 0 takes the next one.
    """

    label: str
    values: Sequence[int | float | None]
    dashed: bool = False
    tone: int = 0


class Tick(NamedTuple):
    at: float
    label: str


class Drawn(NamedTuple):
    """A series in pixels: path of a line, bars as (x, y, width, height), the last point of a line."""

    label: str
    tone: int
    dashed: bool
    path: str
    bars: Sequence[tuple[float, float, float, float]]
    end: tuple[float, float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """A line or bar plot. With `currency`, values are minor units. `threshold` is a line not to fall below or pass."""

    title: str
    labels: Sequence[str]
    series: Sequence[Series]
    currency: str = ""
    unit: str = ""
    threshold: int | float | None = None
    threshold_label: str = ""

    def __post_init__(self) -> None:
        for each in self.series:
            if len(each.values) != len(self.labels):
                raise ValueError(f"series {each.label!r} has {len(each.values)} values for {len(self.labels)} labels")

    def text(self, value: int | float | None) -> str:
        """A value as people read it; a gap is a dash."""
        if value is None:
            return "–"
        if self.currency:
            return money_text(round(value), self.currency)
        number = f"{value:,.1f}".removesuffix(".0")
        return f"{number}{self.unit}"

    def short(self, value: float) -> str:
        """A value on the axis, in as few characters as it takes: ¥80K, or ¥8万 for Chinese readers."""
        number = float(to_major(round(value), self.currency)) if self.currency else value
        sign = style_of(self.currency).sign.strip() if self.currency else ""
        units = TENS_OF_THOUSANDS if speaks_chinese() else THOUSANDS
        size, name = next(((size, name) for size, name in units if abs(number) >= size), (1.0, ""))
        return f"{'−' if number < 0 else ''}{sign}{abs(number) / size:g}{say(name)}{self.unit}"

    @property
    def table_rows(self) -> list[tuple[str, list[str]]]:
        return [
            (label, [self.text(each.values[index]) for each in self.series]) for index, label in enumerate(self.labels)
        ]


def nice_step(span: float, count: int) -> float:
    """A step of 1, 2 or 5 times a power of ten that cuts `span` into about `count` parts."""
    raw = span / max(1, count)
    power = 10.0 ** floor(log10(raw))
    return next(power * factor for factor in (1, 2, 5, 10) if raw <= power * factor * 1.0001)


class Frame(NamedTuple):
    """The drawing's scales and ticks."""

    low: float
    high: float
    ticks: Sequence[Tick]
    label_ticks: Sequence[Tick]

    def y(self, value: float) -> float:
        return round(TOP + (self.high - value) / (self.high - self.low) * (HEIGHT - TOP - BOTTOM), 1)


def frame_of(plot: Plot, *, edges: bool) -> Frame:
    """Scales from zero (or below) to a round number above the highest value."""
    values = [float(value) for each in plot.series for value in each.values if value is not None]
    values.extend([0.0] if plot.threshold is None else [0.0, float(plot.threshold)])
    lowest, highest = min(values), max(values)
    if lowest == highest:
        highest = lowest + (10.0 ** decimals(plot.currency) if plot.currency else 1.0)
    step = nice_step(highest - lowest, 4)
    low, high = floor(lowest / step) * step, -floor(-highest / step) * step
    frame = Frame(low, high, (), ())
    count = round((frame.high - frame.low) / step)
    ticks = [Tick(frame.y(low + step * index), plot.short(low + step * index)) for index in range(count + 1)]
    every = max(1, -(-len(plot.labels) // LABELS_MAX))
    room = (WIDTH - LEFT - RIGHT) / max(1, -(-len(plot.labels) // every))
    label_ticks = [
        Tick(x_at(index, len(plot.labels), edges=edges), fitted(label, room))
        for index, label in enumerate(plot.labels)
        if index % every == 0
    ]
    return frame._replace(ticks=ticks, label_ticks=label_ticks)


def fitted(label: str, room: float) -> str:
    """The label in as much room as there is, by the width its letters take about; what is cut off ends in …"""
    width = 0.0
    for index, letter in enumerate(label):
        width += WIDE if ord(letter) >= CJK_FIRST else NARROW
        if width > room and index:
            return f"{label[: max(1, index - 1)].rstrip()}…"
    return label


def x_at(index: int, count: int, *, edges: bool) -> float:
    """Middle of column `index`; with `edges` the first and last lie on the frame's sides."""
    room = WIDTH - LEFT - RIGHT
    if edges:
        return round(LEFT + (room * index / (count - 1) if count > 1 else room / 2), 1)
    return round(LEFT + room * (index + 0.5) / max(1, count), 1)


def line_path(values: Sequence[int | float | None], frame: Frame) -> tuple[str, tuple[float, float] | None]:
    """SVG path through the values, lifted over gaps, and its last point."""
    parts: list[str] = []
    end: tuple[float, float] | None = None
    lifted = True
    for index, value in enumerate(values):
        if value is None:
            lifted = True
            continue
        end = (x_at(index, len(values), edges=True), frame.y(float(value)))
        parts.append(f"{'M' if lifted else 'L'}{end[0]:g} {end[1]:g}")
        lifted = False
    return "".join(parts), end


def drawn_lines(plot: Plot, frame: Frame) -> list[Drawn]:
    """Every series as a line."""
    drawn = []
    for tone, each in enumerate(plot.series, 1):
        path, end = line_path(each.values, frame)
        drawn.append(Drawn(each.label, each.tone or tone, each.dashed, path, (), end))
    return drawn


def drawn_bars(plot: Plot, frame: Frame) -> list[Drawn]:
    """Every series as bars, side by side within each column."""
    count = max(1, len(plot.labels))
    column = (WIDTH - LEFT - RIGHT) / count * 0.64
    width = round(min(column / max(1, len(plot.series)), 44.0), 1)
    zero = frame.y(0.0)
    drawn = []
    for tone, each in enumerate(plot.series, 1):
        bars = []
        for index, value in enumerate(each.values):
            if value is None:
                continue
            left = x_at(index, count, edges=False) - width * len(plot.series) / 2 + width * (tone - 1)
            top = frame.y(float(value))
            bars.append((round(left, 1), min(top, zero), max(1.0, width - 2), round(abs(zero - top), 1)))
        drawn.append(Drawn(each.label, each.tone or tone, each.dashed, "", bars, None))
    return drawn


class Movement(NamedTuple):
    """One arrow of a money flow, with its row's place and the stroke that shows its share of the largest."""

    source: str
    target: str
    amount_minor: int
    currency: str
    label: str
    state: str
    y: int
    stroke: float


ROW_HEIGHT = 64


def flow_of(movements: Sequence[Any]) -> list[Movement]:
    """Movements (source, target, amount_minor, currency, label, state) as rows of arrows."""
    largest = max((abs(read(each, "amount_minor")) for each in movements), default=1) or 1
    return [
        Movement(
            str(read(each, "source")),
            str(read(each, "target")),
            read(each, "amount_minor"),
            str(read(each, "currency")),
            str(read(each, "label") or ""),
            str(read(each, "state") or "posted"),
            index * ROW_HEIGHT,
            round(2 + 6 * abs(read(each, "amount_minor")) / largest, 1),
        )
        for index, each in enumerate(movements)
    ]
