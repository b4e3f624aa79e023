"""The Gauss–Newton method on the forced loss, batch by batch, for networks of few weights."""

from collections.abc import Callable
from typing import ClassVar, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jax.flatten_util import ravel_pytree
from jaxtyping import Array, Float

from rnnchaos.errors import ConfigError
from rnnchaos.models import Network
from rnnchaos.protocols import AbstractForcing, Batch, Regularization, Windows
from rnnchaos.setting import SettingError
from rnnchaos.training.loss import sequential_loss
from rnnchaos.training.state import TrainState
from rnnchaos.training.trainer import AbstractForcedTrainer, Descent

MOST_WEIGHTS = 3000
"""A step solves for all weights at once, which takes their number squared in memory and cubed in time."""
MEMORY = 8.0
"""Batches that count at the end of training beside the last: the share of a new one falls from 1 to a ninth."""

# By how much the damping falls after a step that lowered the loss of its batch, and rises after one that did not.
_FALLS, _RISES = 1.5, 2.0
_LEAST, _MOST = 1e-10, 1e6


class _Memory(NamedTuple):
    """What is known of the loss beside the weights."""

    damping: Float[Array, ""]
    """μ, in units of the loss per squared weight."""
    curvature: Float[Array, "weight weight"]
    """H, the mean of JᵀJ over recent batches."""


class GaussNewton(AbstractForcedTrainer):
    """θ ← θ - η (H + μ)⁻¹ Jᵀr: residuals r of a batch, J = ∂r/∂θ, and H the mean of JᵀJ over batches as they come.

    A batch is small, and a full step on it would unlearn others: H remembers them, and the step is the share η that
    the batch has in H, 1 / (1 + m t) with a memory m, as t goes from 0 to 1 over training (the natural gradient of
    Amari, Park & Fukumizu (2000), Neural Comput. 12, 1399, or a Kalman filter for weights that forgets). The damping μ
    is Levenberg's and Marquardt's (1963, SIAM J. Appl. Math. 11, 431): it falls while steps lower the loss of their
    batch, and rises where one does not, which is then not taken. J is carried along each window with the state (forward
    sensitivities, Williams & Zipser 1989), through whatever the forcing does to it.
    """

    steadier: ClassVar[str] = "a larger optimizer.damping"
    forcing: AbstractForcing
    batch_size: int = eqx.field(static=True)
    window: int = eqx.field(static=True)
    num_steps: int = eqx.field(static=True)
    damping: float | None = 1.0
    """μ before the first step."""
    memory: float = eqx.field(static=True, default=MEMORY)
    """Batches that count beside the last at the end. A longer one sees what is rare in the data, and moves less far."""
    regularization: Regularization = Regularization()

    def as_data(self, network: Network) -> "GaussNewton":
        found = super().as_data(network)
        assert isinstance(found, GaussNewton)
        return eqx.tree_at(lambda trainer: trainer.damping, found, None, is_leaf=lambda leaf: leaf is None)

    def check(self, network: Network) -> None:
        for name, penalty in self.regularization.penalties.items():
            must = "be 0 with optimizer=gauss_newton, which knows sums of squares alone"
            raise SettingError(f"{name}.strength", must, penalty.strength, "optimizer=adamw")
        super().check(network)
        count = sum(leaf.size for leaf in jax.tree.leaves(network) if hasattr(leaf, "dtype"))
        if count > MOST_WEIGHTS:
            raise ConfigError(
                f"optimizer=gauss_newton must train at most {MOST_WEIGHTS} weights, got {count}; "
                "optimizer=adamw trains more"
            )

    def numbers_of_step(self, network: Network, dimension: int) -> int:
        # The slopes J of all residuals, and those of the states as they are carried along the windows.
        count = sum(leaf.size for leaf in jax.tree.leaves(network) if hasattr(leaf, "dtype"))
        slopes = self.batch_size * count * (2 * self.window * dimension + 4 * network.state_size)
        return slopes + 3 * count**2 + super().numbers_of_step(network, dimension)

    def optimizer_state(self, network: Network) -> _Memory:
        weights = ravel_pytree(eqx.filter(network, eqx.is_inexact_array))[0]
        return _Memory(
            jnp.asarray(self.damping, weights.dtype), jnp.zeros((weights.size,) * 2, weights.dtype)
        )

    def descend(
        self,
        state: TrainState,
        forcing: AbstractForcing,
        batch: Batch,
        heard: Float[Array, "batch points dimension"],
    ) -> Descent:
        windows = batch.windows
        weights, rest = eqx.partition(state.network, eqx.is_inexact_array)
        theta, unravel = ravel_pytree(weights)

        def network(theta: Float[Array, " weight"]) -> Network:
            return eqx.combine(unravel(theta), rest)

        damping, curvature = state.optimizer_state
        residuals, slopes = sensitivities(network, theta, forcing, windows, heard)
        gradient = slopes.T @ residuals
        rate = (1 / (1 + self.memory * state.step / self.num_steps)).astype(theta.dtype)
        curvature = (1 - rate) * curvature + rate * (slopes.T @ slopes)
        damped = curvature + damping * jnp.eye(theta.size, dtype=theta.dtype)
        moved = theta - rate * jax.scipy.linalg.solve(damped, gradient, assume_a="pos")
        loss = residuals @ residuals
        better = sequential_loss(network(moved), forcing, windows.values, heard, windows.inputs) < loss
        damping = jnp.clip(jnp.where(better, damping / _FALLS, damping * _RISES), _LEAST, _MOST)
        taken = network(jnp.where(better, moved, theta))
        memory = _Memory(damping, curvature)
        return Descent(taken, memory, loss, 2 * jnp.linalg.norm(gradient), {"damping": damping})


