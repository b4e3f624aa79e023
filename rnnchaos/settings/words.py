"""The words after a command: overrides, and flags that may stand anywhere among them."""

import argparse
from collections.abc import Sequence
from typing import NamedTuple, NoReturn

from rnnchaos.errors import ConfigError
from rnnchaos.nearest import did_you_mean
from rnnchaos.setting import at_home
from rnnchaos.settings.config_folders import ConfigFolders
from rnnchaos.settings.literal import literal
from rnnchaos.settings.outside import configs

SHOWN = ("job", "hydra", "all")
"""Parts of a composed config that `--cfg` shows."""
INFOS = ("searchpath", "defaults")
"""What `--info` shows."""

# Flags of Hydra's that have no meaning here, and why.
_REFUSED = {
    "--experimental-rerun": "it would unpickle a file",
    "--config-path": "--config-dir adds a folder to the built-in ones",
    "--shell-completion": "rnnchaos completion prints the script of a shell",
    "--hydra-help": "rnnchaos COMMAND --help says what there is",
}


class Flags(NamedTuple):
    """What the flags ask for."""

    typed: tuple[str, ...] = ()
    """They and their arguments, as they stand on the command line."""
    multirun: bool = False
    cfg: str | None = None
    resolve: bool = False
    package: str | None = None
    info: str | None = None
    config_name: str | None = None


class Words(NamedTuple):
    """The words after a command, sorted."""

    overrides: list[str]
    flags: Flags
    configs: ConfigFolders


def sort_words(words: Sequence[str]) -> Words:
    """Overrides and flags apart. Raises ConfigError for a flag that there is not, naming the nearest."""
    parser = _Parser(add_help=False, allow_abbrev=False)
    parser.add_argument("overrides", nargs="*")
    flags = [
        parser.add_argument("--multirun", "-m", action="store_true"),
        parser.add_argument("--cfg", "-c", choices=SHOWN),
        parser.add_argument("--resolve", action="store_true"),
        parser.add_argument("--package", "-p"),
        parser.add_argument("--info", "-i", nargs="?", const="all", choices=("all", *INFOS)),
        parser.add_argument("--config-name", "-cn"),
        parser.add_argument("--config-dir", "-cd", action="append", default=[]),
    ]
    found, unknown = parser.parse_known_intermixed_args(list(words))
    for word in unknown:
        name = word.partition("=")[0]
        if name in _REFUSED:
            raise ConfigError(f"{name} is not supported: {_REFUSED[name]}")
        known = [option for flag in flags for option in flag.option_strings]
        raise ConfigError(f"{word} is not an option{did_you_mean(word, known)}")
    own = tuple(at_home(folder) for folder in found.config_dir)
    for folder in own:
        if not folder.is_dir():
            raise ConfigError(f"--config-dir: there is no folder {folder}")
    typed = list(words)
    for override in found.overrides:
        typed.remove(override)
    asked = {name: getattr(found, name) for name in Flags._fields if name != "typed"}
    overrides = literal(found.overrides, swept=found.multirun)
    return Words(overrides, Flags(tuple(typed), **asked), configs(*own))


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise ConfigError(message)
