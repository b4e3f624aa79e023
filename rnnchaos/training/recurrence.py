"""Trajectories of a recurrence z_t = f_t(z_{t-1}) at all times at once: Newton steps, each a scan of linear maps."""

from collections.abc import Callable
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, PyTree

AnyRecurrence = Callable[[PyTree, Float[Array, " state"], PyTree], Float[Array, " state"]]
"""f_t: of weights, of the state before, and of what is given at time t."""

# A step of Newton's is squared by the next: below the first power of ε only rounding is left. In a recurrence that
# amplifies rounding the steps stop falling earlier, which is taken for converged below the second.
_FINE, _COARSE = 0.75, 0.6
# The guess is improved first by z_t ← f_t(z_{t-1}), all t at once: so often, but for a share of the stretch at most.
# Each state is then what the steps before it make of a guess that many steps ago, on pieces of orbits that exist.
_SWEEPS, _SHARE = 64, 16


class Solved(NamedTuple):
    """The trajectories of a batch, and what they took."""

    states: Float[Array, "batch steps state"]
    newton_steps: Int[Array, ""]
    """The most that any stretch of time took."""
    converged: Bool[Array, " batch"]
    """Where it is false, the trajectory was found step by step."""


def linear_recurrence(
    matrices: Float[Array, "batch steps state state"],
    offsets: Float[Array, "batch steps state"],
    *,
    reverse: bool = False,
) -> Float[Array, "batch steps state"]:
    """y_t = A_t y_{t-1} + b_t from y_0 = 0 (in reverse y_t = A_t y_{t+1} + b_t), in a logarithm of parallel steps."""

    def compose(first, second):
        by, offset = second
        return _product(by, first[0]), _product(by, first[1][..., None])[..., 0] + offset

    return jax.lax.associative_scan(compose, (matrices, offsets), reverse=reverse, axis=1)[1]


