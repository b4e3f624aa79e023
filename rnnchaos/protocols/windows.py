"""The training series on the device, and the windows that are drawn from it."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, DTypeLike, Float, Int, PRNGKeyArray

from rnnchaos.pieces import Pieces
from rnnchaos.typing import Tangents


class TrainingSeries(NamedTuple):
    """A series in pieces, and where windows of one length start that lie in one piece each."""

    values: Float[Array, "time dimension"]
    since: Int[Array, " time"]
    """How many rows of its own piece lie before each row."""
    starts: Int[Array, " start"]
    """The first rows of all windows that there are."""
    inputs: Float[Array, "time input"] | None = None
    """What drives the step into each row."""
    added: Int[Array, " added"] | None = None
    """The same of windows that are drawn beside these."""
    share: Float[Array, ""] | None = None
    """Share of the windows that are drawn from `added`."""
    tangents: Tangents | None = None
    """What a penalty is to know of the derivatives of the map behind the series."""

    @classmethod
    def of(
        cls,
        series: Pieces,
        *,
        window: int,
        dtype: DTypeLike,
        added: Pieces | None = None,
        share: float | None = None,
        tangents: Tangents | None = None,
    ) -> "TrainingSeries":
        """For windows of `window` + 1 points: of `series`, and with the probability `share` of what is `added` to it.

        Without a share all windows are as probable. The rows of `tangents` are those of the series and then of what is
        added.
        """
        whole = series if added is None else Pieces.joined([series, added])
        starts = whole.ends(after=window)
        own, others = np.split(starts, [np.searchsorted(starts, len(series))])
        found = cls(
            jax.device_put(np.asarray(whole.values, dtype)),
            jax.device_put(np.asarray(whole.since, jnp.int32)),
            jax.device_put(np.asarray(own, jnp.int32)),
            None if whole.inputs is None else jnp.asarray(whole.inputs, dtype),
            tangents=None if tangents is None else _on_device(tangents, dtype),
        )
        if not len(others):
            return found
        share = len(others) / len(starts) if share is None else share
        return found._replace(added=jnp.asarray(others, jnp.int32), share=jnp.asarray(share, jnp.float32))


class Windows(NamedTuple):
    """Windows x_0 … x_T of a series, with the inputs s_0 … s_T of a driven one, of which s_0 acts on no step."""

    values: Float[Array, "batch points dimension"]
    inputs: Float[Array, "batch points input"] | None


def draw_windows(series: TrainingSeries, batch_size: int, window: int, *, key: PRNGKeyArray) -> Windows:
    """Draw windows of `window` + 1 consecutive observations, uniformly over their starting points.

    Each is of what is added to the series with the probability `series.share`.
    """
    drawn = _drawn(series.starts, batch_size, key=key)
    if series.added is not None and series.share is not None:
        which, where = jax.random.split(jax.random.fold_in(key, 1))
        others = _drawn(series.added, batch_size, key=where)
        drawn = jnp.where(jax.random.bernoulli(which, series.share, (batch_size,)), others, drawn)
    rows = drawn[:, None] + jnp.arange(window + 1)
    return Windows(series.values[rows], None if series.inputs is None else series.inputs[rows])


def _drawn(starts: Int[Array, " start"], count: int, *, key: PRNGKeyArray) -> Int[Array, " drawn"]:
    return starts[jax.random.randint(key, (count,), 0, len(starts))]


def _on_device(tangents: Tangents, dtype: DTypeLike) -> Tangents:
    rows, *vectors = tangents
    return Tangents(jnp.asarray(rows, jnp.int32), *(jnp.asarray(part, dtype) for part in vectors))
