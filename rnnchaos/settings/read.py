"""A resolved config, as nested plain values, to typed settings."""

import dataclasses
import functools
from collections.abc import Mapping
from typing import Any, TypeVar

import yaml

from rnnchaos.data import Preparation, check_off_attractor, check_whole
from rnnchaos.diagnostics import DiagnosticsSettings, settings_class
from rnnchaos.equations import EquationsFile
from rnnchaos.errors import ConfigError
from rnnchaos.protocols import Regularization
from rnnchaos.setting import within
from rnnchaos.settings.coerce import arguments, coerce, parameters
from rnnchaos.settings.components import component, find_class
from rnnchaos.settings.config_folders import builtin_folder
from rnnchaos.settings.groups import (
    Component,
    DatasetSettings,
    ModelSettings,
    OptimizerSettings,
    ProtocolSettings,
)
from rnnchaos.settings.optax_options import find_optimizer, options, owner_of, read_schedule_options
from rnnchaos.settings.schema import JudgingSettings, Settings, SystemSettings, WeightsSettings

_Root = TypeVar("_Root", Settings, SystemSettings, WeightsSettings, JudgingSettings)


def read_settings(config: Mapping[str, Any]) -> Settings:
    """The settings of a training run. Raises ConfigError for an unknown, missing or unfit setting."""
    return _read(config, Settings)


def read_system_settings(config: Mapping[str, Any]) -> SystemSettings:
    """The settings of the diagnostics of a system. Raises ConfigError as `read_settings` does."""
    return _read(config, SystemSettings)


def read_weights_settings(config: Mapping[str, Any]) -> WeightsSettings:
    """The settings of the diagnostics of a network trained elsewhere. Raises ConfigError as `read_settings` does."""
    return _read(config, WeightsSettings)


def read_judging_settings(config: Mapping[str, Any]) -> JudgingSettings:
    """The settings of rnnchaos judge. Raises ConfigError as `read_settings` does."""
    return _read(config, JudgingSettings)


def _read(config: Mapping[str, Any], root: type[_Root]) -> _Root:
    accepted = parameters(root)
    values = dict(config)
    readers = {
        "dataset": read_dataset,
        "model": _model,
        "protocol": _protocol,
        "optimizer": _optimizer,
        "diagnostics": _diagnostics,
        "logging": read_logging,
    }
    for group, reader in readers.items():
        if values.get(group) is not None and group in accepted:
            if not isinstance(values[group], Mapping):
                raise ConfigError(f"{group} must be a group of settings, got {values[group]!r}")
            values[group] = reader(values[group])
    return root(**arguments(values, accepted, ""))


def read_dataset(node: Mapping[str, Any]) -> DatasetSettings:
    """The settings of a dataset from its node of a config. Raises ConfigError as `read_settings` does."""
    source, shared = component(node, "dataset", parameters(Preparation))
    if find_class(source.target, "dataset") is EquationsFile:
        # What the file says is what is computed and stored, wherever the file goes.
        target, content = EquationsFile(**source.arguments).content()
        source, _ = component({"_target_": target, **content}, "dataset", {})
    # First: the lengths that other sources have by default would be refused with it, and mislead.
    with within("dataset"):
        kind = find_class(source.target, "dataset")
        check_whole(kind, whole=shared.get("whole", False))
        check_off_attractor(kind, shared.get("off_attractor_orbits", 0))
        return DatasetSettings(source, Preparation(**shared))


def _model(node: Mapping[str, Any]) -> ModelSettings:
    cell, shared = component(node, "model", parameters(ModelSettings, ignore=("cell",)))
    with within("model"):
        return ModelSettings(cell, **shared)


def _protocol(node: Mapping[str, Any]) -> ProtocolSettings:
    forcing, shared = component(node, "protocol", parameters(Regularization))
    with within("protocol"):
        return ProtocolSettings(forcing, Regularization(**shared))


def read_logging(node: Mapping[str, Any]) -> Component:
    """The sink of a config. Raises ConfigError as `read_settings` does."""
    return component(node, "logging", {})[0]


def _diagnostics(node: Mapping[str, Any]) -> DiagnosticsSettings:
    return coerce(node, settings_class(), "diagnostics")


def _optimizer(node: Mapping[str, Any]) -> OptimizerSettings:
    shared = parameters(OptimizerSettings, ignore=("options",))
    named = arguments({"name": node["name"]} if "name" in node else {}, {"name": shared["name"]}, "optimizer")
    own = options(find_optimizer(named["name"]), ignore={"learning_rate", *shared})
    values = arguments(node, {**own, **shared}, "optimizer", owner=owner_of(named["name"]))
    with within("optimizer"):
        settings = OptimizerSettings(
            **{name: value for name, value in values.items() if name in shared},
            options={name: value for name, value in values.items() if name in own},
        )
    of_schedule = read_schedule_options(
        settings.schedule, settings.schedule_options, ends=settings.final_learning_rate is not None
    )
    settings = dataclasses.replace(settings, schedule_options=of_schedule)
    if settings.name == "auto" and settings != _automatic():
        return dataclasses.replace(settings, name="adamw")
    return settings


@functools.cache
def _automatic() -> OptimizerSettings:
    """Of an automatic optimiser of which nothing was set; one with another learning rate is adamw, whose it is."""
    adamw = yaml.safe_load((builtin_folder() / "optimizer" / "adamw.yaml").read_text())
    return dataclasses.replace(_optimizer(adamw), name="auto")
