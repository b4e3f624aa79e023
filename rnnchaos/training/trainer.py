"""Training as a pure function: a state, and a compiled program that takes it many optimiser steps further."""

from abc import abstractmethod
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray, PyTree, Shaped

from rnnchaos.models import Network
from rnnchaos.protocols import AbstractForcing, Regularization, with_noise
from rnnchaos.tangent import log_jacobian_product
from rnnchaos.training.loss import loss_and_gradient

# Windows of the batch along which a forcing that adapts sees how much the Jacobians stretch.
_ADAPTING_WINDOWS = 2


class TrainState(eqx.Module):
    """All that training needs to go on: weights, forcing, optimiser, random key, and the steps taken so far."""

    network: Network
    forcing: AbstractForcing
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
    traces: dict[str, Shaped[Array, " step"]]
    """What changes with the step in the protocol: τ, α, σ_max, a penalty."""


class AbstractTrainer(eqx.Module):
    """What turns an untrained network into a trained one, a compiled stretch at a time."""

    forcing: eqx.AbstractVar[AbstractForcing]
    window: eqx.AbstractVar[int]
    """Predicted steps per window: a window holds window + 1 observations."""
    num_steps: eqx.AbstractVar[int]
    """Steps of the whole training."""

    @abstractmethod
    def describe(self) -> str:
        """What training does, in a few words."""

    @abstractmethod
    def init(self, network: Network, *, key: PRNGKeyArray) -> TrainState:
        """The state before the first step."""

    @abstractmethod
    def run(
        self, state: TrainState, series: Float[Array, "time dimension"], num_steps: int
    ) -> tuple[TrainState, StepRecord]:
        """Take `num_steps` steps. A state that diverged stays as it was before that step, marked `diverged`."""


class Trainer(AbstractTrainer):
    """Gradient descent: forcing, optimiser, regularisation, and how batches are drawn."""

    forcing: AbstractForcing
    optimizer: optax.GradientTransformation = eqx.field(static=True)
    batch_size: int = eqx.field(static=True)
    window: int = eqx.field(static=True)
    num_steps: int = eqx.field(static=True)
    regularization: Regularization = eqx.field(static=True, default_factory=Regularization)

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
            self.optimizer.init(weights),
            key,
            jnp.asarray(0, jnp.int32),
            jnp.asarray(False),
        )

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
        batch_key, forcing_key, noise_key = jax.random.split(jax.random.fold_in(state.key, state.step), 3)
        windows = draw_windows(series, self.batch_size, self.window, key=batch_key)
        adapted = self._adapt(state, windows)
        forcing = adapted.at_step(state.step / self.num_steps, key=forcing_key)
        loss, gradient = loss_and_gradient(
            state.network, forcing, windows, self._heard(windows, key=noise_key)
        )
        objective = self._regularize(gradient, state, windows)
        weights = eqx.filter(state.network, eqx.is_inexact_array)
        updates, optimizer_state = self.optimizer.update(objective.gradient, state.optimizer_state, weights)
        network = eqx.apply_updates(state.network, updates)
        norms = (
            optax.tree.norm(objective.gradient),
            optax.tree.norm(eqx.filter(network, eqx.is_inexact_array)),
        )
        finite = jnp.all(jnp.isfinite(jnp.stack([loss, *norms]))) & ~state.diverged
        advanced = TrainState(network, adapted, optimizer_state, state.key, state.step + 1, state.diverged)
        stopped = eqx.tree_at(lambda s: s.diverged, state, jnp.asarray(True))
        kept = jax.tree.map(
            lambda new, old: jnp.where(finite, new, old) if eqx.is_array(new) else old, advanced, stopped
        )
        return kept, StepRecord(loss, *norms, {**forcing.trace(), **objective.trace})

    def _heard(
        self, windows: Float[Array, "batch time dimension"], *, key: PRNGKeyArray
    ) -> Float[Array, "batch time dimension"]:
        noise = self.regularization.input_noise
        return windows if noise == 0 else with_noise(windows, noise, key=key)

    def _adapt(self, state: TrainState, windows: Float[Array, "batch time dimension"]) -> AbstractForcing:
        every = state.forcing.adapts_every
        if every is None:
            return state.forcing
        arrays, rest = eqx.partition(state.forcing, eqx.is_array)

        def adapt():
            sigma_max = largest_growth(state.network, windows[:_ADAPTING_WINDOWS])
            return eqx.filter(state.forcing.adapt(sigma_max), eqx.is_array)

        return eqx.combine(jax.lax.cond(state.step % every == 0, adapt, lambda: arrays), rest)

    def _regularize(
        self, gradient: Network, state: TrainState, windows: Float[Array, "batch time dimension"]
    ) -> "_Objective":
        """The gradient of all that is minimised: the loss, and the penalties where there are any."""
        attractor, flossing = self.regularization.manifold_attractor, self.regularization.flossing
        trace = {}
        if flossing.strength > 0:
            early = state.step < flossing.before
            gradient = jax.tree.map(lambda leaf: jnp.where(early, 0, leaf), gradient)
            due = early
            if flossing.every > 0:
                due = early | (state.step % flossing.every == 0)
            penalize = eqx.filter_value_and_grad(flossing.penalty)
            nothing = jax.tree.map(jnp.zeros_like, (jnp.zeros((), windows.dtype), gradient))
            penalty, pull = jax.lax.cond(due, lambda: penalize(state.network, windows), lambda: nothing)
            gradient, trace["flossing"] = _added(gradient, pull), penalty
        if attractor.strength > 0:
            penalty, pull = eqx.filter_value_and_grad(attractor.penalty)(state.network)
            gradient, trace["manifold_attractor"] = _added(gradient, pull), penalty
        return _Objective(gradient, trace)


class _Objective(NamedTuple):
    gradient: Network
    trace: dict[str, Float[Array, ""]]
    """The value of each penalty."""


def _added(left: Network, right: Network) -> Network:
    return jax.tree.map(jnp.add, left, right)


def largest_growth(network: Network, windows: Float[Array, "batch time dimension"]) -> Float[Array, ""]:
    """σ_max: the largest ‖J_T … J_1‖₂^(1/T) at the states B⁺x of any window, per step."""
    network = network.prepared()
    states = jax.vmap(jax.vmap(network.force))(windows[:, :-1])
    logs = jax.vmap(lambda along: log_jacobian_product(network.step, along))(states)
    return jnp.exp(jnp.max(logs) / states.shape[1])


def draw_windows(
    series: Float[Array, "time dimension"], batch_size: int, window: int, *, key: PRNGKeyArray
) -> Float[Array, "batch points dimension"]:
    """Draw windows of `window` + 1 consecutive observations, uniformly over their starting points."""
    starts = jax.random.randint(key, (batch_size,), 0, series.shape[0] - window)
    return series[starts[:, None] + jnp.arange(window + 1)]
