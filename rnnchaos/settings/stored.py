"""The config that is stored with a run: written as YAML, read back without running anything."""

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

import yaml

from rnnchaos import yamltext
from rnnchaos.diagnostics import settings_class
from rnnchaos.errors import ConfigError
from rnnchaos.nearest import did_you_mean
from rnnchaos.settings.groups import (
    Component,
    DatasetSettings,
    ModelSettings,
    OptimizerSettings,
    ProtocolSettings,
)
from rnnchaos.settings.optax_options import find_optimizer, options
from rnnchaos.settings.read import read_settings, read_system_settings
from rnnchaos.settings.schema import Settings, SystemSettings, WeightsSettings

# Rooms and classes of version 0.1 by their names now; the first that fits counts.
_MOVED = {
    "rnnchaos.cells.": "rnnchaos.models.",
    "rnnchaos.forcing.ClosedForm": "rnnchaos.training.Regression",
    "rnnchaos.forcing.": "rnnchaos.protocols.",
}

# A name with an index, cell.bias[3], which Hydra would not read without quotes.
_PART = re.compile(r"(?<==)[A-Za-z_][\w.]*\[[\d, ]*\]$")


def to_yaml(settings: Settings | SystemSettings | WeightsSettings) -> str:
    """The settings as a YAML text that `from_yaml` reads back to an equal value."""
    config = _plain(settings)
    config.pop("logging", None)  # of the command, not of the run: it changes nothing, and may lead anywhere
    return yaml.safe_dump(config, sort_keys=False, allow_unicode=True)


def by_full_names(settings: Settings) -> dict[str, Any]:
    """What is stored, by full names such as `protocol.tau`."""
    return dict(_leaves(yaml.safe_load(to_yaml(settings))))


def from_yaml(text: str, overrides: Sequence[str] = ()) -> Settings | SystemSettings:
    """The settings of a stored run, `diagnostics.*` changed by overrides; a run of a system has no model.

    Raises ConfigError for a text that is no config, a class outside this package, and any other override.
    """
    try:
        config = yamltext.load(text)
    except ConfigError as error:
        raise ConfigError(f"the stored config {error}") from None
    if not isinstance(config, dict):
        raise ConfigError("the stored config is not a group of settings")
    _follow_moves(config)
    _check_own_equations(config)
    if not overrides:
        return _read(config)
    # Settings that are younger than the run have their defaults, and can be changed like the others.
    config = _plain(_read(config))
    for key, value in _read_overrides(overrides):
        _replace(config, key, value)
    return _read(config)


def _check_own_equations(config: dict[str, Any]) -> None:
    """Raise ConfigError for equations in another file: a run holds its own, and leads to no file of the machine."""
    dataset = config.get("dataset")
    if isinstance(dataset, dict) and dataset.get("_target_") == "rnnchaos.equations.EquationsFile":
        raise ConfigError("the stored config names a file of equations where the equations themselves belong")


def _read(config: dict[str, Any]) -> Settings | SystemSettings:
    if isinstance(config.get("diagnostics"), dict):
        config = config | {"diagnostics": _known(config["diagnostics"])}
    if isinstance(config.get("optimizer"), dict):
        config = config | {"optimizer": _without_old_nulls(config["optimizer"])}
    return read_settings(config) if "model" in config else read_system_settings(config)


def _known(diagnostics: dict[str, Any]) -> dict[str, Any]:
    """Without the groups of diagnostics that are not installed here: the run can be measured by the others."""
    fields = {field.name for field in dataclasses.fields(settings_class())}
    return {
        name: entry for name, entry in diagnostics.items() if name in fields or not isinstance(entry, dict)
    }


def _follow_moves(config: dict[str, Any]) -> None:
    """Name the classes of a config stored by version 0.1 as they are named now."""
    for node in config.values():
        if isinstance(node, dict) and isinstance(target := node.get("_target_"), str):
            old = next((room for room in _MOVED if target.startswith(room)), None)
            if old is not None:
                node["_target_"] = _MOVED[old] + target.removeprefix(old)


def _without_old_nulls(optimizer: dict[str, Any]) -> dict[str, Any]:
    """Runs stored before any optimiser of optax could be named say null of two settings that had no effect."""
    nulls = [key for key in ("weight_decay", "momentum") if optimizer.get(key, 0) is None]
    if not nulls:
        return optimizer
    known = options(find_optimizer(str(optimizer.get("name"))), ignore=())
    meant = [key for key in nulls if key in known and type(None) in get_args(known[key][0])]
    return {key: value for key, value in optimizer.items() if key not in nulls or key in meant}


def _read_overrides(words: Sequence[str]) -> Iterator[tuple[str, Any]]:
    if not words:
        return
    # Hydra takes a while to import, and most stored configs are read without overrides.
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import OverrideParseException

    for word in words:
        try:
            (override,) = OverridesParser.create().parse_overrides([_PART.sub(r"'\g<0>'", word)])
        except OverrideParseException:
            raise ConfigError(f"cannot read {word!r}: an override is written setting=value") from None
        key = override.key_or_group
        if not key.startswith("diagnostics."):
            raise ConfigError(f"only diagnostics.* settings can be changed for a stored run, got {word!r}")
        if override.type is None or override.type.name != "CHANGE" or override.is_sweep_override():
            raise ConfigError(f"a stored run takes overrides of the form setting=value only, got {word!r}")
        yield key, override.value()


def _replace(config: dict[str, Any], key: str, value: Any) -> None:
    """Set the leaf `key` of nested values, where there already is one."""
    known = [name for name, _ in _leaves(config)]
    if key not in known:
        raise ConfigError(f"{key} is not a setting{did_you_mean(key, known)}")
    *parents, leaf = key.split(".")
    node = config
    for parent in parents:
        node = node[parent]
    node[leaf] = value


def _leaves(node: Mapping[Any, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Full names and values; some names are numbers, such as the steps at which a learning rate changes."""
    for name, value in node.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _plain(value: Any) -> Any:
    """Settings as nested dicts, lists, numbers and texts, in the shape of the configs."""
    match value:
        case Component():
            return {"_target_": value.target} | _plain(dict(value.arguments))
        case DatasetSettings():
            return _plain(value.source) | _plain(value.preparation)
        case ProtocolSettings():
            return _plain(value.forcing) | _plain(value.regularization)
        case OptimizerSettings():
            shared = {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
            return shared.pop("options") | shared
        case ModelSettings():
            shared = {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
            return shared.pop("cell") | shared
        case dict():
            return {key: _plain(entry) for key, entry in value.items()}
        case list() | tuple():
            return [_plain(entry) for entry in value]
        case Path():
            return str(value)
    if dataclasses.is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    return value
