"""The recurrent layer among named arrays, under the names of PyTorch's layers and cells or of equinox's cells."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from rnnchaos.errors import ConfigError
from rnnchaos.nearest import did_you_mean
from rnnchaos.setting import SettingError

_RECURRENT = re.compile(r"(?P<prefix>.*?)weight_hh(?P<layer>_l\d+)?(?P<reverse>_reverse)?")
_LISTED = 8


class RecurrentLayer(NamedTuple):
    """The arrays of one layer in one direction, gates below each other; None where the file has none."""

    names: Mapping[str, str]
    """Of those that are there, by weight_ih, weight_hh, bias_ih and bias_hh: how the file calls them."""
    weight_hh: Float[np.ndarray, "gates hidden"]
    weight_ih: Float[np.ndarray, "gates inputs"] | None
    bias_ih: Float[np.ndarray, " gates"] | None
    bias_hh: Float[np.ndarray, " gates"] | None
    used: frozenset[str]
    """Names of all arrays that it is made of."""


def find_layer(arrays: Mapping[str, np.ndarray], origin: str) -> RecurrentLayer:
    """The one recurrent layer. Raises ConfigError where there is none, or more: of layers, directions or networks."""
    found = [match for name in sorted(arrays) if (match := _RECURRENT.fullmatch(name))]
    prefixes = list(dict.fromkeys(match["prefix"] for match in found))
    if not found:
        raise ConfigError(
            "weights must hold weight_hh_l0 or weight_hh, under any prefix, as PyTorch and equinox name them; "
            f"{origin} holds {_listed(sorted(arrays)) or 'nothing'}{_of_others(arrays)}"
        )
    if len(prefixes) > 1:
        named = [match[0] for match in found]
        module = prefixes[-1].rstrip(".") or named[-1]
        raise ConfigError(
            f"weights must hold one recurrent layer, but {origin} has {_listed(named)}; "
            f"ignore=[{module}] leaves one out"
        )
    (prefix,) = prefixes
    ending = "_l0" if any(match["layer"] == "_l0" for match in found) else ""
    for match in found:
        if match["reverse"] or (match["layer"] or "") != ending:
            what = "a second direction" if match["reverse"] else f"a layer {match['layer'] or match[0]}"
            raise ConfigError(
                f"weights must hold one layer in one direction, but {origin} has {what}: {match[0]}"
            )
    if f"{prefix}weight_hr{ending}" in arrays:
        raise ConfigError(
            f"weights must hold one layer without a projection, but {origin} has {prefix}weight_hr{ending}"
        )
    names = {part: f"{prefix}{part}{ending}" for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")}
    names = {part: name for part, name in names.items() if name in arrays}
    given = {part: arrays[name] for part, name in names.items()}
    used = set(names.values())
    if ending == "" and f"{prefix}bias" in arrays and not {"bias_ih", "bias_hh"} & set(names):
        names["bias_ih"], given["bias_ih"] = f"{prefix}bias", arrays[f"{prefix}bias"]
        used.add(f"{prefix}bias")
        if (own := arrays.get(f"{prefix}bias_n")) is not None:  # of equinox's GRU: within the reset gate
            names["bias_hh"], given["bias_hh"] = (
                f"{prefix}bias_n",
                np.concatenate([np.zeros(2 * own.size), own]),
            )
            used.add(f"{prefix}bias_n")
    return RecurrentLayer(
        names,
        given["weight_hh"],
        given.get("weight_ih"),
        given.get("bias_ih"),
        given.get("bias_hh"),
        frozenset(used),
    )


def without(arrays: Mapping[str, np.ndarray], ignore: Sequence[str], origin: str) -> dict[str, np.ndarray]:
    """The arrays but those of the modules, or names, to ignore. Raises SettingError for one that is not there."""
    for entry in ignore:
        if not any(_is_of(name, entry) for name in arrays):
            hint = did_you_mean(entry, [*arrays, *modules(arrays)]).removeprefix("; ")
            raise SettingError(
                "ignore", f"name arrays of {origin}, or what their names begin with", entry, hint
            )
    return {name: array for name, array in arrays.items() if not any(_is_of(name, entry) for entry in ignore)}


def refuse_unused(arrays: Iterable[str], used: frozenset[str], origin: str) -> None:
    """Raise ConfigError where arrays are not used, since a network with them is another one."""
    names = sorted(set(arrays) - used)
    if names:
        raise ConfigError(
            f"{origin} holds what the network would be measured without: {_listed(names)}; "
            f"ignore=[{','.join(modules(names, used=used)[:_LISTED])}] if it does not take part in the steps"
        )


def modules(names: Iterable[str], *, used: Iterable[str] = ()) -> list[str]:
    """What the names belong to, `norm` of norm.weight and norm.bias; a name itself where `used` ones belong there."""
    kept = {name.rpartition(".")[0] for name in used}
    owners = {name: name.rpartition(".")[0] for name in names}
    return list(dict.fromkeys(name if owner in {"", *kept} else owner for name, owner in owners.items()))


def _is_of(name: str, entry: str) -> bool:
    return name == entry or name.startswith(f"{entry}.")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:_LISTED]) + (f" and {len(names) - _LISTED} more" if len(names) > _LISTED else "")


def _of_others(arrays: Mapping[str, np.ndarray]) -> str:
    """What to do with the names of a run of this package, or of Keras and Flax."""
    if "cell.weight" in arrays:
        return "; measure the run itself by naming its folder"
    if any("kernel" in name for name in arrays):
        return (
            "; kernels of Keras or Flax have to be transposed, put into PyTorch's order of gates and renamed"
        )
    return ""
