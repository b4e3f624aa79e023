"""Curves as shapes of an SVG: scales, ticks and paths. The template `blocks.html.j2` writes them down."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np
from jaxtyping import Float

WIDTH, HEIGHT = 460.0, 250.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 58.0, 22.0, 10.0, 42.0
_TICKS = 5
# A picture wider than float64 can scale, or none at all.
_NO_RANGE = (0.0, 1.0)


class Curve(NamedTuple):
    """A line. `look` is a class of the stylesheet: truth, network, second or theory."""

    label: str
    look: str
    x: Float[np.ndarray, " point"]
    y: Float[np.ndarray, " point"]


class Band(NamedTuple):
    """What lies between two curves."""

    label: str
    look: str
    x: Float[np.ndarray, " point"]
    lower: Float[np.ndarray, " point"]
    upper: Float[np.ndarray, " point"]


class Marks(NamedTuple):
    """Points with error bars."""

    label: str
    look: str
    x: Float[np.ndarray, " point"]
    y: Float[np.ndarray, " point"]
    error: Float[np.ndarray, " point"]


class Tick(NamedTuple):
    place: float
    label: str


class Point(NamedTuple):
    """In the units of the picture."""

    x: float
    y: float
    low: float
    high: float


class Shape(NamedTuple):
    """A path, or points, with its look."""

    look: str
    path: str = ""
    points: Sequence[Point] = ()


class Drawing(NamedTuple):
    """A chart in the units of the picture."""

    x_ticks: Sequence[Tick]
    y_ticks: Sequence[Tick]
    bands: Sequence[Shape]
    curves: Sequence[Shape]
    marks: Sequence[Shape]
    left: float = _LEFT
    right: float = WIDTH - _RIGHT
    top: float = _TOP
    bottom: float = HEIGHT - _BOTTOM
    width: float = WIDTH
    height: float = HEIGHT


@dataclass(frozen=True)
class Chart:
    """A picture of curves in the data's coordinates, and the words that stand for it."""

    title: str
    description: str
    x_label: str
    y_label: str
    curves: Sequence[Curve] = ()
    bands: Sequence[Band] = ()
    marks: Sequence[Marks] = ()
    logarithmic: bool = False
    """The y axis."""
    y_range: tuple[float, float] | None = None
    counted: bool = False
    """Whether the x axis has whole numbers alone."""
    kind: ClassVar[str] = "chart"

    @property
    def legend(self) -> list[tuple[str, str]]:
        """`(look, label)` of what has a label."""
        found: list[Curve | Marks | Band] = [*self.curves, *self.marks, *self.bands]
        looks = [f"{each.look} area" if isinstance(each, Band) else each.look for each in found]
        return [(look, each.label) for look, each in zip(looks, found, strict=True) if each.label]

    def drawing(self, most_points: int) -> Drawing:
        """Its shapes, of `most_points` a curve; what is not finite, or not positive on a log axis, leaves a gap."""
        x_axis = _Axis.of([each.x for each in self._all()], _LEFT, WIDTH - _RIGHT, logarithmic=False)
        values = [curve.y for curve in self.curves] + [mark.y for mark in self.marks]
        values += [part for band in self.bands for part in (band.lower, band.upper)]
        values += [mark.y + sign * mark.error for mark in self.marks for sign in (-1, 1)]
        if self.y_range is not None:
            values = [np.array(self.y_range)]
        elif self.marks:
            values.append(_padded(values))
        y_axis = _Axis.of(values, HEIGHT - _BOTTOM, _TOP, logarithmic=self.logarithmic)
        return Drawing(
            x_axis.ticks(least=1.0 if self.counted else 0.0),
            y_axis.ticks(),
            [Shape(band.look, _area(x_axis, y_axis, band, most_points)) for band in self.bands],
            [
                Shape(curve.look, _path(x_axis(curve.x), y_axis(curve.y), most_points))
                for curve in self.curves
            ],
            [Shape(mark.look, points=_points(x_axis, y_axis, mark)) for mark in self.marks],
        )

    def _all(self) -> list[Curve | Band | Marks]:
        return [*self.curves, *self.bands, *self.marks]


