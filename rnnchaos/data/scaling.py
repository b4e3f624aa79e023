"""The affine scaling between a system's own units and what the network sees."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from jaxtyping import Float

from rnnchaos.errors import ConfigError

ScalingForm = Literal["axis", "global", "none"]


class Scaling(NamedTuple):
    """scaled = (x - mean) / scale, axis by axis."""

    mean: Float[np.ndarray, " dimension"]
    scale: Float[np.ndarray, " dimension"]

    def apply(self, x: Float[np.ndarray, "*time dimension"]) -> Float[np.ndarray, "*time dimension"]:
        """From the system's units to scaled ones."""
        return (x - self.mean) / self.scale

    def invert(self, scaled: Float[np.ndarray, "*time dimension"]) -> Float[np.ndarray, "*time dimension"]:
        """From scaled units back to the system's."""
        return scaled * self.scale + self.mean


def fit_scaling(
    series: Float[np.ndarray, "time dimension"],
    form: ScalingForm,
    *,
    names: Sequence[str] = (),
    of_inputs: bool = False,
) -> Scaling:
    """The scaling of `series`: each axis by its own mean and standard deviation (`axis`), or one of each for all.

    The paper's Lorenz data is scaled by one mean and one scale (`global`). Raises ConfigError where an axis does
    not vary, by its name where `names` are given.
    """
    dimension = series.shape[1]
    mean, scale = series.mean(0), series.std(0)
    for axis in np.flatnonzero(scale <= 1e-12 * np.maximum(1.0, np.abs(mean))):
        named = f" ({names[int(axis)]})" if names else ""
        what, then = ("input", "leave it out") if of_inputs else ("axis", "there is nothing to learn in it")
        raise ConfigError(f"{what} {axis}{named} of the series is constant at {mean[axis]:.6g}; {then}")
    if form == "none":
        return Scaling(np.zeros(dimension), np.ones(dimension))
    if form == "global":
        return Scaling(np.full(dimension, series.mean()), np.full(dimension, series.std()))
    return Scaling(mean, scale)
