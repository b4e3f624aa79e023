"""A resolved config, as nested plain values, to typed settings."""

from collections.abc import Mapping
from typing import Any, TypeVar

from rnnchaos.config.coerce import arguments, parameters
from rnnchaos.config.components import component
from rnnchaos.config.schema import (
    DatasetSettings,
    ModelSettings,
    ProtocolSettings,
    Settings,
    SystemSettings,
    WeightsSettings,
)
from rnnchaos.data import Preparation
from rnnchaos.errors import ConfigError
from rnnchaos.regularizers import Regularization

_Root = TypeVar("_Root", Settings, SystemSettings, WeightsSettings)


def read_settings(config: Mapping[str, Any]) -> Settings:
    """The settings of a training run. Raises ConfigError for an unknown, missing or unfit setting."""
    return _read(config, Settings)


def read_system_settings(config: Mapping[str, Any]) -> SystemSettings:
    """The settings of the diagnostics of a system. Raises ConfigError as `read_settings` does."""
    return _read(config, SystemSettings)


def read_weights_settings(config: Mapping[str, Any]) -> WeightsSettings:
    """The settings of the diagnostics of a network trained elsewhere. Raises ConfigError as `read_settings` does."""
    return _read(config, WeightsSettings)


def _read(config: Mapping[str, Any], root: type[_Root]) -> _Root:
    accepted = parameters(root)
    values = dict(config)
    for group, reader in (("dataset", read_dataset), ("model", _model), ("protocol", _protocol)):
        if values.get(group) is not None and group in accepted:
            if not isinstance(values[group], Mapping):
                raise ConfigError(f"{group} must be a group of settings, got {values[group]!r}")
            values[group] = reader(values[group])
    return root(**arguments(values, accepted, ""))


def read_dataset(node: Mapping[str, Any]) -> DatasetSettings:
    """The settings of a dataset from its node of a config. Raises ConfigError as `read_settings` does."""
    source, shared = component(node, "dataset", parameters(Preparation))
    return DatasetSettings(source, Preparation(**shared))


def _model(node: Mapping[str, Any]) -> ModelSettings:
    cell, shared = component(node, "model", parameters(ModelSettings, ignore=("cell",)))
    return ModelSettings(cell, **shared)


def _protocol(node: Mapping[str, Any]) -> ProtocolSettings:
    forcing, shared = component(node, "protocol", parameters(Regularization))
    return ProtocolSettings(forcing, Regularization(**shared))
