"""Cells, systems and forcings from outside, held against what they have to be before anything is computed."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array

from rnnchaos.errors import ConfigError
from rnnchaos.models import AbstractCell
from rnnchaos.protocols import AbstractForcing
from rnnchaos.systems import AbstractSystem
from rnnchaos.tangent.functions import check_deterministic, check_returns

# Of a training, and of the diagnostics after it.
_PRECISIONS = ("float32", "float64")


def check_cell(cell: AbstractCell) -> None:
    """Raise ConfigError unless a cell, whose weights may be shapes, maps states to states in the precision of them.

    Those of this package do.
    """
    if _is_ours(cell):
        return
    name, state, hidden = type(cell).__name__, cell.state_size, cell.hidden_size
    with jax.enable_x64(True):
        for precision in _PRECISIONS:
            of_type = _of_type(cell, precision)
            for method, function, takes, gives in (
                ("step", of_type.step, state, state),
                ("hidden", of_type.hidden, state, hidden),
                ("from_hidden", of_type.from_hidden, hidden, state),
            ):
                what = f"an array of shape ({takes},)"
                check_returns(
                    f"{method} of {name}", function, what, [takes], gives, dtype=jnp.dtype(precision)
                )
        check_deterministic(f"step of {name}", of_type.step, state)


def check_system(system: AbstractSystem) -> None:
    """Raise ConfigError unless a system begins at a float64 state, and maps such states to such states.

    Those of this package do.
    """
    if _is_ours(system):
        return
    name, size = type(system).__name__, system.dimension
    with jax.enable_x64(True):
        start = system.initial_state()
        shape, dtype = getattr(start, "shape", None), getattr(start, "dtype", jnp.dtype(bool))
        if shape != (size,) or not jnp.issubdtype(dtype, jnp.floating):
            found = f"a {type(start).__name__}" if shape is None else f"one of shape {shape} of {dtype}"
            must = f"give an array of shape ({size},) of float64, as its dimension says"
            raise ConfigError(f"initial_state of {name} must {must}, got {found}")
        step = f"step of {name}"
        check_returns(step, system.step, f"a state of shape ({size},)", [size], size)
        check_deterministic(step, system.step, size)


def check_forcing(forcing: AbstractForcing, state_size: int, window: int) -> None:
    """Raise ConfigError unless a forcing gives states, and where it says that it resets them, the data's alone.

    Those of this package do.
    """
    if _is_ours(forcing):
        return
    name, size = type(forcing).__name__, state_size

    def force(state: Array, data_state: Array, seen_state: Array) -> Array:
        step = (0 * state[0]).astype(jnp.int32)  # known only when the program runs, as in training
        return forcing.force(state, data_state, seen_state, step)

    what = f"three states of shape ({size},) and a step"
    with jax.enable_x64(True):
        for precision in _PRECISIONS:
            check_returns(f"force of {name}", force, what, [size] * 3, size, dtype=jnp.dtype(precision))
        interval = forcing.reset_interval(window)
        if interval is None:
            return
        if type(interval) is not int or interval < 1:
            must = "give a whole number of steps, at least 1, or None"
            raise ConfigError(f"reset_interval of {name} must {must}, got {interval!r}")
        _check_resets(forcing, size, interval, window)


def _check_resets(forcing: AbstractForcing, size: int, interval: int, window: int) -> None:
    """Windows that are reset run as segments, which never call `force`: it has to be what they do."""
    if type(forcing).at_step is not AbstractForcing.at_step:
        return
    state, data, seen = jax.random.normal(jax.random.key(0), (3, size), jnp.float64)
    wanted = {interval: forcing.start(data)} if interval < window else {}
    wanted |= {1: state} if interval > 1 else {}
    for step, expected in wanted.items():
        found = forcing.force(state, data, seen, jnp.asarray(step))
        if not bool(jnp.array_equal(found, expected)):
            must = f"reset the state to the data every {interval} steps and keep it between"
            why = "as its reset_interval says; None is for any other forcing"
            raise ConfigError(f"force of {type(forcing).__name__} must {must}, {why}")


def _is_ours(instance: object) -> bool:
    return type(instance).__module__.startswith("rnnchaos.")


def _of_type(cell: AbstractCell, precision: str) -> AbstractCell:
    """With zeros for its weights."""

    def zeros(leaf: Any) -> Any:
        if not isinstance(leaf, jax.ShapeDtypeStruct | jax.Array) or jnp.issubdtype(
            leaf.dtype, jax.dtypes.prng_key
        ):
            return leaf
        inexact = jnp.issubdtype(leaf.dtype, jnp.inexact)
        return jnp.zeros(leaf.shape, precision if inexact else leaf.dtype)

    return jax.tree.map(zeros, cell, is_leaf=eqx.is_array)
