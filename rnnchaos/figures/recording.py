"""A dataset as it goes into training: its channels over time, part by part and piece by piece, and its first plane."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure

from rnnchaos.figures.look import PAGE, narrow
from rnnchaos.figures.names import axis_names_or_default, delayed, literal
from rnnchaos.figures.orbits import draw_orbit
from rnnchaos.figures.style import HAIR, OTHERS, THIN, TRUTH, drawn, dress, new_figure
from rnnchaos.pieces import Pieces

_CHANNELS, _INPUTS = 4, 2
# Points of a curve beyond which a figure shows no more.
_POINTS = 6_000
_MOST_BORDERS = 60
_COLOURS = (TRUTH, *OTHERS)


def recording_arrays(
    parts: Mapping[str, Pieces],
    *,
    time_per_step: float,
    axis_names: Sequence[str],
    input_names: Sequence[str] = (),
    connected: bool = True,
) -> dict[str, np.ndarray]:
    """What a figure shows of the parts of a dataset by name, such as training and test, one after the other.

    `time` (point) since the first point, without the times between pieces; `values` (point, channel) of the first four
    channels and the first two inputs, of a long series the least and the greatest of every so many points, with a row
    of NaN after each piece; `part` (point), an index of `part_names`; `border` (piece), the times at which pieces
    within a part begin; `plane` (point, 2), `plane_part` (point) of the first two channels or of the
    one channel and itself `lag` steps later. `connected` says that successive points lie on a curve.
    """
    channels, inputs = min(len(axis_names), _CHANNELS), min(len(input_names), _INPUTS)
    every = max(1, sum(map(len, parts.values())) // _POINTS)
    lag = 10 if connected else 1
    begin, borders = 0, []
    times, values, of_part, plane, of_plane = [], [], [], [], []
    for index, part in enumerate(parts.values()):
        shown = 0
        for place, piece in enumerate(part.parts()):
            time = time_per_step * np.arange(begin, begin + len(piece))
            if place > 0:
                borders.append(time[0])
            begin += len(piece)
            time, rows = _envelope(time, _columns(piece, channels, inputs), every)
            times.append(np.append(time, np.nan))
            values.append(_with_gap(rows))
            of_part.append(np.full(len(time) + 1, index))
            pairs = _pairs(piece.values, lag)[: _POINTS - shown]
            shown += len(pairs)
            plane.append(_with_gap(pairs))
            of_plane.append(np.full(len(pairs) + 1, index))
    return {
        "time": np.concatenate(times),
        "values": np.concatenate(values),
        "part": np.concatenate(of_part),
        "border": np.array(borders),
        "plane": np.concatenate(plane),
        "plane_part": np.concatenate(of_plane),
        "part_names": np.array(list(parts)),
        "axis_names": np.array(axis_names[:channels]),
        "input_names": np.array(input_names[:inputs], dtype=str),
        "lag": np.array(lag),
        "connected": np.array(connected),
    }


@drawn
def recording_figure(found: Mapping[str, np.ndarray]) -> Figure:
    """What `recording_arrays` gives: on the left channels and inputs over time, on the right the plane.

    Parts have colours of their own; thin lines are borders between pieces, where there are not too many.
    """
    names = axis_names_or_default([*map(str, found["axis_names"])], len(found["axis_names"]))
    labels = names + axis_names_or_default([*map(str, found["input_names"])], len(found["input_names"]))
    labels = labels[: _CHANNELS + _INPUTS]
    rows, connected = len(labels), bool(found["connected"])
    if narrow():
        figure = new_figure(PAGE, 0.5 + 0.75 * rows + 2.4)
        grid = figure.add_gridspec(rows + 1, 1, height_ratios=[*[0.75] * rows, 2.4])
        places, corner = [grid[row, 0] for row in range(rows)], grid[rows, 0]
    else:
        figure = new_figure(PAGE, max(2.2, 0.5 + 0.75 * rows))
        grid = figure.add_gridspec(rows, 2, width_ratios=[2.4, 1.0])
        places, corner = [grid[row, 0] for row in range(rows)], grid[:, 1]
    panels = [figure.add_subplot(places[0])]
    panels += [figure.add_subplot(place, sharex=panels[0]) for place in places[1:]]
    plane = figure.add_subplot(corner)
    for index, (part, colour) in enumerate(zip(found["part_names"], _COLOURS, strict=False)):
        own, look = found["part"] == index, _look(connected)
        for panel, values in zip(panels, found["values"].T, strict=False):
            panel.plot(found["time"][own], values[own], color=colour, label=literal(str(part)), **look)
        across, up = found["plane"][found["plane_part"] == index].T
        draw_orbit(plane, across, up, colour, connected=connected)
    for panel, label in zip(panels, labels, strict=True):
        dress(panel, "", label)
        panel.tick_params(labelbottom=panel is panels[-1])
        for border in found["border"] if len(found["border"]) <= _MOST_BORDERS else ():
            panel.axvline(border, color="0.8", linewidth=HAIR, zorder=0)
    panels[-1].set_xlabel(
        "time (time units)" if not len(found["border"]) else "time units, pieces end to end"
    )
    panels[0].legend(
        loc="lower left", bbox_to_anchor=(0, 1), ncols=len(found["part_names"]), borderaxespad=0.2
    )
    delay = delayed(names[0], int(found["lag"]))
    dress(plane, *(names[:2] if len(names) > 1 else delay))
    figure.align_ylabels(panels)
    return figure


def _columns(piece: Pieces, channels: int, inputs: int) -> Float[np.ndarray, "time channel"]:
    own = piece.values[:, :channels]
    return own if piece.inputs is None else np.concatenate([own, piece.inputs[:, :inputs]], axis=1)


def _envelope(
    time: Float[np.ndarray, " time"], values: Float[np.ndarray, "time channel"], every: int
) -> tuple[Float[np.ndarray, " point"], Float[np.ndarray, "point channel"]]:
    """Of every so many points the least and the greatest: what a curve covers that is longer than a figure is wide."""
    if every == 1 or len(time) < 2 * every:
        return time, values
    kept = len(time) // every * every
    blocks = values[:kept].reshape(-1, every, values.shape[1])
    both = np.stack([blocks.min(1), blocks.max(1)], axis=1).reshape(-1, values.shape[1])
    return np.repeat(time[:kept:every], 2), both


def _pairs(values: Float[np.ndarray, "time channel"], lag: int) -> Float[np.ndarray, "point 2"]:
    if values.shape[1] > 1:
        return values[:, :2]
    return np.concatenate([values[:-lag], values[lag:]], axis=1)


def _with_gap(rows: Float[np.ndarray, "point axis"]) -> Float[np.ndarray, "more axis"]:
    return np.concatenate([rows, np.full((1, rows.shape[1]), np.nan)])


def _look(connected: bool) -> dict[str, Any]:
    if connected:
        return {"linewidth": THIN}
    return {"linewidth": 0, "marker": ".", "markersize": 2.0, "markeredgewidth": 0}
