"""Gradients of networks trained on a cycle, a torus and chaos, and products of their Jacobians over training."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float, Int
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rnnchaos.figures.look import PAGE
from rnnchaos.figures.style import (
    DASHES,
    HAIR,
    LINE,
    NETWORK,
    SECOND,
    THEORY,
    THEORY_DASHES,
    THIN,
    TRUTH,
    drawn,
    dress,
    finite_or_gap,
    legend_of_all,
    new_figure,
)


class NetworkGradients(NamedTuple):
    """Of one trained network; logarithms are natural (nats)."""

    lags: Int[np.ndarray, " lag"]
    log_state_norm: Float[np.ndarray, " lag"]
    """Mean over starts of ln ‖∂z_T/∂z_1‖."""
    loss_lags: Int[np.ndarray, " loss_lag"]
    log_loss_norm: Float[np.ndarray, " loss_lag"]
    record_steps: Int[np.ndarray, " record"]
    """Optimiser steps after which the products below were taken."""
    log_over_window: Float[np.ndarray, " record"]
    log_over_interval: Float[np.ndarray, " record"]


class Theorem(NamedTuple):
    """One column: the networks that were trained on the same data."""

    title: str
    networks: Sequence[NetworkGradients]
    exponent: float
    """λ_max of the networks, nats per step: the slope that theory gives."""
    published: Mapping[int | float, float]
    """log₁₀ ‖∂z_T/∂z_1‖ by T."""


@drawn
def theorems_figure(columns: Sequence[Theorem]) -> Figure:
    """A column for each data set: ‖∂z_T/∂z_1‖ and ‖∂L_T/∂θ‖ against T, and Jacobian products over training.

    A thin line for each network; the dashed line has the slope λ_max. Published values are hollow marks.
    """
    figure = new_figure(PAGE, 6.2, legend_outside=True)
    grid = figure.subplots(3, len(columns), squeeze=False)
    for (states, losses, training), column in zip(grid.T, columns, strict=True):
        _states(states, column)
        _losses(losses, column)
        _training(training, column)
        states.set_title(column.title)
    for row in grid:
        for axes in row[1:]:
            axes.set_ylabel("")
    legend_of_all(figure, grid.ravel(), columns=3)
    return figure


def _states(axes: Axes, column: Theorem) -> None:
    for network in column.networks:
        decades = finite_or_gap(network.log_state_norm) / np.log(10)
        axes.plot(network.lags, decades, color=NETWORK, linewidth=THIN, alpha=0.7, label="a network")
    first = column.networks[0]
    middle = np.median([network.log_state_norm[-1] for network in column.networks]) / np.log(10)
    line = middle + column.exponent / np.log(10) * (first.lags - first.lags[-1])
    axes.plot(
        first.lags,
        line,
        color=THEORY,
        linestyle=THEORY_DASHES,
        linewidth=LINE,
        label=r"slope $\lambda_{\max}$",
    )
    if column.published:
        axes.plot(
            list(column.published),
            list(column.published.values()),
            "o",
            color=TRUTH,
            markerfacecolor="none",
            ms=4.5,
            label="published",
        )
    dress(axes, "T (steps)", r"$\log_{10}\,\|\partial z_T/\partial z_1\|$")


def _losses(axes: Axes, column: Theorem) -> None:
    for network in column.networks:
        decades = finite_or_gap(network.log_loss_norm) / np.log(10)
        axes.plot(network.loss_lags, decades, color=NETWORK, linewidth=THIN, alpha=0.7)
    dress(axes, "T (steps)", r"$\log_{10}\,\|\partial L_T/\partial\theta\|$")


def _training(axes: Axes, column: Theorem) -> None:
    for network in column.networks:
        for values, colour, dashes, label in (
            (network.log_over_window, SECOND, "-", "over a whole window"),
            (network.log_over_interval, NETWORK, DASHES[1], r"over a forcing interval $\tau$"),
        ):
            decades = finite_or_gap(values) / np.log(10)
            look: dict[str, Any] = {"color": colour, "linestyle": dashes, "linewidth": THIN, "alpha": 0.7}
            axes.plot(network.record_steps, decades, label=label, **look)
    axes.axhline(0, color=THEORY, linewidth=HAIR)
    dress(axes, "optimiser step", r"$\log_{10}\,\|J_T \cdots J_2\|$ in training")
