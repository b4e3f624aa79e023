"""By how much forecasts err: what decides the valid prediction time, and what figures show beside its threshold."""

import numpy as np
from jaxtyping import Float


def forecast_errors(
    truth: Float[np.ndarray, "start horizon dimension"],
    predicted: Float[np.ndarray, "start horizon dimension"],
    scale: Float[np.ndarray, " dimension"] | None = None,
) -> Float[np.ndarray, "start horizon"]:
    """√⟨((x̂ - x) / scale)²⟩ over the axes, at each step of each forecast; one that diverges has inf or NaN.

    `scale` is the standard deviation of the series that they are forecasts of; without it, as in runs of earlier
    versions, that of what was forecast.
    """
    if scale is None:
        scale = truth.std(axis=(0, 1))
    with np.errstate(over="ignore", invalid="ignore"):
        squares = ((predicted - truth) / np.where(scale > 0, scale, 1.0)) ** 2
        return np.sqrt(squares.mean(axis=-1))
