"""Training as a pure function: a state, and a compiled program that takes it many optimiser steps further.

Numbers of a trainer that are no shapes are data of its program: trainings that differ in them alone share one.
"""

from abc import abstractmethod
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Float, PRNGKeyArray, PyTree, Shaped

from rnnchaos.models import Network
from rnnchaos.protocols import (
    AbstractForcing,
    AbstractPenalty,
    Batch,
    Regularization,
    TrainingSeries,
    Windows,
    draw_windows,
)
from rnnchaos.tangent import log_jacobian_product
from rnnchaos.training.base import AbstractTrainer
from rnnchaos.training.deer import WindowSolver
from rnnchaos.training.loss import forced_states
from rnnchaos.training.optimizer import Optimizer
from rnnchaos.training.state import StepRecord, TrainState

# Windows of the batch along which a forcing that adapts sees how much the Jacobians stretch.
_ADAPTING_WINDOWS = 2


class Descent(NamedTuple):
    """What one step of an optimiser comes to."""

    network: Network
    optimizer_state: PyTree
    loss: Float[Array, ""]
    gradient_norm: Float[Array, ""]
    traces: dict[str, Shaped[Array, ""]]
    """What changes with the step in the optimiser, or is added to the loss."""


class AbstractForcedTrainer(AbstractTrainer):
    """Batches of windows, a forcing that changes over training, and an optimiser step on each batch."""

    forcing: eqx.AbstractVar[AbstractForcing]
    batch_size: eqx.AbstractVar[int]
    regularization: eqx.AbstractVar[Regularization]

    def __check_init__(self) -> None:
        self.forcing.reset_interval(self.window)  # it refuses a window that it does not fit

    @abstractmethod
    def optimizer_state(self, network: Network) -> PyTree:
        """Of the optimiser, before its first step."""

    @abstractmethod
    def descend(
        self,
        state: TrainState,
        forcing: AbstractForcing,
        batch: Batch,
        heard: Float[Array, "batch points dimension"],
    ) -> Descent:
        """One optimiser step on a batch, of which the network hears `heard`."""

    @property
    def interval(self) -> int:
        return self.forcing.interval(self.window)

    def check(self, network: Network) -> None:
        self.regularization.check(network, window=self.window)

    def numbers_of_step(self, network: Network, dimension: int) -> int:
        # Of every step of every window, what its gradient needs of the state and of the gates before it.
        return self.batch_size * (self.window + 1) * (6 * network.state_size + 4 * dimension)

    def describe(self) -> str:
        return f"{self.forcing.describe()}, in windows of {self.window}{self.regularization.describe()}"

    def init(self, network: Network, *, key: PRNGKeyArray) -> TrainState:
        weights = eqx.filter(network, eqx.is_inexact_array)
        # What a protocol learns has the weights' precision from the start, as it has after a checkpoint.
        precision = jax.tree.leaves(weights)[0].dtype
        forcing = jax.tree.map(
            lambda leaf: leaf.astype(precision) if eqx.is_inexact_array(leaf) else leaf, self.forcing
        )
        return TrainState(
            network,
            forcing,
            self.optimizer_state(network),
            key,
            jnp.asarray(0, jnp.int32),
            jnp.asarray(False),
        )

    def orbit(
        self,
        state: TrainState,
        window: Float[Array, "points dimension"],
        inputs: Float[Array, "points input"] | None = None,
    ) -> Float[Array, "steps state"]:
        assert state.forcing is not None  # it is a state of this trainer
        return forced_states(state.network, state.forcing, window, inputs)

    def as_data(self, network: Network) -> "AbstractForcedTrainer":
        found = eqx.tree_at(lambda trainer: trainer.forcing, self, self._forcing_as_data(network))
        return eqx.tree_at(lambda trainer: trainer.regularization, found, self.regularization.as_data())

    def _forcing_as_data(self, network: Network) -> AbstractForcing:
        return self.forcing.as_data(interval=True)

    def run(self, state: TrainState, series: TrainingSeries, num_steps: int) -> tuple[TrainState, StepRecord]:
        """Take `num_steps` optimiser steps in one compiled program, drawing the batches from `series` on device.

        From the first step whose loss, gradient or weights are not finite the state stays as it was before that
        step, marked `diverged`; the records after that step repeat what stopped it.
        """
        after, records = self.as_data(state.network)._run(state.bare(), series, num_steps)
        return after.clothed(state.forcing), records

    @eqx.filter_jit
    def _run(
        self, state: TrainState, series: TrainingSeries, num_steps: int
    ) -> tuple[TrainState, StepRecord]:
        arrays, rest = eqx.partition(state, eqx.is_array)

        def body(arrays, _):
            before = eqx.combine(arrays, rest)
            state, record = self._step(before.clothed(self.forcing), series)
            return eqx.filter(state.bare(like=before), eqx.is_array), record

        arrays, records = jax.lax.scan(body, arrays, None, num_steps)
        return eqx.combine(arrays, rest), records

    def _step(self, state: TrainState, series: TrainingSeries) -> tuple[TrainState, StepRecord]:
        # Keys are folded from the step, so a batch depends on the step alone and not on how training was cut up.
        batch_key, forcing_key, noise_key = jax.random.split(jax.random.fold_in(state.key, state.step), 3)
        windows = draw_windows(series, self.batch_size, self.window, key=batch_key)
        adapted = self._adapt(state, windows)
        forcing = adapted.at_step(state.step / self.num_steps, key=forcing_key)
        heard = self.regularization.heard(windows.values, key=noise_key)
        found = self.descend(state, forcing, Batch(windows, series, noise_key), heard)
        norms = (found.gradient_norm, optax.tree.norm(eqx.filter(found.network, eqx.is_inexact_array)))
        finite = jnp.all(jnp.isfinite(jnp.stack([found.loss, *norms]))) & ~state.diverged
        advanced = TrainState(
            found.network, adapted, found.optimizer_state, state.key, state.step + 1, state.diverged
        )
        stopped = eqx.tree_at(lambda s: s.diverged, state, jnp.asarray(True))
        kept = jax.tree.map(
            lambda new, old: jnp.where(finite, new, old) if eqx.is_array(new) else old, advanced, stopped
        )
        return kept, StepRecord(found.loss, *norms, adapted.trace() | forcing.trace() | found.traces)

    def _adapt(self, state: TrainState, windows: Windows) -> AbstractForcing:
        forcing = state.forcing
        assert forcing is not None  # it is a state of this trainer
        every = forcing.adapts_every
        if every is None:
            return forcing
        arrays, rest = eqx.partition(forcing, eqx.is_array)

        def adapt():
            seen = jax.tree.map(lambda rows: rows[:_ADAPTING_WINDOWS], windows)
            sigma_max = largest_growth(state.network, seen.values, seen.inputs)
            return eqx.filter(forcing.adapt(sigma_max), eqx.is_array)

        return eqx.combine(jax.lax.cond(state.step % every == 0, adapt, lambda: arrays), rest)


