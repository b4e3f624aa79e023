"""Functions of many columns at once, whose columns stay columns all the way."""

from collections.abc import Callable, Sequence
from itertools import compress
from typing import Any

import jax
import jax.numpy as jnp
from jax.extend import core

_Known = tuple[Any, bool]
"""A value, and whether it is one of each column."""

_ARITHMETIC = {"add", "sub", "mul", "div", "rem", "pow", "atan2", "max", "min", "clamp"}
_ELEMENTWISE = _ARITHMETIC | {"and", "or", "xor", "eq", "ne", "lt", "le", "gt", "ge", "select_n"}
_CALLS = {"jit", "pjit", "closed_call"}


def columns(function: Callable[..., Any]) -> Callable[..., Any]:
    """`jax.vmap(function, -1, -1)`, the columns being the last axis of all that is worked out on the way.

    `jax.vmap` puts them first wherever an array meets one that is the same for all, such as a state its bias: loops
    then run along the few units of a network instead of along its many columns, and do not vectorise.
    """

    def of_columns(*given: Any) -> Any:
        leaves = jax.tree.leaves(given)
        width = leaves[0].shape[-1]
        one = jax.tree.map(lambda leaf: jax.ShapeDtypeStruct(leaf.shape[:-1], leaf.dtype), given)
        program, shape = jax.make_jaxpr(function, return_shape=True)(*one)
        found = _run(program, [(leaf, True) for leaf in leaves], width)
        return jax.tree.unflatten(jax.tree.structure(shape), [_each(*known, width) for known in found])

    return of_columns


def _run(program: core.ClosedJaxpr, given: Sequence[_Known], width: int) -> list[_Known]:
    jaxpr = program.jaxpr
    known = dict(zip(jaxpr.invars, given, strict=True))
    known |= {
        variable: (value, False) for variable, value in zip(jaxpr.constvars, program.consts, strict=True)
    }

    def read(variable: Any) -> _Known:
        return (variable.val, False) if isinstance(variable, core.Literal) else known[variable]

    for equation in jaxpr.eqns:
        found = _apply(jaxpr, equation, [read(variable) for variable in equation.invars], width)
        known |= dict(zip(equation.outvars, found, strict=True))
    return [read(variable) for variable in jaxpr.outvars]


def _apply(jaxpr: core.Jaxpr, equation: Any, given: list[_Known], width: int) -> list[_Known]:
    name, bind, params = equation.primitive.name, equation.primitive.bind, equation.params
    shape = equation.outvars[0].aval.shape
    many = any(each for _, each in given)
    if many and name in _CALLS:
        return _run(params["jaxpr"], given, width)
    if many and name in _ELEMENTWISE:
        wide = [jnp.broadcast_to(_last(*known), (*shape, width)) for known in given]
        return [(bind(*wide, **params), True)]
    if many and name == "concatenate":
        return [(bind(*[_each(*known, width) for known in given], **params), True)]
    if many and name == "broadcast_in_dim" and len(given) == 1:
        kept = (*params["broadcast_dimensions"], len(shape))
        return [(jax.lax.broadcast_in_dim(given[0][0], (*shape, width), kept), True)]
    if many and name == "reshape" and len(given) == 1 and params["dimensions"] is None:
        return [(jnp.reshape(given[0][0], (*shape, width)), True)]
    return _alone(jaxpr, equation, given, many)


def _alone(jaxpr: core.Jaxpr, equation: Any, given: list[_Known], many: bool) -> list[_Known]:
    """One equation, mapped by JAX where its values are of columns."""
    variables = [not isinstance(variable, core.Literal) for variable in equation.invars]
    inputs = list(compress(equation.invars, variables))
    alone = jaxpr.replace(constvars=[], invars=inputs, outvars=equation.outvars, eqns=[equation])
    function = core.jaxpr_as_fun(core.ClosedJaxpr(alone, []))
    if many:
        axes = tuple(-1 if each else None for _, each in compress(given, variables))
        function = jax.vmap(function, axes, -1)
    return [(value, many) for value in function(*[value for value, _ in compress(given, variables)])]


def _last(value: Any, of_columns: bool) -> Any:
    """With a last axis."""
    return value if of_columns else jnp.asarray(value)[..., None]


def _each(value: Any, of_columns: bool, width: int) -> Any:
    """With as many columns as there are."""
    return value if of_columns else jnp.broadcast_to(_last(value, False), (*jnp.shape(value), width))
