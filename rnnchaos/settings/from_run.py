"""A training like a stored one: its config, strictly as data, with the words of a command line on top."""

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml
from hydra.core.override_parser.types import Override

from rnnchaos.errors import ConfigError
from rnnchaos.nearest import did_you_mean
from rnnchaos.settings import stored
from rnnchaos.settings.axes import parse
from rnnchaos.settings.compose import Composer
from rnnchaos.settings.config_folders import ConfigFolders
from rnnchaos.settings.schema import Settings
from rnnchaos.settings.sinks import NO_LOGGING

_OPEN = ("optimizer.schedule_options", "dataset.parameters", "dataset.initial_state")
"""Nodes to which a word may add a setting; what reads them knows which there are."""
_NAMED_AFTER = ("dataset", "model", "protocol")


class FromRun:
    """Composes configs as `Composer` does, from that of a stored run in place of the files.

    The stored config is never given to Hydra: what looks like an interpolation in it is text. A choice on the command
    line, `model=lstm`, brings that whole group as it is by default. `outputs` is the one of every training.
    """

    def __init__(self, config_text: str, configs: ConfigFolders) -> None:
        settings = stored.from_yaml(config_text)
        if not isinstance(settings, Settings):
            raise ConfigError("--from takes the run of a training, not that of a measurement")
        of_command = {"outputs": "outputs", "logging": {"_target_": NO_LOGGING.target}}
        self._base: dict[str, Any] = yaml.safe_load(stored.to_yaml(settings)) | of_command
        self._configs, self._composer = configs, Composer("train", configs)

    def plain(self, overrides: Sequence[str]) -> dict[str, Any]:
        """The config with the settings that the words change. Raises ConfigError for what is none of its settings."""
        typed = [override for override in parse(overrides, self._configs) if not override.is_hydra_override()]
        chosen = self._chosen(typed)
        config = copy.deepcopy(self._base)
        if chosen:
            own = [str(each.input_line) for each in typed if _group(each) in chosen]
            composed = self._composer.plain(own)
            config |= {group: composed[group] for group in chosen}
            config["name"] = self._renamed(chosen)
        for override in typed:
            if _group(override) not in chosen:
                self._set(config, override)
        return config

    def _chosen(self, typed: Sequence[Override]) -> dict[str, str | None]:
        """The groups that words choose, and those that such a choice brings, each with its choice."""
        groups = self._configs.groups()
        words = [f"{each.key_or_group}={each.value()}" for each in typed if each.key_or_group in groups]
        if any(word.startswith("experiment=") for word in words):
            raise ConfigError("experiment=... chooses a whole config, as --from does: leave one of them out")
        before, after = self._configs.chosen("train"), self._configs.chosen("train", words)
        named = {word.partition("=")[0] for word in words}
        return {group: choice for group, choice in after.items() if group in named or before[group] != choice}

    def _renamed(self, chosen: Mapping[str, str | None]) -> str:
        """The name, where it was made of the choices, of the new ones."""
        name = str(self._base["name"])
        parts = dict(zip(_NAMED_AFTER, name.split("-"), strict=False))
        if name.count("-") != len(_NAMED_AFTER) - 1 or parts["model"] not in self._configs.choices("model"):
            return name
        return "-".join(str(chosen.get(group, part)) for group, part in parts.items())

    def _set(self, config: dict[str, Any], override: Override) -> None:
        key, word, value = override.key_or_group, override.input_line, override.value()
        if override.is_delete() or override.is_sweep_override() or override.package is not None:
            raise ConfigError(f"with --from a word is of the form setting=value, got {word!r}")
        if "${" in str(word):
            raise ConfigError(f"with --from a value stands for itself, got {word!r}")
        parents, _, leaf = key.rpartition(".")
        node: Any = config
        for parent in parents.split(".") if parents else ():
            node = node.get(parent) if isinstance(node, dict) else None
        if not isinstance(node, dict) or (leaf not in node and parents not in _OPEN):
            near = did_you_mean(key, [*_leaves(config)]) or f" of {self._base['name']}"
            raise ConfigError(f"{key} is not a setting{near}")
        node[leaf] = value


def _group(override: Override) -> str:
    return str(override.key_or_group).partition(".")[0]


def _leaves(node: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    for name, value in node.items():
        if isinstance(value, dict) and value:
            yield from _leaves(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"
