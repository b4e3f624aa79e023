"""Arrays by their names: which to leave out, which are not used, and which linear layers there are."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import numpy as np

from rnnchaos.errors import ConfigError
from rnnchaos.nearest import did_you_mean
from rnnchaos.setting import SettingError

WeightsOrder = Literal["out_in", "in_out"]
"""Whether a matrix of the file takes W x, or x W: outputs × inputs, or inputs × outputs."""

BESIDE = ("time_step", "scaling.mean", "scaling.scale", "input_scaling.mean", "input_scaling.scale")
"""What an exported network has beside it; no part of its steps."""

_LISTED = 8


def ordered(
    arrays: Mapping[str, np.ndarray], order: WeightsOrder, ignore: Sequence[str], origin: str
) -> dict[str, np.ndarray]:
    """The arrays of the steps, every matrix as outputs × inputs, without those of the modules or names to ignore.

    Raises SettingError for a name to ignore that is not there.
    """
    for entry in ignore:
        if not any(_is_of(name, entry) for name in arrays):
            hint = did_you_mean(entry, [*arrays, *modules(arrays)]).removeprefix("; ")
            raise SettingError(
                "ignore", f"name arrays of {origin}, or what their names begin with", entry, hint
            )
    return {
        name: array.T if order == "in_out" and array.ndim == 2 else array
        for name, array in arrays.items()
        if name not in BESIDE and not any(_is_of(name, entry) for entry in ignore)
    }


def refuse_unused(arrays: Iterable[str], used: Iterable[str], origin: str) -> None:
    """Raise ConfigError where arrays are not used, since a network with them is another one."""
    used = set(used)
    names = sorted(set(arrays) - used)
    if names:
        raise ConfigError(
            f"{origin} holds what the network would be measured without: {listed(names)}; "
            f"ignore=[{','.join(modules(names, used=used)[:_LISTED])}] if it does not take part in the steps"
        )


def modules(names: Iterable[str], *, used: Iterable[str] = ()) -> list[str]:
    """What the names belong to, `norm` of norm.weight and norm.bias; a name itself where `used` ones belong there."""
    kept = {name.rpartition(".")[0] for name in used}
    owners = {name: name.rpartition(".")[0] for name in names}
    return list(dict.fromkeys(name if owner in {"", *kept} else owner for name, owner in owners.items()))


def linear_layers(arrays: Mapping[str, np.ndarray], *, inputs: int | None = None) -> list[str]:
    """The linear layers among the arrays, NAME of NAME.weight; only those that take so many `inputs`."""
    return [
        name.removesuffix(".weight")
        for name, array in arrays.items()
        if name.endswith(".weight") and array.ndim == 2 and inputs in (None, array.shape[1])
    ]


def parts_of(layers: Iterable[str]) -> set[str]:
    """The names that arrays of linear layers may have."""
    return {f"{layer}.{part}" for layer in layers for part in ("weight", "bias")}


def check(array: np.ndarray, shape: tuple[int, ...], name: str) -> None:
    """Raise ConfigError for an array of another shape, or one that holds anything but finite numbers."""
    if array.shape != shape:
        transposed = array.ndim == 2 and array.shape[::-1] == shape
        hint = "; weights_order= takes matrices the other way round" if transposed else ""
        raise ConfigError(f"{name} must have shape {shape}, got {array.shape}{hint}")
    if array.dtype in (np.int8, np.uint8):
        raise ConfigError(
            f"{name} must hold weights, got numbers of 8 bits, as quantised ones are, whose scales are not known here"
        )
    real = np.issubdtype(array.dtype, np.floating) or np.issubdtype(array.dtype, np.integer)
    if not real or not np.isfinite(array).all():
        raise ConfigError(f"{name} must hold finite numbers")


def listed(names: Sequence[str]) -> str:
    """The names, only the first of many."""
    return ", ".join(names[:_LISTED]) + (f" and {len(names) - _LISTED} more" if len(names) > _LISTED else "")


def _is_of(name: str, entry: str) -> bool:
    return name == entry or name.startswith(f"{entry}.")
