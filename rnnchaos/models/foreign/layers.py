"""The recurrent layers among named arrays, under the names of PyTorch's layers and cells or of equinox's cells."""

import re
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from rnnchaos.errors import ConfigError
from rnnchaos.models.foreign.names import listed

_RECURRENT = re.compile(r"(?P<prefix>.*?)weight_hh(?:_l(?P<layer>\d+))?(?P<reverse>_reverse)?")
_NUMBER = re.compile(r"\d+")


class RecurrentArrays(NamedTuple):
    """The arrays of one layer in one direction, gates below each other; None where the file has none."""

    names: Mapping[str, str]
    """Of those that are there, by weight_ih, weight_hh, bias_ih and bias_hh: how the file calls them."""
    weight_hh: Float[np.ndarray, "gates hidden"]
    weight_ih: Float[np.ndarray, "gates inputs"] | None
    bias_ih: Float[np.ndarray, " gates"] | None
    bias_hh: Float[np.ndarray, " gates"] | None
    used: frozenset[str]
    """Names of all arrays that it is made of."""


class _Found(NamedTuple):
    """A name that stands for a recurrent layer."""

    name: str
    prefix: str
    layer: int | None
    """k of weight_hh_lk; None of a cell."""
    reverse: bool

    @property
    def ending(self) -> str:
        return "" if self.layer is None else f"_l{self.layer}"


def has_layers(arrays: Mapping[str, np.ndarray]) -> bool:
    """Whether there is any recurrent layer among the arrays."""
    return bool(_found(arrays))


def find_layers(arrays: Mapping[str, np.ndarray], origin: str) -> list[RecurrentArrays]:
    """The layers of the one recurrent network, the first one first.

    They are numbered by PyTorch (weight_hh_l0, weight_hh_l1) or by their modules (cells.0, cells.1). Raises ConfigError
    for two networks, a second direction, a projection, and for a number that is missing.
    """
    found = _in_order(_found(arrays), origin)
    for each in found:
        if each.reverse:
            raise ConfigError(
                f"weights must hold layers in one direction, but {origin} has a second one: {each.name}"
            )
        if (projection := f"{each.prefix}weight_hr{each.ending}") in arrays:
            raise ConfigError(
                f"weights must hold layers without a projection (proj_size), but {origin} has {projection}"
            )
    return [_arrays(arrays, each) for each in found]


def _found(arrays: Mapping[str, np.ndarray]) -> list[_Found]:
    matches = [match for name in sorted(arrays) if (match := _RECURRENT.fullmatch(name))]
    return [
        _Found(
            match[0],
            match["prefix"],
            None if match["layer"] is None else int(match["layer"]),
            match["reverse"] is not None,
        )
        for match in matches
    ]


def _in_order(found: list[_Found], origin: str) -> list[_Found]:
    """By the numbers of their modules, and by their own. Raises ConfigError where these do not order them."""
    prefixes = list(dict.fromkeys(each.prefix for each in found))
    if len({_NUMBER.sub("#", prefix) for prefix in prefixes}) > 1:
        names = [each.name for each in found]
        module = prefixes[-1].rstrip(".") or names[-1]
        raise ConfigError(
            f"weights must hold one recurrent network, but {origin} has {listed(names)}; "
            f"ignore=[{module}] leaves one out"
        )
    for prefix in prefixes:
        numbers = sorted(
            each.layer
            for each in found
            if each.prefix == prefix and each.layer is not None and not each.reverse
        )
        missing = sorted({*range(max(numbers, default=-1) + 1)} - {*numbers})
        if missing:
            name = f"{prefix}weight_hh_l"
            raise ConfigError(f"{origin} must hold {name}{missing[0]} below {name}{numbers[-1]}")
    return sorted(found, key=lambda each: ([int(n) for n in _NUMBER.findall(each.prefix)], each.layer or 0))


def _arrays(arrays: Mapping[str, np.ndarray], found: _Found) -> RecurrentArrays:
    prefix, ending = found.prefix, found.ending
    names = {part: f"{prefix}{part}{ending}" for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")}
    names = {part: name for part, name in names.items() if name in arrays}
    given = {part: arrays[name] for part, name in names.items()}
    used = set(names.values())
    if found.layer is None and f"{prefix}bias" in arrays and not {"bias_ih", "bias_hh"} & set(names):
        names["bias_ih"], given["bias_ih"] = f"{prefix}bias", arrays[f"{prefix}bias"]
        used.add(f"{prefix}bias")
        if (own := arrays.get(f"{prefix}bias_n")) is not None:  # of equinox's GRU: within the reset gate
            names["bias_hh"] = f"{prefix}bias_n"
            given["bias_hh"] = np.concatenate([np.zeros(2 * own.size), own])
            used.add(f"{prefix}bias_n")
    return RecurrentArrays(
        names,
        given["weight_hh"],
        given.get("weight_ih"),
        given.get("bias_ih"),
        given.get("bias_hh"),
        frozenset(used),
    )
