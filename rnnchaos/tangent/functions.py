"""Functions from outside, held against what they are given and have to return, before anything is computed."""

import contextlib
import re
import weakref
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from rnnchaos.errors import ConfigError

# What JAX raises where a function asks for numbers that are not there yet.
_NOT_OF_JAX = (jax.errors.ConcretizationTypeError, jax.errors.TracerArrayConversionError)

# Of functions within a program, which are made anew each time.
_ADDRESS = re.compile(r"0x[0-9a-f]+")
_DETERMINISTIC: weakref.WeakSet[Callable] = weakref.WeakSet()


def check_step(step: Any, dimension: int, *, num_inputs: int | None = None) -> None:
    """Raise ConfigError unless `step` maps float64 states of `dimension` numbers to such states.

    A driven one takes `num_inputs` numbers beside them.
    """
    sizes = [dimension] if num_inputs is None else [dimension, num_inputs]
    also = "" if num_inputs is None else f" and an input of shape ({num_inputs},)"
    check_returns("step", step, f"a state of shape ({dimension},){also}", sizes, dimension)
    check_deterministic("step", step, *sizes)


def check_returns(
    name: str, function: Any, what: str, sizes: list[int], dimension: int, *, dtype: Any = jnp.float64
) -> None:
    """Raise ConfigError unless a function of vectors of such sizes, `what` in words, returns a vector of `dtype`."""
    result = _returned(name, function, what, sizes, dtype)
    like = " like the one it got" if sizes[0] == dimension else ""
    _check_shape(name, result, (dimension,), f"a state of shape ({dimension},){like}")
    if result.dtype != dtype:
        precision = jnp.dtype(dtype).name
        raise ConfigError(
            f"{name} must compute in {precision} when its state is {precision}, got {result.dtype}"
        )


def check_deterministic(name: str, function: Callable, *sizes: int) -> None:
    """Raise ConfigError for a function whose programs differ; one that was found to have one is not asked again."""
    with contextlib.suppress(TypeError):  # of what has no hash, or can be no weak reference
        if function in _DETERMINISTIC:
            return
    if not is_deterministic(function, *sizes):
        raise ConfigError(
            f"{name} must give the same state whenever it is given the same one, got from it others (random numbers, "
            "dropout, or something of its own that it counts on): noise may be an input"
        )
    with contextlib.suppress(TypeError):
        _DETERMINISTIC.add(function)


def is_deterministic(function: Callable, *sizes: int) -> bool:
    """Whether two programs of a function are one: what NumPy draws at random in it, or counts, differs in the second.

    JAX would keep the first for all steps.
    """
    given = [jax.ShapeDtypeStruct((size,), jnp.float64) for size in sizes]
    first, second = (jax.make_jaxpr(lambda *vectors: function(*vectors))(*given) for _ in range(2))
    if _ADDRESS.sub("", str(first)) != _ADDRESS.sub("", str(second)):
        return False
    return all(map(_equal, first.consts, second.consts))


def _equal(first: Any, second: Any) -> bool:
    if jnp.issubdtype(getattr(first, "dtype", np.dtype(float)), jax.dtypes.prng_key):
        first, second = jax.random.key_data(first), jax.random.key_data(second)
    return np.array_equal(np.asarray(first), np.asarray(second), equal_nan=True)


def check_divergence(divergence: Any, dimension: int) -> None:
    """Raise ConfigError unless `divergence`, where there is one, maps two states to one number."""
    if divergence is None:
        return
    states = f"the states of shape ({dimension},) before and after a step"
    check_number("divergence", divergence, states, [dimension, dimension])


def check_number(name: str, function: Any, what: str, sizes: list[int]) -> None:
    """Raise ConfigError unless a function of vectors of such sizes, `what` in words, returns one real number."""
    result = _returned(name, function, what, sizes, jnp.float64)
    if isinstance(result, int | float):
        return
    _check_shape(name, result, (), "one number")
    if not jnp.issubdtype(result.dtype, jnp.floating):
        raise ConfigError(f"{name} must return a real number, got {result.dtype}")


def _returned(name: str, function: Any, what: str, sizes: list[int], dtype: Any) -> Any:
    """What a function returns of vectors of such sizes, as JAX sees it, without a number."""
    if not callable(function):
        raise ConfigError(f"{name} must be a function of {what}, got {function!r:.60}")
    try:
        return jax.eval_shape(function, *(jax.ShapeDtypeStruct((size,), dtype) for size in sizes))
    except ConfigError:
        raise
    except Exception as error:  # of the user's own code
        said = (str(error).splitlines() or [""])[0]
        of_jax = "be written in jax.numpy, with jnp.where for if"
        must = of_jax if isinstance(error, _NOT_OF_JAX) else f"take {what}"
        if not isinstance(error, TypeError | ValueError | IndexError) or not said:
            said = f"{type(error).__name__}: {said}".removesuffix(": ")
        raise ConfigError(f"{name} must {must}, got from it: {said}") from error


def _check_shape(name: str, result: Any, shape: tuple[int, ...], what: str) -> None:
    found = getattr(result, "shape", None)
    if found != shape:
        got = f"an array of shape {found}" if found is not None else f"a {type(result).__name__}"
        raise ConfigError(f"{name} must return {what}, got {got}")
