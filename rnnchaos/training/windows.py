"""The training series on the device, and the windows that are drawn from it."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, DTypeLike, Float, Int, PRNGKeyArray

from rnnchaos.pieces import Pieces


class TrainingSeries(NamedTuple):
    """A series in pieces, and where windows of one length start that lie in one piece each."""

    values: Float[Array, "time dimension"]
    since: Int[Array, " time"]
    """How many rows of its own piece lie before each row."""
    starts: Int[Array, " start"]
    """The first rows of all windows that there are."""
    inputs: Float[Array, "time input"] | None = None
    """What drives the step into each row."""

    @classmethod
    def of(cls, series: Pieces, *, window: int, dtype: DTypeLike) -> "TrainingSeries":
        """For windows of `window` + 1 points."""
        return cls(
            jnp.asarray(series.values, dtype),
            jnp.asarray(series.since, jnp.int32),
            jnp.asarray(series.ends(after=window), jnp.int32),
            None if series.inputs is None else jnp.asarray(series.inputs, dtype),
        )


class Windows(NamedTuple):
    """Windows x_0 … x_T of a series, with the inputs s_0 … s_T of a driven one, of which s_0 acts on no step."""

    values: Float[Array, "batch points dimension"]
    inputs: Float[Array, "batch points input"] | None


def draw_windows(series: TrainingSeries, batch_size: int, window: int, *, key: PRNGKeyArray) -> Windows:
    """Draw windows of `window` + 1 consecutive observations, uniformly over their starting points."""
    drawn = series.starts[jax.random.randint(key, (batch_size,), 0, len(series.starts))]
    rows = drawn[:, None] + jnp.arange(window + 1)
    return Windows(series.values[rows], None if series.inputs is None else series.inputs[rows])
