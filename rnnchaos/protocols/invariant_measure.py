"""A loss on the invariant measure: where free runs of the network come to lie, against where the data lie."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from rnnchaos.models import Network
from rnnchaos.protocols.penalty import AbstractPenalty, Batch
from rnnchaos.protocols.windows import draw_windows
from rnnchaos.setting import Count, NotNegative, SettingError, Steps

# A free run that is farther from the mean of the data than so many standard deviations has left the attractor.
_LEFT = 10.0


class InvariantMeasure(AbstractPenalty):
    """strength · sliced Wasserstein distance between the points that free runs reach and those that the data reach.

    Free runs start at points drawn from the training series; the points of their last steps, in no order, are held
    against those of the data from the same starts, so that the distance is 0 for the map behind the data. Along random
    lines both sets are sorted, and the mean of 2 (√(1 + u²) - 1) of the differences u is taken, in standard deviations
    of the data: u² where they are small, 2 |u| where they are large. Gradients reach back through the last steps
    alone, so they do not explode; a run that has left the attractor by then goes on from the data.

    Schiff et al. (2024), ICML, arXiv:2402.04467, with the maximum mean discrepancy; Bonneel et al. (2015), J. Math.
    Imaging Vis. 51, 22, for the distance.
    """

    strength: NotNegative = 0.0
    """Of the penalty."""
    orbits: Count = 128
    """Free runs at a time."""
    num_steps: Steps = 50
    """Steps of a free run, up to training.window."""
    gradient_steps: Steps = 5
    """The last of them, whose points are compared and through which gradients flow."""
    directions: Count = 16
    """Random lines along which the points are compared, drawn anew."""
    every: Steps = 5
    """Optimiser steps between penalties."""

    def __check_init__(self) -> None:
        if self.gradient_steps > self.num_steps:
            must = f"be at most num_steps ({self.num_steps} steps)"
            raise SettingError("gradient_steps", must, self.gradient_steps)

    def describe(self) -> str:
        return "a loss on the invariant measure"

    def check(self, network: Network, *, window: int) -> None:
        if self.num_steps > window:
            raise SettingError("num_steps", f"be at most training.window ({window} steps)", self.num_steps)

    def numbers(self, network: Network, dimension: int) -> int:
        compared = self.orbits * self.gradient_steps * (network.state_size + self.directions)
        return 4 * compared + 2 * self.orbits * self.num_steps * dimension

    def due(self, step: Int[Array, ""]) -> Bool[Array, ""]:
        return step % self.every == 0

    def penalty(self, network: Network, batch: Batch) -> Float[Array, ""]:
        start_key, line_key = jax.random.split(batch.key)
        series = batch.series._replace(added=None)  # what lies off the attractor has no part in its measure
        windows, inputs = draw_windows(series, self.orbits, self.num_steps, key=start_key)
        points = series.values[series.starts]
        mean, spread = jnp.mean(points, axis=0), jnp.std(points, axis=0)

        def left(x: Float[Array, " dimension"]) -> Bool[Array, ""]:
            return ~(jnp.max(jnp.abs(x - mean) / spread) < _LEFT)  # NaN has left, too

        network = network.prepared()
        found = jax.vmap(lambda *given: self._reached(network, left, *given))(windows, inputs)
        lines = jax.random.normal(line_key, (windows.shape[2], self.directions), windows.dtype)
        lines = lines / jnp.linalg.norm(lines, axis=0) / spread[:, None]
        apart = _sorted_along(lines, found) - _sorted_along(lines, windows[:, -self.gradient_steps :])
        return self.strength * jnp.mean(2 * (jnp.sqrt(1 + apart**2) - 1))

    def _reached(
        self,
        network: Network,
        left: Callable[[Float[Array, " dimension"]], Bool[Array, ""]],
        window: Float[Array, "points dimension"],
        inputs: Float[Array, "points input"] | None,
    ) -> Float[Array, "steps dimension"]:
        """The observations of the last steps of a free run from the first point of a window, under its inputs."""

        def advance(state, given):
            state = network.step(state, given)
            return state, network.observe(state)

        before = self.num_steps - self.gradient_steps
        early, late = (None, None) if inputs is None else (inputs[1 : before + 1], inputs[before + 1 :])
        state, _ = jax.lax.scan(advance, network.force(window[0]), early, before)
        state = jnp.where(left(network.observe(state)), network.force(window[before]), state)
        return jax.lax.scan(advance, jax.lax.stop_gradient(state), late, self.gradient_steps)[1]


def _sorted_along(
    lines: Float[Array, "dimension line"], points: Float[Array, "orbit steps dimension"]
) -> Float[Array, "point line"]:
    return jnp.sort(points.reshape(-1, points.shape[2]) @ lines, axis=0)
