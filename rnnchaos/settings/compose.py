"""Words of a command line through Hydra to jobs, each with its resolved config."""

import contextlib
import io
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, cast

import hydra
from hydra._internal.utils import get_args_parser
from omegaconf import Container, OmegaConf

from rnnchaos.errors import ConfigError
from rnnchaos.settings.config_folders import ConfigFolders, builtin_folder, did_you_mean
from rnnchaos.settings.messages import COMPOSITION_ERRORS, explain, missing_value
from rnnchaos.settings.outside import catalog

# Beginnings of settings that no file of a config folder holds.
_IN_NO_FILE = (
    "optimizer.",
    "dataset.parameters.",
    "dataset.initial_state.",
    "dataset.integrator=",
    "dataset.tolerance=",
)


class Words(NamedTuple):
    """The words after a command, sorted."""

    overrides: list[str]
    flags: list[str]
    catalog: ConfigFolders


def run_jobs(task: Callable[[Container], Any], words: Sequence[str], *, config_name: str) -> None:
    """Compose `config_name` with the overrides in `words` and call `task` on it; with -m, once a job.

    `task` must be a plain function of a module: launchers send it to other processes by its name.
    Hydra's own flags may stand anywhere in `words`. Raises ConfigError for what cannot be composed.
    """
    parsed = sort_words(words)
    os.environ["HYDRA_FULL_ERROR"] = "1"  # exceptions then reach us instead of ending the process
    with _command_line([*_added(parsed, config_name), *parsed.flags]):
        try:
            hydra.main(version_base="1.3", config_path=str(builtin_folder()), config_name=config_name)(task)()
        except COMPOSITION_ERRORS as error:
            raise explain(
                error, catalog=parsed.catalog, config_name=config_name, overrides=parsed.overrides
            ) from error


def launcher_settings(words: Sequence[str]) -> dict[str, Any]:
    """The settings of the launcher that `words`, hydra/launcher=NAME and hydra.launcher.*, choose for a sweep.

    Raises ConfigError for any other word.
    """
    for word in words:
        if not re.match(r"\+{0,2}hydra[/.]launcher\b", word):
            raise ConfigError(
                f"{word!r} does not belong here: the cells of a sweep keep their settings; "
                "hydra/launcher=slurm and hydra.launcher.* say where they are trained"
            )
    folder = builtin_folder()
    with hydra.initialize_config_dir(str(folder), version_base="1.3"):
        try:
            config = hydra.compose("train", overrides=list(words), return_hydra_config=True)
        except COMPOSITION_ERRORS as error:
            raise explain(
                error, catalog=ConfigFolders((folder,)), config_name="train", overrides=words
            ) from error
    return cast(dict[str, Any], OmegaConf.to_container(config.hydra.launcher, resolve=True))


def _added(words: Words, config_name: str) -> list[str]:
    """The overrides for Hydra: what stands in no file of a config folder it has to add; reading checks it.

    These are options of optax, parameters of own equations, and how a flow is integrated.
    """
    groups = words.catalog.chosen(config_name)
    added = tuple(start for start in _IN_NO_FILE if start.partition(".")[0] in groups)
    if not added:
        return words.overrides
    keys = words.catalog.keys(config_name, words.overrides)
    return [
        f"++{word}" if word.startswith(added) and word.partition("=")[0] not in keys else word
        for word in words.overrides
    ]


def resolve(config: Container) -> dict[str, Any]:
    """The config as plain values, every interpolation resolved. Raises ConfigError for what cannot be."""
    try:
        missing = sorted(OmegaConf.missing_keys(config))
        OmegaConf.resolve(config)
    except COMPOSITION_ERRORS as error:
        raise explain(
            error, catalog=ConfigFolders((builtin_folder(),)), config_name="train", overrides=()
        ) from error
    if missing:
        raise missing_value(missing[0])
    return cast(dict[str, Any], OmegaConf.to_container(config))


def sort_words(words: Sequence[str]) -> Words:
    """Overrides and Hydra's flags apart: argparse refuses overrides on both sides of a flag."""
    parser = get_args_parser()
    complaint = io.StringIO()
    try:
        with contextlib.redirect_stderr(complaint):
            arguments, unknown = parser.parse_known_intermixed_args(list(words))
    except SystemExit:
        raise ConfigError(complaint.getvalue().rpartition("error: ")[2].strip()) from None
    if unknown:
        options = [option for action in parser._actions for option in action.option_strings]
        raise ConfigError(f"{unknown[0]} is not an option{did_you_mean(unknown[0], options)}")
    if arguments.experimental_rerun is not None:
        raise ConfigError("--experimental-rerun is not supported: it would unpickle a file")
    flags = list(words)
    for override in arguments.overrides:
        flags.remove(override)
    own = () if arguments.config_dir is None else (Path(arguments.config_dir),)
    return Words(arguments.overrides, flags, catalog(*own))


@contextlib.contextmanager
def _command_line(words: Sequence[str]) -> Iterator[None]:
    """`sys.argv` with other words after the program's name: where Hydra looks for its overrides."""
    before = sys.argv
    sys.argv = [before[0], *words]
    try:
        yield
    finally:
        sys.argv = before