def sensitivities(
    network: Callable[[Float[Array, " weight"]], Network],
    theta: Float[Array, " weight"],
    forcing: AbstractForcing,
    windows: Windows,
    heard: Float[Array, "batch points dimension"],
) -> tuple[Float[Array, " residual"], Float[Array, "residual weight"]]:
    """The weighted errors r of all counted predictions, whose squares sum to the loss, and their slopes ∂r/∂θ."""
    batch, points, dimension = windows.values.shape
    counted = forcing.counts(jnp.arange(points - 1))
    weight = jnp.sqrt(counted / (jnp.sum(counted) * batch * dimension)).astype(theta.dtype)

    def advance(theta, state, t, heard, given):
        known = network(theta).prepared()
        data_state = known.force(heard)
        forced = forcing.force(state, data_state, known.force(known.observe(state)), t)
        return known.step(jnp.where(t == 0, forcing.start(data_state), forced), given)

    def along(values, heard, inputs):
        def carry(found, row):
            state, slopes = found
            *row, target, weight = row
            by_theta, by_state = (
                jax.jacrev(advance)(theta, state, *row),
                jax.jacfwd(advance, 1)(theta, state, *row),
            )
            state, slopes = advance(theta, state, *row), by_state @ slopes + by_theta

            def error(theta, state):
                return weight * (network(theta).observe(state) - target)

            seen = jax.jacfwd(error, 1)(theta, state) @ slopes + jax.jacrev(error)(theta, state)
            return (state, slopes), (error(theta, state), seen)

        size = network(theta).state_size
        start = jnp.zeros(size, theta.dtype), jnp.zeros((size, theta.size), theta.dtype)
        given = None if inputs is None else inputs[1:]
        rows = jnp.arange(points - 1), heard[:-1], given, values[1:], weight
        return jax.lax.scan(carry, start, rows)[1]

    residuals, slopes = jax.vmap(along)(windows.values, heard, windows.inputs)
    return residuals.reshape(-1), slopes.reshape(-1, theta.size)
