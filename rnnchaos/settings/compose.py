"""Config files and overrides to one config: Hydra composes, by its public parts alone."""

import contextlib
import copy
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, cast

import hydra
from hydra.core.config_store import ConfigStore
from hydra.core.hydra_config import HydraConfig
from hydra.core.override_parser.types import Override
from omegaconf import DictConfig, OmegaConf, open_dict, read_write
from omegaconf.errors import OmegaConfBaseException

from rnnchaos.errors import ConfigError
from rnnchaos.settings import outside
from rnnchaos.settings.axes import parse
from rnnchaos.settings.config_folders import ConfigFolders, builtin_folder
from rnnchaos.settings.defaults import filled
from rnnchaos.settings.literal import quoted
from rnnchaos.settings.messages import COMPOSITION_ERRORS, explain, missing_value

BUILTIN = ConfigFolders((builtin_folder(),))
"""The choices that come with the package."""

# Beginnings of settings whose names are not known here: they are added, and checked once they are read.
_IN_NO_FILE = (
    "optimizer.",
    "diagnostics.",
    "dataset.parameters.",
    "dataset.initial_state.",
)
# A kept composition has only some of the words: a config that refers to them is composed anew.
_NOT_KEPT = "${not_kept}"


for _group, _name in (
    ("dataset", "_preparation"),
    ("protocol", "_regularization"),
    ("optimizer", "_schedule_and_clipping"),
):  # what configs of version 0.1 name in their defaults list, and what is now there without it
    ConfigStore.instance().store(name=_name, group=_group, node={})


class UnresolvedError(ConfigError):
    """A setting refers to what is not there, or must be given and is not."""


class SweepSettings(NamedTuple):
    """The nodes `hydra.launcher` and `hydra.sweeper` in plain values, each with its class as `_target_`."""

    launcher: dict[str, Any]
    sweeper: dict[str, Any]


def compose(
    config_name: str, overrides: Sequence[str] = (), configs: ConfigFolders | None = None
) -> dict[str, Any]:
    """The plain config that overrides make of `config_name`, every interpolation resolved.

    Without a `configs` the choices are those of the package and of plugins.

    Raises ConfigError for what cannot be composed, naming the setting and the nearest valid one.
    """
    return Composer(config_name, configs).plain(overrides)


