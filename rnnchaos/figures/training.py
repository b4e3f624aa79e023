"""The course of a training run."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int, Num
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rnnchaos.figures.look import COLUMN
from rnnchaos.figures.style import (
    DASHES,
    HAIR,
    LINE,
    NETWORK,
    SECOND,
    SMALL,
    THEORY,
    THEORY_DASHES,
    THIN,
    drawn,
    dress,
    finite_or_gap,
    legend_above,
    new_figure,
)

NUM_BLOCKS = 100


@drawn
def training_figure(
    loss: Float[np.ndarray, " step"],
    gradient_norm: Float[np.ndarray, " step"] | None = None,
    *,
    record_steps: Int[np.ndarray, " record"] | None = None,
    log_jacobian_over_tau: Float[np.ndarray, " record"] | None = None,
    log_jacobian_over_window: Float[np.ndarray, " record"] | None = None,
    learning_rate: Float[np.ndarray, " step"] | None = None,
    attempt: Int[np.ndarray, " step"] | None = None,
) -> Figure:
    """Loss, gradient norm, Jacobian products and learning rate against the optimiser step.

    Every step is drawn faintly; the line is the median of a hundredth of the run, the band its quartiles.
    `log_jacobian_over_tau` and `log_jacobian_over_window` are ln ‖J_T … J_2‖ (nats) of free steps over one forcing
    interval and over a whole window, after `record_steps`. A dashed line marks the first step whose loss is not
    finite, a thin one where the number of the `attempt` rises.
    """
    step = np.arange(1, len(loss) + 1)
    panels: list[Callable[[Axes], None]] = [
        lambda axes: _per_step(axes, step, loss, "loss (scaled units²)"),
    ]
    if gradient_norm is not None:
        panels.append(lambda axes: _per_step(axes, step, gradient_norm, "gradient norm"))
    if record_steps is not None:
        panels.append(
            lambda axes: _jacobians(axes, record_steps, log_jacobian_over_tau, log_jacobian_over_window)
        )
    if learning_rate is not None:
        panels.append(lambda axes: _learning_rate(axes, step, learning_rate))

    figure = new_figure(1.4 * COLUMN, 0.5 + 1.25 * len(panels))
    all_axes = figure.subplots(len(panels), 1, sharex=True, squeeze=False)[:, 0]
    diverged = step[~np.isfinite(loss)]
    begins = step[:0] if attempt is None else np.flatnonzero(np.diff(attempt)) + 1.5
    for axes, draw in zip(all_axes, panels, strict=True):
        draw(axes)
        for begin in begins:
            axes.axvline(begin, color=THEORY, linewidth=THIN)
        if diverged.size:
            axes.axvline(diverged[0], color=THEORY, linestyle=THEORY_DASHES, linewidth=LINE)
    if diverged.size:
        all_axes[0].set_title(f"diverged at step {diverged[0]}", fontsize=SMALL, loc="right")
    if begins.size and attempt is not None:
        all_axes[0].set_title(f"{attempt[-1]} attempts", fontsize=SMALL, loc="left")
    all_axes[-1].set_xlabel("optimiser step")
    figure.align_ylabels(all_axes)
    return figure


class _Blocks(NamedTuple):
    step: Float[np.ndarray, " block"]
    lower: Float[np.ndarray, " block"]
    median: Float[np.ndarray, " block"]
    upper: Float[np.ndarray, " block"]


def _blocks(step: Int[np.ndarray, " step"], values: Float[np.ndarray, " step"]) -> _Blocks:
    """Quartiles of the values in up to 100 blocks of successive steps."""
    count = min(NUM_BLOCKS, len(step))
    quartiles = [np.quantile(block, [0.25, 0.5, 0.75]) for block in np.array_split(values, count)]
    centres = [block.mean() for block in np.array_split(step, count)]
    return _Blocks(np.array(centres), *np.array(quartiles).T)


def _per_step(
    axes: Axes, step: Int[np.ndarray, " step"], values: Float[np.ndarray, " step"], label: str
) -> None:
    """A positive quantity of every step on a logarithmic axis."""
    drawable = np.isfinite(values) & (values > 0)
    step, values = step[drawable], values[drawable]
    dress(axes, "", label)
    if not step.size:
        return
    axes.set_yscale("log")
    axes.plot(step, values, color=NETWORK, linewidth=HAIR, alpha=0.25)
    blocks = _blocks(step, values)
    axes.fill_between(blocks.step, blocks.lower, blocks.upper, color=NETWORK, alpha=0.25, linewidth=0)
    axes.plot(blocks.step, blocks.median, color=NETWORK, linewidth=LINE, marker=_alone(blocks.step))
    # Rare spikes may leave the panel; the bulk of the run decides what is shown.
    low, high = np.quantile(values, [0.001, 0.999])
    axes.set_ylim(low / 1.5, high * 1.5)


def _alone(step: Num[np.ndarray, " point"]) -> str:
    """The marker of a point by itself, which makes no line."""
    return "." if len(step) == 1 else ""


def _jacobians(
    axes: Axes,
    step: Int[np.ndarray, " record"],
    tau: Float[np.ndarray, " record"] | None,
    window: Float[np.ndarray, " record"] | None,
) -> None:
    series = [
        (window, SECOND, "-", "over a window"),
        (tau, NETWORK, DASHES[1], "over a forcing interval"),
    ]
    for values, colour, dashes, label in series:
        if values is not None:
            drawn, marker = finite_or_gap(values) / np.log(10), _alone(step)
            axes.plot(step, drawn, color=colour, linestyle=dashes, linewidth=LINE, marker=marker, label=label)
    axes.axhline(0, color=THEORY, linestyle=THEORY_DASHES, linewidth=THIN)
    dress(axes, "", r"$\log_{10}\,\|J_T \cdots J_2\|$")
    legend_above(axes)


def _learning_rate(
    axes: Axes, step: Int[np.ndarray, " step"], learning_rate: Float[np.ndarray, " step"]
) -> None:
    axes.plot(step, learning_rate, color=THEORY, linewidth=LINE)
    axes.set_ylim(bottom=0)
    dress(axes, "", "learning rate")
