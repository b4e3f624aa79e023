"""Training as a pure function: a state, and a compiled program that takes it many optimiser steps further."""

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray, PyTree

from rnnchaos.cells import Network
from rnnchaos.forcing import AbstractForcing
from rnnchaos.training.loss import loss_and_gradient


class TrainState(eqx.Module):
    """All that training needs to go on: weights, optimiser, random key, and the steps taken so far."""

    network: Network
    optimizer_state: PyTree
    key: PRNGKeyArray
    step: Int[Array, ""]
    diverged: Bool[Array, ""]


class StepRecord(NamedTuple):
    """What each optimiser step of a chunk left behind."""

    loss: Float[Array, " step"]
    gradient_norm: Float[Array, " step"]
    """Euclidean norm of the loss gradient, before any clipping."""
    weight_norm: Float[Array, " step"]


class Trainer(eqx.Module):
    """The fixed parts of a training: forcing, optimiser, and how batches are drawn."""

    forcing: AbstractForcing
    optimizer: optax.GradientTransformation = eqx.field(static=True)
    batch_size: int = eqx.field(static=True)
    window: int = eqx.field(static=True)
    """Predicted steps per window: a window holds window + 1 observations."""

    def init(self, network: Network, *, key: PRNGKeyArray) -> TrainState:
        """The state before the first optimiser step."""
        optimizer_state = self.optimizer.init(eqx.filter(network, eqx.is_inexact_array))
        return TrainState(network, optimizer_state, key, jnp.asarray(0, jnp.int32), jnp.asarray(False))

    @eqx.filter_jit
    def run(
        self, state: TrainState, series: Float[Array, "time dimension"], num_steps: int
    ) -> tuple[TrainState, StepRecord]:
        """Take `num_steps` optimiser steps in one compiled program, drawing the batches from `series` on device.

        From the first step whose loss, gradient or weights are not finite the state stays as it was before that
        step, marked `diverged`; the records after that step repeat what stopped it.
        """
        arrays, rest = eqx.partition(state, eqx.is_array)

        def body(arrays, _):
            state, record = self._step(eqx.combine(arrays, rest), series)
            return eqx.filter(state, eqx.is_array), record

        arrays, records = jax.lax.scan(body, arrays, None, num_steps)
        return eqx.combine(arrays, rest), records

    def _step(
        self, state: TrainState, series: Float[Array, "time dimension"]
    ) -> tuple[TrainState, StepRecord]:
        # Keys are folded from the step, so a batch depends on the step alone and not on how training was cut up.
        batch_key, forcing_key = jax.random.split(jax.random.fold_in(state.key, state.step))
        windows = draw_windows(series, self.batch_size, self.window, key=batch_key)
        forcing = self.forcing.at_step(state.step, key=forcing_key)
        loss, gradient = loss_and_gradient(state.network, forcing, windows)
        weights = eqx.filter(state.network, eqx.is_inexact_array)
        updates, optimizer_state = self.optimizer.update(gradient, state.optimizer_state, weights)
        network = eqx.apply_updates(state.network, updates)
        record = StepRecord(
            loss, optax.tree.norm(gradient), optax.tree.norm(eqx.filter(network, eqx.is_inexact_array))
        )
        advanced = TrainState(network, optimizer_state, state.key, state.step + 1, state.diverged)
        finite = jnp.all(jnp.isfinite(jnp.stack(record))) & ~state.diverged
        stopped = eqx.tree_at(lambda s: s.diverged, state, jnp.asarray(True))
        return jax.tree.map(lambda new, old: jnp.where(finite, new, old), advanced, stopped), record


def draw_windows(
    series: Float[Array, "time dimension"], batch_size: int, window: int, *, key: PRNGKeyArray
) -> Float[Array, "batch points dimension"]:
    """Draw windows of `window` + 1 consecutive observations, uniformly over their starting points."""
    starts = jax.random.randint(key, (batch_size,), 0, series.shape[0] - window)
    return series[starts[:, None] + jnp.arange(window + 1)]
