"""Fitting in closed form, where a network is made for it."""

import equinox as eqx
import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Float, PRNGKeyArray

from rnnchaos.models import AbstractRegressedCell, Network
from rnnchaos.protocols import ClosedForm
from rnnchaos.training.trainer import AbstractTrainer, StepRecord, TrainState


class Regression(AbstractTrainer):
    """One step of ridge regression from the untrained network to the fitted one, in float64."""

    forcing: ClosedForm
    window: int = eqx.field(static=True)
    num_steps: int = eqx.field(static=True, default=1)

    def describe(self) -> str:
        return self.forcing.describe()

    def init(self, network: Network, *, key: PRNGKeyArray) -> TrainState:
        return TrainState(network, self.forcing, (), key, jnp.asarray(0, jnp.int32), jnp.asarray(False))

    @eqx.filter_jit
    def run(
        self, state: TrainState, series: Float[Array, "time dimension"], num_steps: int
    ) -> tuple[TrainState, StepRecord]:
        """Fit the network to the whole of `series`; the loss is that of its one-step predictions."""
        cell = state.network.cell
        assert isinstance(cell, AbstractRegressedCell)  # the settings have been checked
        double = jax.tree.map(lambda leaf: leaf.astype(jnp.float64) if eqx.is_array(leaf) else leaf, cell)
        fitted, loss = double.fit(series.astype(jnp.float64), ridge=self.forcing.ridge)
        finite = jnp.isfinite(loss)
        kept = jax.tree.map(
            lambda new, old: jnp.where(finite, new.astype(old.dtype), old) if eqx.is_array(new) else old,
            fitted,
            state.network,
        )
        weight_norm = optax.tree.norm(eqx.filter(kept, eqx.is_inexact_array))
        after = TrainState(kept, state.forcing, (), state.key, state.step + 1, ~finite)
        return after, StepRecord(loss[None], jnp.zeros_like(loss)[None], weight_norm[None], {})