class Trainer(AbstractForcedTrainer):
    """Gradient descent: forcing, optimiser, regularisation, and how batches are drawn."""

    forcing: AbstractForcing
    optimizer: optax.GradientTransformation | Optimizer  # type: ignore[misc]
    batch_size: int = eqx.field(static=True)
    window: int = eqx.field(static=True)
    num_steps: int = eqx.field(static=True)
    regularization: Regularization = Regularization()
    solver: WindowSolver = WindowSolver()

    def as_data(self, network: Network) -> "Trainer":
        found = super().as_data(network)
        assert isinstance(found, Trainer)
        if not isinstance(self.optimizer, Optimizer):
            return found
        return eqx.tree_at(lambda trainer: trainer.optimizer, found, self.optimizer.as_data())

    def _forcing_as_data(self, network: Network) -> AbstractForcing:
        sizes = {"batch_size": self.batch_size, "num_steps": self.num_steps}
        segments = self.solver.in_segments(network, self.forcing, self.window, **sizes)
        return self.forcing.as_data(interval=not segments)

    def describe(self) -> str:
        return f"{super().describe()}{self.solver.describe(self.forcing, self.window)}"

    def bytes_of_jacobians(self, network: Network, number: int) -> int:
        if not self.solver.at_once(network, self.forcing, self.window):
            return 0
        return self.solver.bytes_of_jacobians(network.state_size, self.batch_size, self.window, number)

    @property
    def steps_in_a_row(self) -> int:
        # Segments between two resets run side by side, and Newton steps take all times at once.
        if self.solver.solver == "deer":
            return 1
        return min(self.window, self.forcing.reset_interval(self.window) or self.window)

    def optimizer_state(self, network: Network) -> PyTree:
        return self.optimizer.init(eqx.filter(network, eqx.is_inexact_array))

    def descend(
        self,
        state: TrainState,
        forcing: AbstractForcing,
        batch: Batch,
        heard: Float[Array, "batch points dimension"],
    ) -> Descent:
        values, inputs = batch.windows
        found = self.solver.loss_and_gradient(state.network, forcing, values, heard, inputs)
        loss, gradient, traces = found
        for index, (name, penalty) in enumerate(self.regularization.penalties.items()):
            own = batch._replace(key=jax.random.fold_in(batch.key, index))
            gradient, traces[name] = _penalized(gradient, penalty, state, own)
        weights = eqx.filter(state.network, eqx.is_inexact_array)
        updates, optimizer_state = self.optimizer.update(gradient, state.optimizer_state, weights)
        network = eqx.apply_updates(state.network, updates)
        return Descent(network, optimizer_state, loss, optax.tree.norm(gradient), traces)


def _penalized(
    gradient: Network,
    penalty: AbstractPenalty,
    state: TrainState,
    batch: Batch,
) -> tuple[Network, Float[Array, ""]]:
    """The gradient with that of a penalty where it is due, and the penalty's value."""
    alone, due = penalty.alone(state.step), penalty.due(state.step)
    gradient = jax.tree.map(lambda leaf: jnp.where(alone, 0, leaf), gradient)
    penalize = eqx.filter_value_and_grad(penalty.penalty)
    nothing = jax.tree.map(jnp.zeros_like, (jnp.zeros((), batch.windows.values.dtype), gradient))
    value, pull = jax.lax.cond(due, lambda: penalize(state.network, batch), lambda: nothing)
    return jax.tree.map(jnp.add, gradient, pull), value


def largest_growth(
    network: Network,
    windows: Float[Array, "batch time dimension"],
    inputs: Float[Array, "batch time input"] | None = None,
) -> Float[Array, ""]:
    """σ_max: the largest ‖J_T … J_1‖₂^(1/T) at the states B⁺x of any window, under its inputs, per step."""
    network = network.prepared()
    states = jax.vmap(jax.vmap(network.force))(windows[:, :-1])
    given = None if inputs is None else inputs[:, 1:]
    logs = jax.vmap(lambda *along: log_jacobian_product(network.step, *along))(states, given)
    return jnp.exp(jnp.max(logs) / states.shape[1])
