"""Classes of plugins as choices of the config groups, each with the settings of its class."""

import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rnnchaos import plugins
from rnnchaos.errors import ConfigError
from rnnchaos.settings.config_folders import ConfigFolders, builtin_folder

_GROUPS = ("dataset", "model", "protocol", "logging")
_MISSING = "???"


def configs(*own: Path) -> ConfigFolders:
    """The choices of this package, of the user's `own` folders, and of plugins, which Hydra then knows, too.

    Raises ConfigError for a plugin that fails, or whose choice is one of this package.
    """
    builtin, offered = ConfigFolders((builtin_folder(),)), {}
    for group in _GROUPS:
        known = builtin.choices(group)
        for choice in plugins.choices(group).values():
            if choice.name in known:
                raise ConfigError(
                    f"{group}={choice.name} of {choice.origin} is a choice of rnnchaos already; name it otherwise"
                )
            offered[f"{group}/{choice.name}"] = _node(choice)
    if offered:
        _tell_hydra(offered)
    return ConfigFolders((builtin_folder(), *own), offered)


def _node(choice: plugins.Choice) -> dict[str, Any]:
    """What a YAML file of the choice would hold."""
    member, _ = choice.load()
    node: dict[str, Any] = {"_target_": choice.target}
    for name, parameter in inspect.signature(member).parameters.items():
        if name in plugins.SUPPLIED.get(choice.group, ()):
            continue
        required = parameter.default is inspect.Parameter.empty
        node[name] = (
            _MISSING if required else _plain(parameter.default, f"{member.__name__}: the default of {name}")
        )
    return node


def _plain(value: Any, said: str) -> Any:
    """A default as YAML has it. Raises ConfigError for one that YAML cannot express."""
    if isinstance(value, list | tuple):
        return [_plain(entry, said) for entry in value]
    if isinstance(value, Mapping):
        return {str(name): _plain(entry, said) for name, entry in value.items()}
    if isinstance(value, float):
        return float(value)  # of NumPy's, too, which YAML does not know
    if value is None or isinstance(value, bool | int | str):
        return value
    raise ConfigError(f"class {said} is {type(value).__name__}, and no value of a config")


def _tell_hydra(offered: Mapping[str, Mapping[str, Any]]) -> None:
    from hydra.core.config_store import ConfigStore

    for path, node in offered.items():
        group, _, name = path.partition("/")
        ConfigStore.instance().store(name=name, group=group, node=dict(node))
