"""Forced windows at all times at once: training in parallel over time, where the forcing contracts."""

from typing import Annotated, Literal

import equinox as eqx
import jax
import jax.numpy as jnp
from annotated_types import Ge, Gt, Le
from jaxtyping import Array, Float, Shaped

from rnnchaos.models import Network
from rnnchaos.protocols import AbstractForcing
from rnnchaos.setting import Auto, check_fields
from rnnchaos.training.loss import forced_step, loss_and_gradient, mean_squared_error
from rnnchaos.training.recurrence import Solved, solve_recurrence

SolverName = Literal["auto", "sequential", "deer"]
NewtonSteps = Annotated[int, Ge(1), Le(10_000)]
Memory = Annotated[float, Gt(0)]
"""GiB."""

# Copies of the Jacobians that are held at once: themselves, and the products over 2, 4, … steps with what they are of.
_COPIES = 4
# Where it is taken for faster: on a GPU, whose loops wait some 10 µs a step whatever its size, when logarithmically few
# steps of batched products of small matrices stand against so many.
_LONG, _SMALL = 1_000, 64
# Seconds by which a step of a window is slower where it is no part of a segment: for any, and for each number of the
# states of a batch; and what a training may lose so, where each length of segments takes some 3 s to compile.
_WAIT, _WORK, _LITTLE = 2e-6, 1e-8, 0.5


class WindowSolver(eqx.Module):
    """How the states of forced windows are found: step by step, or at all times at once.

    At once they are the fixed point of Newton steps, each a linear recurrence over the whole window, which converge
    where forced states forget what they were (GTF-DEER: Hess, Götz & Durstewitz 2026, arXiv:2605.12683); windows for
    which they do not are run step by step, so the loss and its gradient are the same. Windows that are reset as a
    whole are segments side by side, at once as they are.
    """

    solver: SolverName = eqx.field(static=True, default="auto")
    newton_steps: NewtonSteps = eqx.field(static=True, default=30)
    """The most for a batch; what has not converged is run step by step."""
    jacobian_memory: Memory = eqx.field(static=True, default=1.0)
    """For the Jacobians of a stretch of time and their products."""
    segments: bool | Auto = eqx.field(static=True, default="auto")
    """Whether windows that are reset as a whole run as segments, a program for each length, or all by one."""

    def __check_init__(self) -> None:
        check_fields(self)

    def at_once(self, network: Network, forcing: AbstractForcing, window: int) -> bool:
        """Whether windows of so many steps are solved by Newton steps."""
        if self.solver == "sequential" or _is_segmented(forcing, window):
            return False
        fast = jax.default_backend() == "gpu" and window >= _LONG and network.state_size <= _SMALL
        return self.solver == "deer" or fast

    def in_segments(
        self, network: Network, forcing: AbstractForcing, window: int, *, batch_size: int, num_steps: int
    ) -> bool:
        """Whether a training of so many steps runs its windows as segments; if not, step by step, or at once."""
        if forcing.reset_interval(window) is None:
            return False
        if self.segments != "auto":
            return self.segments
        wait = _WAIT * (1 if jax.default_backend() == "cpu" else 10)
        lost = num_steps * window * (wait + _WORK * batch_size * network.state_size)
        return self.solver == "deer" or lost > _LITTLE

    def describe(self, forcing: AbstractForcing, window: int) -> str:
        """What differs from running such windows in the usual way, in a few words."""
        if self.solver != "deer" or _is_segmented(forcing, window):
            return ""
        return f", at all times at once by at most {self.newton_steps} Newton steps"

    def stretch(self, network: Network, batch_size: int) -> int:
        """Steps of a batch of windows whose Jacobians fit into the memory for them, at least 1."""
        number = max(
            leaf.dtype.itemsize for leaf in jax.tree.leaves(eqx.filter(network, eqx.is_inexact_array))
        )
        return max(
            1, int(self.jacobian_memory * 2**30 / _bytes_of_a_step(network.state_size, batch_size, number))
        )

    def bytes_of_jacobians(self, state_size: int, batch_size: int, window: int, number: int) -> int:
        """What the Jacobians of a stretch of a batch take, with numbers of so many bytes; at least those of a step."""
        a_step = _bytes_of_a_step(state_size, batch_size, number)
        return min(window * a_step, max(a_step, int(self.jacobian_memory * 2**30)))

    def loss_and_gradient(
        self,
        network: Network,
        forcing: AbstractForcing,
        windows: Float[Array, "batch time dimension"],
        heard: Float[Array, "batch time dimension"],
        inputs: Float[Array, "batch time input"] | None = None,
    ) -> tuple[Float[Array, ""], Network, dict[str, Shaped[Array, ""]]]:
        """As `rnnchaos.training.loss_and_gradient`, with how many Newton steps and step-by-step windows it took."""
        if not self.at_once(network, forcing, windows.shape[1] - 1):
            nothing = {} if self.solver != "deer" else _counts(jnp.asarray(0), jnp.asarray(0))
            return *loss_and_gradient(network, forcing, windows, heard, inputs), nothing

        differentiate = eqx.filter_value_and_grad(solved_loss, has_aux=True)
        (loss, found), gradient = differentiate(network, self, forcing, windows, heard, inputs)
        return loss, gradient, _counts(found.newton_steps, jnp.sum(~found.converged))

    def solve(
        self,
        network: Network,
        forcing: AbstractForcing,
        windows: Float[Array, "batch time dimension"],
        inputs: Float[Array, "batch time input"] | None = None,
    ) -> Solved:
        """The states of `rnnchaos.training.forced_states` for every window, by Newton steps whatever the forcing."""
        batch, points, _ = windows.shape
        network = network.prepared()
        data_states = jax.vmap(jax.vmap(network.force))(windows)
        times = jnp.broadcast_to(jnp.arange(points - 1), (batch, points - 1))
        rows = times, data_states[:, :-1], None if inputs is None else inputs[:, 1:]

        def step(weights, state, row):
            network, forcing = weights
            return forced_step(network, forcing, state, row)

        def uncut(weights, state, row):
            network, forcing = weights
            return forced_step(network, forcing.uncut(), state, row)

        return solve_recurrence(
            step,
            (network, forcing),
            data_states[:, 0],
            rows,
            data_states[:, 1:],
            most_steps=self.newton_steps,
            stretch=self.stretch(network, batch),
            smooth=uncut,
        )


def solved_loss(
    network: Network,
    solver: WindowSolver,
    forcing: AbstractForcing,
    windows: Float[Array, "batch time dimension"],
    heard: Float[Array, "batch time dimension"],
    inputs: Float[Array, "batch time input"] | None = None,
) -> tuple[Float[Array, ""], Solved]:
    """`sequential_loss` of windows that are solved at once, and what that took."""
    found = solver.solve(network, forcing, heard, inputs)
    return mean_squared_error(network, forcing, found.states, windows), found


def _bytes_of_a_step(state_size: int, batch_size: int, number: int) -> int:
    return _COPIES * batch_size * state_size**2 * number


def _is_segmented(forcing: AbstractForcing, window: int) -> bool:
    interval = forcing.reset_interval(window)
    return interval is not None and interval < window


def _counts(steps: Shaped[Array, ""], fallbacks: Shaped[Array, ""]) -> dict[str, Shaped[Array, ""]]:
    return {"newton_steps": steps.astype(jnp.int32), "sequential_windows": fallbacks.astype(jnp.int32)}
