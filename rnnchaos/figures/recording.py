"""A dataset as it goes into training: its channels over time, part by part and piece by piece, and its first plane."""

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rnnchaos.figures.style import HAIR, NETWORK, PAGE, SECOND, SMALL, THIN, TRUTH, dress, new_figure
from rnnchaos.pieces import Pieces

_CHANNELS, _INPUTS = 4, 2
# Points of a curve beyond which a figure shows no more.
_POINTS = 6_000
_COLOURS = (TRUTH, SECOND, NETWORK)


def recording_figure(
    parts: Mapping[str, Pieces],
    *,
    time_per_step: float,
    axis_names: Sequence[str],
    input_names: Sequence[str] = (),
    connected: bool = True,
) -> Figure:
    """The parts of a dataset, such as training, validation and test, by name, one after the other.

    On the left the first four channels and the first two inputs over the time since the first point, without the
    times between pieces, whose borders are thin lines; on the right the plane of the first two channels, or of one
    channel against itself, of a curve ten steps later. `connected` joins successive points, as on a curve.
    """
    names = list(axis_names[:_CHANNELS])
    inputs = list(input_names[:_INPUTS])
    rows = len(names) + len(inputs)
    figure = new_figure(PAGE, max(2.2, 0.5 + 0.75 * rows))
    grid = figure.add_gridspec(rows, 2, width_ratios=[2.4, 1.0])
    panels: list[Axes] = []
    for row in range(rows):
        panels.append(figure.add_subplot(grid[row, 0], sharex=panels[0] if panels else None))
    plane = figure.add_subplot(grid[:, 1])
    begin, every = 0, max(1, sum(map(len, parts.values())) // _POINTS)
    many = sum(len(part.lengths) for part in parts.values()) > 60
    for (part_name, part), colour in zip(parts.items(), _COLOURS, strict=False):
        for index, piece in enumerate(part.parts()):
            time = time_per_step * np.arange(begin, begin + len(piece))
            begin += len(piece)
            label = part_name if index == 0 else None
            for panel, values in zip(panels, _curves(piece, len(names), len(inputs)), strict=True):
                _draw(panel, *_envelope(time, values, every), colour, connected, label)
                if index > 0 and not many:
                    panel.axvline(time[0], color="0.8", linewidth=HAIR, zorder=0)
        _draw_plane(plane, part, colour, connected)
    for panel, name in zip(panels, names + inputs, strict=True):
        dress(panel, "", name)
        panel.tick_params(labelbottom=panel is panels[-1])
    panels[-1].set_xlabel("time units, pieces end to end", fontsize=SMALL + 1)
    panels[0].legend(
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=len(parts),
        fontsize=SMALL,
        frameon=False,
        borderaxespad=0.2,
    )
    first, lag = axis_names[0], _lag(connected)
    delayed = (f"{first}(t)", f"{first}(t + {lag} step{'' if lag == 1 else 's'})")
    dress(plane, *((first, axis_names[1]) if len(axis_names) > 1 else delayed))
    return figure


def _curves(piece: Pieces, channels: int, inputs: int) -> list[Float[np.ndarray, " time"]]:
    found = list(piece.values.T[:channels])
    return found if piece.inputs is None else found + list(piece.inputs.T[:inputs])


def _envelope(time: np.ndarray, values: np.ndarray, every: int) -> tuple[np.ndarray, np.ndarray]:
    """Of every so many points the least and the greatest: what a curve covers that is longer than a figure is wide."""
    if every == 1 or len(time) < 2 * every:
        return time, values
    kept = len(time) // every * every
    blocks = values[:kept].reshape(-1, every)
    return np.repeat(time[:kept:every], 2), np.stack([blocks.min(1), blocks.max(1)], axis=1).ravel()


def _draw(
    axes: Axes, across: np.ndarray, up: np.ndarray, colour: str, connected: bool, label: str | None = None
) -> None:
    if connected:
        axes.plot(across, up, color=colour, linewidth=THIN, label=label)
    else:
        axes.plot(across, up, color=colour, linewidth=0, marker=".", markersize=1.5, label=label)


def _lag(connected: bool) -> int:
    """Steps between the axes of a delay plot."""
    return 10 if connected else 1


def _draw_plane(axes: Axes, part: Pieces, colour: str, connected: bool) -> None:
    left = _POINTS
    for piece in part.parts():
        shown = piece.values[:left]
        left -= len(shown)
        lag = _lag(connected)
        across, up = (shown[:, 0], shown[:, 1]) if shown.shape[1] > 1 else (shown[:-lag, 0], shown[lag:, 0])
        style = {"linewidth": HAIR} if connected else {"linewidth": 0, "marker": ".", "markersize": 1.0}
        axes.plot(across, up, color=colour, alpha=0.7, **style)
        if left <= 1:
            return
