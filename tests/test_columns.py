"""Functions of columns are those that `jax.vmap` makes, with the columns last all the way."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from rnnchaos.columns import columns
from rnnchaos.models import GRU, LSTM, PLRNN, RNN, AlmostLinearRNN, CoRNN, ShallowPLRNN, ShallowRNN

WIDTH = 17  # of no other axis here
CELLS = [LSTM, GRU, RNN, PLRNN, AlmostLinearRNN, ShallowRNN, ShallowPLRNN, CoRNN]


def equations(jaxpr):
    for equation in jaxpr.eqns:
        yield equation
        for value in equation.params.values():
            if hasattr(value, "jaxpr"):
                yield from equations(value.jaxpr)


@pytest.mark.parametrize("make", CELLS)
def test_columns_stay_last_from_state_to_state(make):
    cell = make(6, key=jax.random.key(0))
    states = jax.random.normal(jax.random.key(1), (cell.state_size, WIDTH), jnp.float64)
    np.testing.assert_allclose(columns(cell.step)(states), jax.vmap(cell.step, -1, -1)(states), rtol=1e-13)

    def first(mapped):
        program = jax.make_jaxpr(mapped)(states)
        shapes = [out.aval.shape for each in equations(program.jaxpr) for out in each.outvars]
        return [shape for shape in shapes if WIDTH in shape[:-1]]

    assert not first(columns(cell.step))
    assert first(jax.vmap(cell.step, -1, -1))  # what it is for


def many_operations(x, pair):
    """Values that differ between columns beside ones that do not, in operations that have no rule of their own too."""
    matrix = jnp.arange(12.0).reshape(4, 3) / 7
    left, right = pair["left"], pair["right"]
    outer = x[:, None] * jnp.ones(3) + (left * matrix[0])[None]
    sorted_, order = jax.lax.sort((x, jnp.arange(4)), num_keys=1)
    positive = jnp.where(right > 0, x, jnp.ones(4))
    chosen = jax.lax.cond(right > 0, lambda x: jnp.sin(x), lambda x: x * x, x)
    return {
        "outer": outer @ matrix.T,
        "joined": jnp.concatenate([x, jnp.zeros(2), left, jnp.atleast_1d(right)]),
        "swapped": (jnp.clip(outer, -1, right), x @ matrix, jnp.flip(outer).reshape(6, 2)),
        "order": sorted_[1:] + order[:-1],
        "elsewhere": positive + x.at[1].add(3.0) * jnp.sum(outer, 1) + chosen**2,
        "solved": jnp.linalg.solve(jnp.eye(4) * 3 + jnp.outer(x, x), x),
        "the same for all": matrix[1],
        "power": jax.nn.softmax(x) ** jnp.abs(right),
        "walk": jax.lax.scan(lambda a, b: (a * b + 1, a), right, x)[1],
    }


def test_any_function():
    keys = jax.random.split(jax.random.key(2), 3)
    x = jax.random.normal(keys[0], (4, WIDTH), jnp.float64)
    pair = {
        name: jax.random.normal(key, (*size, WIDTH), jnp.float64)
        for name, key, size in (("left", keys[1], (3,)), ("right", keys[2], ()))
    }
    found = jax.jit(columns(many_operations))(x, pair)
    expected = jax.jit(jax.vmap(many_operations, -1, -1))(x, pair)
    assert jax.tree.structure(found) == jax.tree.structure(expected)
    for left, right in zip(jax.tree.leaves(found), jax.tree.leaves(expected), strict=True):
        assert left.dtype == right.dtype
        np.testing.assert_allclose(left, right, rtol=1e-12, atol=1e-13, strict=True)


def test_derivatives():
    """Of functions with rules of their own as well: tanh where it is saturated, in float64."""
    cell = LSTM(6, key=jax.random.key(0))
    states = 20 * jax.random.normal(jax.random.key(1), (12, WIDTH), jnp.float64)
    found, expected = (
        jax.jit(jax.grad(lambda states, step=step: jnp.sum(step(states) ** 2)))(states)
        for step in (columns(cell.step), jax.vmap(cell.step, -1, -1))
    )
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-15)
