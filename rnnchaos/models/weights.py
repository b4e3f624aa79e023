"""Pytrees to named arrays and back, for files that hold nothing but arrays."""

from collections.abc import Callable, Mapping
from typing import TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from rnnchaos.errors import ConfigError

Tree = TypeVar("Tree")


def to_arrays(tree: object) -> dict[str, np.ndarray]:
    """Every array of a pytree under its path, such as `cell.weight`; random keys as their raw bits."""
    leaves = jax.tree_util.tree_leaves_with_path(eqx.filter(tree, eqx.is_array))
    return {_name(path): np.asarray(_raw(leaf)) for path, leaf in leaves}


def from_arrays(template: Tree, arrays: dict[str, np.ndarray], *, origin: str) -> Tree:
    """`template` with its arrays replaced by the named ones. Raises ConfigError where names or shapes differ."""

    def replace(path, leaf):
        if not eqx.is_array(leaf) and not isinstance(leaf, jax.ShapeDtypeStruct):
            return leaf
        name = _name(path)
        if name not in arrays:
            raise ConfigError(f"{origin}: there are no weights {name!r}; they belong to another model")
        if eqx.is_array(leaf) and jnp.issubdtype(leaf.dtype, jax.dtypes.prng_key):
            return jax.random.wrap_key_data(jnp.asarray(arrays[name]), impl=jax.random.key_impl(leaf))
        if arrays[name].shape != leaf.shape:
            raise ConfigError(f"{origin}: {name} must have shape {leaf.shape}, got {arrays[name].shape}")
        return jax.device_put(arrays[name])  # without a program, as each of `jnp.asarray`

    return jax.tree_util.tree_map_with_path(replace, template)


def fits(template: object, arrays: Mapping[str, np.ndarray]) -> bool:
    """Whether every array of a pytree is among the named ones, in its shape."""
    leaves = jax.tree_util.tree_leaves_with_path(template)
    return all(
        _name(path) in arrays and arrays[_name(path)].shape == leaf.shape
        for path, leaf in leaves
        if hasattr(leaf, "shape")
    )


def changed(tree: Tree, name: str, change: Callable[[Array], Array]) -> Tree:
    """`tree` with one of its arrays, by its name in `to_arrays`, replaced by what `change` makes of it."""
    return jax.tree_util.tree_map_with_path(
        lambda path, leaf: change(leaf) if _name(path) == name else leaf, tree
    )


def _raw(leaf: jax.Array) -> jax.Array:
    return jax.random.key_data(leaf) if jnp.issubdtype(leaf.dtype, jax.dtypes.prng_key) else leaf


def _name(path: tuple) -> str:
    return jax.tree_util.keystr(path, simple=True, separator=".")
