"""What every metric asks of the series it is given."""

import dataclasses
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Array, Float, Shaped

from rnnchaos import given
from rnnchaos.errors import ConfigError
from rnnchaos.pieces import Pieces

# Beyond this, squares come near the end of float64: such an orbit has diverged although it is finite.
OVERFLOW = 1e100

Series = Shaped[Array | np.ndarray, "..."] | Sequence[Any]
"""(time, dimension), as an array of NumPy or JAX of any type of real numbers, or as lists of numbers."""

Forecasts = Shaped[Array | np.ndarray, "..."] | Sequence[Any]
"""(start, dimension), or (start, horizon, dimension), likewise; starts in their order along the series."""


class Estimate(NamedTuple):
    """A number, and how far it scatters."""

    value: float
    standard_error: float | None = None
    """±1.96 of these make a 95 % interval; None where one series gives no estimate of it."""


def as_numbers(name: str, values: Series) -> Float[np.ndarray, "..."]:
    """Arrays, lists and integers as float64; complex numbers, words and masked entries are refused by ConfigError."""
    return given.as_numbers(f"the {name}", values)


def diverged_at(series: Float[np.ndarray, "time dimension"]) -> int | None:
    """The first step at which a series is not finite or beyond 1e100 in size; None if there is none."""
    bounded = np.abs(np.asarray(series, np.float64)) <= OVERFLOW
    return None if bounded.all() else int(np.argmin(bounded.all(axis=1)))


def as_series(name: str, series: Series) -> Float[np.ndarray, "time dimension"]:
    """The series in float64, whether it diverges or not.

    Raises:
        ConfigError: it is not (time, dimension) of real numbers, or it is empty.
    """
    array = as_numbers(name, series)
    if array.ndim != 2 or array.size == 0:
        raise ConfigError(f"the {name} must be (time, dimension) and not empty, got shape {array.shape}")
    return array


def check_series(name: str, series: Series) -> Float[np.ndarray, "time dimension"]:
    """The series in float64.

    Raises:
        ConfigError: it is not (time, dimension), it is empty, or it diverges.
    """
    array = as_series(name, series)
    step = diverged_at(array)
    if step is not None:
        raise ConfigError(f"the {name} must be finite, but diverges at step {step} of {len(array)}")
    return array


def as_pieces(name: str, series: Series | Pieces) -> Pieces:
    """The series in float64, in its pieces; an array is one. Raises as `as_series` does."""
    if not isinstance(series, Pieces):
        return Pieces.of(as_series(name, series))
    return dataclasses.replace(series, values=as_series(name, series.values))


def check_pair(
    truth: Series, generated: Series
) -> tuple[Float[np.ndarray, "time dimension"], Float[np.ndarray, "steps dimension"]]:
    """Both series in float64.

    Raises:
        ConfigError: one is not (time, dimension), empty or diverges, or they differ in dimension.
    """
    truth, generated = check_series("truth", truth), check_series("generated series", generated)
    check_dimensions(truth, generated)
    return truth, generated


def check_dimensions(
    truth: Float[np.ndarray, "time dimension"], generated: Float[np.ndarray, "steps generated_dimension"]
) -> None:
    """Raise ConfigError unless both series have the same dimension."""
    if truth.shape[1] != generated.shape[1]:
        raise ConfigError(
            f"generated series must have the truth's {truth.shape[1]} dimensions, got {generated.shape[1]}"
        )


def check_varies(metric: str, truth: Float[np.ndarray, "time dimension"]) -> None:
    """Raise ConfigError where the truth is constant along an axis, and so sets no scale there."""
    # Axis by axis: a reduction over rows of few numbers takes ten times as long.
    constant = np.flatnonzero([np.all(values == values[0]) for values in truth.T])
    if constant.size:
        raise ConfigError(f"{metric} has no scale on axis {constant[0]}: the truth is constant there")