def solve_recurrence(
    step: AnyRecurrence,
    weights: PyTree,
    start: Float[Array, "batch state"],
    rows: PyTree,
    guess: Float[Array, "batch steps state"],
    *,
    most_steps: int,
    stretch: int,
    smooth: AnyRecurrence | None = None,
) -> Solved:
    """The trajectories z_1 … z_T of z_t = f_t(z_{t-1}) from z_0 = `start`, under `rows` of leading axes (batch, steps).

    δ_t = J_t δ_{t-1} + f_t(z_{t-1}) - z_t is solved for all t at once until δ is rounding (DEER: Lim et al. 2024,
    arXiv:2309.12252), from what a few sweeps z_t ← f_t(z_{t-1}) make of z = `guess`; a trajectory whose δ is not after
    `most_steps` is run step by step. Stretches of at most `stretch` steps are solved one after the other, for Jacobians
    of batch × stretch × state² numbers at a time.

    The gradient with respect to weights, start and rows is that of the step-by-step form: one linear recurrence
    backwards in time, then the derivatives of all steps by what they were given. `smooth` is the same map where
    derivatives of `step` are cut on purpose: Newton's take its slopes, the gradient those of `step`.
    """
    batch, total, _ = guess.shape
    pieces = -(-total // stretch)
    length = -(-total // pieces)
    padding = pieces * length - total  # steps in which the state stays as it is

    def cut(rows):
        padded = jnp.pad(rows, [(0, 0), (0, padding)] + [(0, 0)] * (rows.ndim - 2))
        return jnp.moveaxis(padded.reshape(batch, pieces, length, *rows.shape[2:]), 1, 0)

    inside = jnp.broadcast_to(jnp.arange(total) < total, (batch, total))
    cut_rows, cut_guess = jax.tree.map(cut, ((inside, rows), jax.lax.stop_gradient(guess)))
    steps = _Steps(_staying(step), _staying(step if smooth is None else smooth))

    def advance(before, piece):
        rows, guess = piece
        found = _trajectory((weights, before, rows), steps, guess, most_steps)
        states, *counts = found
        return states[:, -1], Solved(states, *jax.lax.stop_gradient(counts))

    if pieces == 1:
        return advance(start, jax.tree.map(lambda leaf: leaf[0], (cut_rows, cut_guess)))[1]
    found = jax.lax.scan(advance, start, (cut_rows, cut_guess))[1]
    states = jnp.moveaxis(found.states, 0, 1).reshape(batch, pieces * length, -1)[:, :total]
    return Solved(states, jnp.max(found.newton_steps), jnp.all(found.converged, axis=0))


class _Steps(NamedTuple):
    true: AnyRecurrence
    smooth: AnyRecurrence


def _staying(step: AnyRecurrence) -> AnyRecurrence:
    """The step beyond whose last row the state stays."""

    def stepped(weights, state, row):
        inside, given = row
        return jnp.where(inside, step(weights, state, given), state)

    return stepped


@eqx.filter_custom_vjp
def _trajectory(
    given: Any, steps: _Steps, guess: Float[Array, "batch steps state"], most_steps: int
) -> Solved:
    weights, start, rows = given
    states, count, converged = _newton(steps.smooth, given, guess, most_steps)

    def one_by_one():
        def advance(state, row):
            state = jax.vmap(steps.true, (None, 0, 0))(weights, state, row)
            return state, state

        found = jax.lax.scan(advance, start, jax.tree.map(lambda leaf: jnp.moveaxis(leaf, 1, 0), rows))[1]
        return jnp.where(converged[:, None, None], states, jnp.moveaxis(found, 0, 1))

    return Solved(jax.lax.cond(jnp.all(converged), lambda: states, one_by_one), count, converged)


@_trajectory.def_fwd
def _forward(perturbed, given, steps, guess, most_steps):
    found = _trajectory(given, steps, guess, most_steps)
    return found, (found.states, found.converged)


@_trajectory.def_bwd
def _backward(residuals, cotangents, perturbed, given, steps, guess, most_steps):
    """ḡ_t = g_t + J_{t+1}ᵀ ḡ_{t+1}, and from it the gradient by all that the steps were given."""
    states, converged = residuals
    _, slopes = _linearised(steps.true, given, states)
    # What the last state gives on has its part in the cotangent of that state.
    backwards = jnp.swapaxes(jnp.roll(slopes, -1, axis=1).at[:, -1].set(0), -1, -2)
    direct = cotangents.states

    def one_by_one():
        def advance(after, row):
            back, direct = row
            after = direct + _product(back, after[..., None])[..., 0]
            return after, after

        rows = jnp.moveaxis(backwards, 1, 0), jnp.moveaxis(direct, 1, 0)
        return jnp.moveaxis(jax.lax.scan(advance, jnp.zeros_like(direct[:, 0]), rows, reverse=True)[1], 0, 1)

    at_once = linear_recurrence(backwards, direct, reverse=True)
    # A product of Jacobians may overflow where the gradient, which is cut in between, does not.
    right = jnp.all(converged) & jnp.all(jnp.isfinite(at_once))
    adjoint = jax.lax.cond(right, lambda: at_once, one_by_one)
    numbers, rest = eqx.partition(given, eqx.is_inexact_array)
    pull = jax.vjp(lambda numbers: _all_steps(steps.true, eqx.combine(numbers, rest), states), numbers)[1]
    return pull(adjoint)[0]


def _newton(
    step: AnyRecurrence, given: Any, guess: Float[Array, "batch steps state"], most_steps: int
) -> tuple[Float[Array, "batch steps state"], Int[Array, ""], Bool[Array, " batch"]]:
    """Newton steps from a guess: where they led, how many they were, and which trajectories converged."""
    precision = jnp.finfo(guess.dtype)
    fine, coarse = precision.eps**_FINE, precision.eps**_COARSE

    def going(moved, last):
        stalled = (moved <= coarse) & (moved > last / 2)
        return (moved > fine) & ~stalled & jnp.isfinite(moved)

    def unfinished(carry):
        _, moved, last, count = carry
        return jnp.any(going(moved, last)) & (count < most_steps)

    def improve(carry):
        states, last, _, count = carry
        values, slopes = _linearised(step, given, states)
        change = linear_recurrence(slopes, values - states)
        states = states + change
        size = jnp.maximum(jnp.max(jnp.abs(states), axis=(1, 2)), precision.tiny)
        moved = jnp.max(jnp.abs(change), axis=(1, 2)) / size
        # Asked of every number: on some devices the largest of many is not NaN where one of them is.
        finite = jnp.all(jnp.isfinite(states) & jnp.isfinite(change), axis=(1, 2))
        return states, jnp.where(finite, moved, jnp.inf), last, count + 1

    sweeps = min(_SWEEPS, guess.shape[1] // _SHARE)
    guess = jax.lax.fori_loop(0, sweeps, lambda _, states: _all_steps(step, given, states), guess)
    far = jnp.full(len(guess), precision.max, guess.dtype)
    states, moved, _, count = jax.lax.while_loop(
        unfinished, improve, (guess, far, far, jnp.asarray(0, jnp.int32))
    )
    return states, count, moved <= coarse


def _linearised(
    step: AnyRecurrence, given: Any, states: Float[Array, "batch steps state"]
) -> tuple[Float[Array, "batch steps state"], Float[Array, "batch steps state state"]]:
    """f_t(z_{t-1}) and J_t = ∂f_t/∂z_{t-1} at all times of a trajectory."""
    weights, start, rows = given

    def slope(state, row):
        def twice(state):
            after = step(weights, state, row)
            return after, after

        slope, after = jax.jacrev(twice, has_aux=True)(state)
        return after, slope

    return jax.vmap(jax.vmap(slope))(_before(start, states), rows)


def _all_steps(
    step: AnyRecurrence, given: Any, states: Float[Array, "batch steps state"]
) -> Float[Array, "batch steps state"]:
    """f_t(z_{t-1}) at all times of a trajectory."""
    weights, start, rows = given
    return jax.vmap(jax.vmap(step, (None, 0, 0)), (None, 0, 0))(weights, _before(start, states), rows)


def _before(
    start: Float[Array, "batch state"], states: Float[Array, "batch steps state"]
) -> Float[Array, "batch steps state"]:
    return jnp.concatenate([start[:, None], states[:, :-1]], axis=1)


def _product(
    left: Float[Array, "*batch row inner"], right: Float[Array, "*batch inner column"]
) -> Float[Array, "*batch row column"]:
    return jnp.matmul(left, right, precision=jax.lax.Precision.HIGHEST)