class _Axis(NamedTuple):
    """From values to places in the picture."""

    low: float
    high: float
    start: float
    end: float
    logarithmic: bool

    @classmethod
    def of(cls, values: Sequence[np.ndarray], start: float, end: float, *, logarithmic: bool) -> "_Axis":
        with np.errstate(all="ignore"):
            joined = np.concatenate([np.ravel(each) for each in values]) if values else np.array([])
            joined = np.log10(joined) if logarithmic else joined
        joined = joined[np.isfinite(joined)]
        low, high = (float(joined.min()), float(joined.max())) if joined.size else _NO_RANGE
        if not math.isfinite(high - low):
            low, high = _NO_RANGE
        if high - low <= 1e-12 * max(abs(low), abs(high), 1e-290):
            pad = abs(low) / 2 or 0.5
            low, high = low - pad, high + pad
        return cls(low, high, start, end, logarithmic)

    def __call__(self, values: Float[np.ndarray, " point"]) -> Float[np.ndarray, " point"]:
        """Places; NaN for what has none. Far outside of the picture they end, where nobody sees."""
        with np.errstate(all="ignore"):
            values = np.log10(values) if self.logarithmic else values
            share = np.clip((values - self.low) / (self.high - self.low), -1.0, 2.0)
            return np.where(np.isfinite(values), self.start + share * (self.end - self.start), np.nan)

    def ticks(self, *, least: float = 0.0) -> list[Tick]:
        """Round values, at `least` so far apart, with their labels."""
        step = max(least, _round_step((self.high - self.low) / _TICKS))
        if self.logarithmic:
            step = max(1.0, math.ceil(step))
        places = [step * n for n in range(math.ceil(self.low / step), math.floor(self.high / step) + 1)]
        within = [each for each in places if self.low <= each <= self.high][: 2 * _TICKS + 2]
        scale = (self.end - self.start) / (self.high - self.low)
        return [Tick(self.start + (each - self.low) * scale, self._label(each, step)) for each in within]

    def _label(self, value: float, step: float) -> str:
        if self.logarithmic:
            return f"{10.0**value:g}" if -3 <= value <= 3 else f"1e{value:g}"
        return f"{0.0 if abs(value) < step / 1e6 else value:.6g}"


def _padded(values: Sequence[np.ndarray]) -> Float[np.ndarray, " end"]:
    """The ends of a range with room around it."""
    joined = np.concatenate([np.ravel(each) for each in values])
    joined = joined[np.isfinite(joined)]
    pad = 0.08 * np.ptp(joined) if joined.size else 0.0
    return np.array([joined.min() - pad, joined.max() + pad]) if joined.size else joined


def _round_step(step: float) -> float:
    """The next of 1, 2, 5, 10, … times a power of ten."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= step * (1 - 1e-9))


def _path(x: Float[np.ndarray, " point"], y: Float[np.ndarray, " point"], most_points: int) -> str:
    words, drawing = [], False
    stride = -(-len(x) // most_points) or 1
    for across, up in zip(x[::stride], y[::stride], strict=True):
        if not (math.isfinite(across) and math.isfinite(up)):
            drawing = False
            continue
        words.append(f"{'L' if drawing else 'M'}{across:.1f} {up:.1f}")
        drawing = True
    return "".join(words)


def _area(x_axis: _Axis, y_axis: _Axis, band: Band, most_points: int) -> str:
    x, lower, upper = x_axis(band.x), y_axis(band.lower), y_axis(band.upper)
    fine = np.isfinite(x) & np.isfinite(lower) & np.isfinite(upper)
    if not fine.any():
        return ""
    x, lower, upper = x[fine], lower[fine], upper[fine]
    return _path(np.concatenate([x, x[::-1]]), np.concatenate([lower, upper[::-1]]), 2 * most_points) + "Z"


def _points(x_axis: _Axis, y_axis: _Axis, marks: Marks) -> list[Point]:
    error = np.where(np.isfinite(marks.error), marks.error, 0.0)
    rows = zip(
        x_axis(marks.x), y_axis(marks.y), y_axis(marks.y - error), y_axis(marks.y + error), strict=True
    )
    return [Point(*(round(float(each), 1) for each in row)) for row in rows if np.all(np.isfinite(row))]