class Composer:
    """Composes many configs from the same files.

    Hydra takes 80 ms for one, so what a set of choices makes of the files is kept, and values are changed in a copy.
    """

    def __init__(self, config_name: str, configs: ConfigFolders | None = None) -> None:
        self._name = config_name
        self._configs = outside.configs() if configs is None else configs
        self._groups = self._configs.groups()
        groups = self._configs.chosen(config_name)
        self._in_no_file = tuple(start for start in _IN_NO_FILE if start.partition(".")[0] in groups)
        self._keys: dict[tuple[str, ...], set[str]] = {}
        self._open: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._kept: dict[tuple[str | None, ...], DictConfig] = {}
        self._times = OmegaConf.create()  # ${now:…} is the same in all of them

    def plain(self, overrides: Sequence[str]) -> dict[str, Any]:
        """As `compose`. Raises UnresolvedError for what no single word is to blame for."""
        try:
            return self._resolved(self._changed(overrides))
        except UnresolvedError:
            return self._resolved(self.config(overrides))

    def config(self, overrides: Sequence[str]) -> DictConfig:
        """The config with Hydra's own settings in the node `hydra`, nothing resolved yet."""
        builtin, *own = self._configs.folders
        places = ",".join(quoted(f"file://{folder.absolute()}") for folder in own)
        folders = [f"hydra.searchpath=[{places}]"] if own else []
        with self._explained(overrides), hydra.initialize_config_dir(str(builtin), version_base="1.3"):
            composed = hydra.compose(
                self._name, [*folders, *self._added(overrides)], return_hydra_config=True
            )
            _tell(composed, overrides)
            return filled(composed, self._name)

    def sweep_settings(self, overrides: Sequence[str]) -> "SweepSettings":
        """How a sweep is made and launched. Raises ConfigError for what cannot be composed."""
        own = self.config(overrides).hydra
        with self._explained(overrides):
            return SweepSettings(
                *(
                    cast(dict, OmegaConf.to_container(own[part], resolve=True))
                    for part in SweepSettings._fields
                )
            )

    def _changed(self, overrides: Sequence[str]) -> DictConfig:
        """A copy of what the choices make, with its values changed; the same as `config`, in a tenth of the time."""
        parsed = parse(self._added(overrides), self._configs)
        values = [override for override in parsed if self._sets_value(override)]
        choices = [override for override in parsed if not self._sets_value(override)]
        if any(override.is_add() or override.is_delete() for override in choices):
            return self.config(overrides)  # their order counts
        key = tuple(override.input_line for override in choices)
        if key not in self._kept:
            self._kept[key] = self.config([word for word in key if word is not None])
            own = self._kept[key].hydra
            own.overrides = own.job.override_dirname = _NOT_KEPT
        config = copy.deepcopy(self._kept[key])
        try:
            for override in values:
                new, key_of_value = override.value(), override.key_or_group
                OmegaConf.update(config, key_of_value, new, force_add=override.is_force_add())
        except (OmegaConfBaseException, ValueError):  # the latter for x as an index of a list
            return self.config(overrides)  # which says what is wrong
        return config

    def _sets_value(self, override: Override) -> bool:
        """Whether it changes a value and nothing else."""
        return not (
            override.is_delete()
            or override.is_add()
            or override.is_sweep_override()
            or override.is_hydra_override()
            or override.package is not None
            or override.key_or_group in self._groups
        )

    def _added(self, overrides: Sequence[str]) -> list[str]:
        """The words as Hydra takes them: most settings stand in no file, so that it has to add them."""
        chosen = tuple(word for word in overrides if word.lstrip("+").partition("=")[0] in self._groups)
        if chosen not in self._keys:
            keys = {*self._configs.keys(self._name, chosen)} - {*self._groups}
            self._keys[chosen] = keys | {key.rpartition(".")[0] for key in keys} - {"", *self._groups}
            self._open[chosen] = self._in_no_file + self._configs.undeclared(self._name, chosen)
        known, unchecked = self._keys[chosen], self._open[chosen]
        words = [
            f"++{word}" if word.partition("=")[0] in known or word.startswith(unchecked) else word
            for word in overrides
        ]
        if any(word.startswith("~") for word in words):
            unwritten = known - {*self._configs.written(self._name, chosen)}
            words = [word for word in words if word.removeprefix("~") not in unwritten]  # it has its default
        return words

    def _resolved(self, config: DictConfig) -> dict[str, Any]:
        OmegaConf.copy_cache(from_config=self._times, to_config=config)
        try:
            return resolve(config)
        finally:
            OmegaConf.copy_cache(from_config=config, to_config=self._times)

    @contextlib.contextmanager
    def _explained(self, overrides: Sequence[str]) -> Iterator[None]:
        try:
            yield
        except COMPOSITION_ERRORS as error:
            raise explain(
                error, configs=self._configs, config_name=self._name, overrides=overrides
            ) from error


def resolve(config: DictConfig) -> dict[str, Any]:
    """A composed config as plain values without Hydra's node. Raises UnresolvedError for what cannot be resolved."""
    _name_after_file(config)
    HydraConfig.instance().set_config(config)  # for ${hydra:runtime.choices.dataset}
    with open_dict(config):
        del config["hydra"]
    try:
        missing = sorted(OmegaConf.missing_keys(config))
        OmegaConf.resolve(config)
    except COMPOSITION_ERRORS as error:
        said = explain(error, configs=BUILTIN, config_name="train", overrides=())
        raise UnresolvedError(str(said)) from error
    if missing:
        raise UnresolvedError(str(missing_value(missing[0])))
    return cast(dict[str, Any], OmegaConf.to_container(config))


def _tell(config: DictConfig, overrides: Sequence[str]) -> None:
    """Let Hydra's node tell of the words as they were typed, and not of what was put in front of some."""
    typed = [word for word in overrides if not re.match(r"[+~]*hydra[./]", word)]
    own = config.hydra
    with read_write(own):
        own.overrides.task, own.job.override_dirname = typed, ",".join(sorted(typed))


def _name_after_file(config: DictConfig) -> None:
    """Let the name of a run with own equations begin with their file's, as in `jerk-lstm-sparse_forcing`."""
    choices = config.hydra.runtime.choices
    if choices.get("dataset") == "equations" and not OmegaConf.is_missing(config.dataset, "path"):
        with read_write(choices):
            choices.dataset = re.sub(r"[^A-Za-z0-9_.=+,-]", "_", Path(str(config.dataset.path)).stem)
