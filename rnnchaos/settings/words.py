"""The words after a command: overrides, and flags that may stand anywhere among them."""

import argparse
import re
from collections.abc import Sequence
from typing import Any, NamedTuple, NoReturn

from rnnchaos.errors import ConfigError
from rnnchaos.nearest import known_as, nearest
from rnnchaos.setting import at_home
from rnnchaos.settings.config_folders import ConfigFolders
from rnnchaos.settings.literal import literal
from rnnchaos.settings.newcomers import as_override
from rnnchaos.settings.outside import configs
from rnnchaos.synonyms import instead_of

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


# Flags that the commands read before these.
_OF_COMMANDS = ["--dry-run", "--detach", "--json", "--help", "--plugin"]


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
    from_run: str | None = None


class Words(NamedTuple):
    """The words after a command, sorted."""

    overrides: list[str]
    flags: Flags
    configs: ConfigFolders


def sort_words(words: Sequence[str], config_name: str = "train") -> Words:
    """Overrides and flags apart.

    Raises ConfigError for a flag that there is not, naming the nearest, or the setting of `config_name` that it is.
    """
    parser = _parser()
    known = [option for flag in parser.flags for option in flag.option_strings]
    for word in words:
        if re.fullmatch(r"-[A-Za-z]\w+(=.*)?", word) and word.partition("=")[0] not in known:
            _refuse_unless_cluster(word, words, config_name)
    found, unknown = parser.parse_known_intermixed_args(list(words))
    for word in unknown:
        raise _unknown(word, words, known, config_name)
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


def flags() -> list[tuple[str, str]]:
    """Every flag with what may follow it, and what it does."""
    return [
        (" ".join([", ".join(flag.option_strings), *_values(flag)]), flag.help or "")
        for flag in _parser().flags
    ]


def _values(flag: argparse.Action) -> list[str]:
    if flag.nargs == 0:
        return []
    named = str(flag.metavar or "|".join(flag.choices or ()))
    return [f"[{named}]" if flag.nargs == "?" else named]


def _refuse_unless_cluster(word: str, words: Sequence[str], config_name: str) -> None:
    """Raise ConfigError for -lr or -model, whose letters are no flags with their arguments, as in -cjob."""
    name, mark, value = word.lstrip("-").partition("=")
    if word[:2] in ("-p", "-i", "-c") and name[1:] in SHOWN + INFOS + ("all",):
        return
    override = as_override(
        name, value if mark else _following(word, words), configs(), config_name, find=known_as
    )
    if override is not None:
        raise ConfigError(f"{word} is not an option; settings have no dashes: {override}")


def _unknown(word: str, words: Sequence[str], known: Sequence[str], config_name: str) -> ConfigError:
    """The error for an option that there is not: the flag or the setting that it means."""
    name, mark, value = word.partition("=")
    if name in _REFUSED:
        return ConfigError(f"{name} is not supported: {_REFUSED[name]}")
    if (flag := known_as(name, [*known, *_OF_COMMANDS])) is not None:
        return ConfigError(f"{word} is not an option; did you mean {flag}?")
    given = value if mark else _following(word, words)
    for find in (known_as, nearest):
        if find is known_as and (instead := instead_of(name)) is not None:
            return ConfigError(f"{word} is not an option: {instead}")
        if (override := as_override(name, given, configs(), config_name, find=find)) is not None:
            return ConfigError(f"{word} is not an option; settings have no dashes: {override}")
        if find is nearest and (flag := nearest(name, [*known, *_OF_COMMANDS])) is not None:
            return ConfigError(f"{word} is not an option; did you mean {flag}?")
    return ConfigError(f"{word} is not an option; settings have no dashes, as in seed=3")


def _following(word: str, words: Sequence[str]) -> str | None:
    """The word after an option, where it can be its value."""
    after = words[words.index(word) + 1 :][:1] if word in words else ()
    return next((each for each in after if not each.startswith("--") and "=" not in each), None)


def _parser() -> "_Parser":
    parser = _Parser()
    parser.flag("--multirun", "-m", action="store_true", help="One job for each combination of values.")
    parser.flag(
        "--cfg", "-c", choices=SHOWN, help="Show the config, of the job, of Hydra or both; run nothing."
    )
    parser.flag(
        "--resolve", action="store_true", help="With --cfg: what refers to other settings as they are."
    )
    parser.flag("--package", "-p", metavar="PART", help="With --cfg: one part of it, as protocol.")
    parser.flag(
        *("--info", "-i"), nargs="?", const="all", choices=("all", *INFOS),
        help="Show the folders that configs are looked for in, and what each group has chosen; run nothing.",
    )  # fmt: skip
    parser.flag(
        "--config-name", "-cn", metavar="NAME", help="Another config of the folders than the command's own."
    )
    parser.flag(
        "--from", dest="from_run", metavar="RUN", help="Of train: as that run was trained, the words on top."
    )
    parser.flag(
        "--config-dir",
        "-cd",
        metavar="DIR",
        action="append",
        default=[],
        help="A folder of your own choices.",
    )
    return parser


class _Parser(argparse.ArgumentParser):
    """Overrides, and flags anywhere among them."""

    def __init__(self) -> None:
        super().__init__(add_help=False, allow_abbrev=False)
        self.add_argument("overrides", nargs="*")
        self.flags: list[argparse.Action] = []

    def flag(self, *names: str, **how: Any) -> None:
        self.flags.append(self.add_argument(*names, **how))

    def error(self, message: str) -> NoReturn:
        raise ConfigError(message)
