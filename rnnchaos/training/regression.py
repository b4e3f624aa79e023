"""Fitting in closed form, where a network is made for it."""

from typing import ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Float, PRNGKeyArray

from rnnchaos.models import AbstractRegressedCell, Network
from rnnchaos.protocols import Forcing, TrainingSeries
from rnnchaos.setting import NotNegative, check_fields
from rnnchaos.training.base import AbstractTrainer
from rnnchaos.training.loss import forced_states
from rnnchaos.training.state import StepRecord, TrainState


class Regression(AbstractTrainer):
    """One step of ridge regression on one-step predictions while the network hears the data, in float64.

    For networks made for it.
    """

    steadier: ClassVar[str] = "a larger protocol.ridge"
    ridge: NotNegative = 1e-8
    """Weight of the squared readout in the mean squared error, for data scaled as the dataset says."""
    window: int = eqx.field(static=True, kw_only=True)
    num_steps: int = eqx.field(static=True, init=False, default=1)

    def __check_init__(self) -> None:
        check_fields(self)

    @property
    def interval(self) -> int:
        return 1

    def describe(self) -> str:
        return "fitted in closed form: one regression over the whole series, with no optimiser"

    def init(self, network: Network, *, key: PRNGKeyArray) -> TrainState:
        return TrainState(network, None, (), key, jnp.asarray(0, jnp.int32), jnp.asarray(False))

    def orbit(
        self,
        state: TrainState,
        window: Float[Array, "points dimension"],
        inputs: Float[Array, "points input"] | None = None,
    ) -> Float[Array, "steps state"]:
        return forced_states(state.network, Forcing(1), window, inputs)

    @eqx.filter_jit
    def run(self, state: TrainState, series: TrainingSeries, num_steps: int) -> tuple[TrainState, StepRecord]:
        """Fit the network to the whole of `series`; the loss is that of its one-step predictions."""
        double = state.network.astype(jnp.float64)
        cell, drive = double.cell, double.drive
        assert isinstance(cell, AbstractRegressedCell)  # the settings have been checked
        driven = {} if drive is None or series.inputs is None else {"shifts": drive(series.inputs)}
        values = series.values.astype(jnp.float64)
        fitted, loss = cell.fit(values, series.since, ridge=self.ridge, **driven)
        fitted = Network(fitted.cell, fitted.observation, drive)
        finite = jnp.isfinite(loss)
        kept = jax.tree.map(
            lambda new, old: jnp.where(finite, new.astype(old.dtype), old) if eqx.is_array(new) else old,
            fitted,
            state.network,
        )
        weight_norm = optax.tree.norm(eqx.filter(kept, eqx.is_inexact_array))
        after = TrainState(kept, None, (), state.key, state.step + 1, ~finite)
        return after, StepRecord(loss[None], None, weight_norm[None], {})
