"""Candidates for a TAB press, and the scripts that ask for them. Imports neither Hydra nor JAX."""

import glob
import itertools
import shlex
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from rnnchaos import diagnostics
from rnnchaos.cli.sweep import SUBCOMMANDS
from rnnchaos.plugins.naming import FLAG
from rnnchaos.settings.config_folders import ConfigFolders, builtin_folder

_PRESETS = "paper/"
_FLAGS = ("--json", "--help", FLAG)
# Commands that take the settings of a training.
_OF_TRAINING = ("train", "data")
_TRAIN_FLAGS = ("--dry-run", "--detach", "--estimate", "--from")
_TEXT = (
    "separator=",
    "decimal_comma=",
    "comment_prefix=",
    "null_values=",
    "has_header=",
    "skip_rows=",
    "encoding=",
)
FORECAST = (*_TEXT, "history=", "inputs=", "num_steps=", "time_column=")
_HYDRA_GROUPS = ("hydra/launcher", "hydra/sweeper")
_HYDRA_FLAGS = ("--cfg", "--config-dir", "--info", "--multirun", "--package", "--resolve")
_FOLDER_FLAGS = ("--config-dir", "-cd")
_FLAG_CHOICES = {"--cfg": ("job", "hydra", "all"), "-c": ("job", "hydra", "all")}

# readline breaks words at "=", the others do not: bash alone has to cut off what stands before it.
SCRIPTS = {
    "bash": """\
_rnnchaos() {
    local line="${COMP_LINE:0:COMP_POINT}" IFS=$'\\n'
    local word="${line##*[[:space:]]}"
    COMPREPLY=($(rnnchaos complete -- "$line" 2>/dev/null))
    [[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace
    if [[ $word == *=* && $COMP_WORDBREAKS == *=* ]]; then
        COMPREPLY=("${COMPREPLY[@]#"${word%=*}="}")
    fi
}
complete -o default -F _rnnchaos rnnchaos
""",
    "zsh": """\
#compdef rnnchaos
_rnnchaos() {
    local -a found
    found=("${(@f)$(rnnchaos complete -- "${(j: :)words[1,CURRENT]}" 2>/dev/null)}")
    found=("${(@)found:#}")
    (( $#found )) || { _files; return }
    compadd -S '' -- "${(@M)found:#*=}"
    compadd -- "${(@)found:#*=}"
}
compdef _rnnchaos rnnchaos
""",
    "fish": """\
function __rnnchaos_complete
    rnnchaos complete -- (commandline --cut-at-cursor | string collect) 2>/dev/null
end
complete --command rnnchaos --arguments '(__rnnchaos_complete)'
""",
}


def candidates(line: str, commands: Sequence[str] = ()) -> list[str]:
    """Whole words that may stand where a command line, cut off at the cursor, ends; the first is one of `commands`."""
    words = _without_plugins(_split(line))
    *before, word = words[1:] if len(words) > 1 else [""]
    if before and before[-1] == FLAG:
        return []  # left to the shell's own file names
    if not before:
        return _matching((*commands, "--help", "--version", FLAG), word)
    command, *earlier = before
    if earlier and (choices := _FLAG_CHOICES.get(earlier[-1])) is not None:
        return _matching(choices, word)
    if earlier and earlier[-1] in _FOLDER_FLAGS:
        return []
    if command == "completion":
        return _matching(SCRIPTS, word)
    if word.startswith("-"):
        if command == "systems":
            return _matching((*_FLAGS, "--figure"), word)
        own = _TRAIN_FLAGS if command in ("train", "paper") else ()
        return _matching(
            (*_FLAGS, *own, *(_HYDRA_FLAGS if command in _OF_TRAINING or _takes_source(command) else ())),
            word,
        )
    if command == "paper":
        return _of_paper(earlier, word)
    if command == "systems":
        return _matching([] if earlier else ConfigFolders((builtin_folder(),)).choices("dataset"), word)
    if command == "forecast":
        return _matching(FORECAST if earlier else [], word)
    if command == "runs":
        return _matching(["outputs="], word)
    if command == "sweep":
        if earlier:
            return _hydra_choices(_configs(()), word) if earlier[0] == "run" and len(earlier) > 1 else []
        return _matching(SUBCOMMANDS, word)
    return (
        _settings(command, earlier, word)
        if command in (*_OF_TRAINING, *(each.name for each in diagnostics.at_hand()))
        else []
    )


def _of_paper(earlier: Sequence[str], word: str) -> list[str]:
    """Names of figures, then the settings that the preset of one leaves."""
    if earlier:
        return _settings("train", [f"experiment={_PRESETS}{earlier[0]}", *earlier[1:]], word)
    presets = ConfigFolders((builtin_folder(),)).choices("experiment")
    return _matching([name.removeprefix(_PRESETS) for name in presets if name.startswith(_PRESETS)], word)


def _settings(command: str, earlier: Sequence[str], word: str) -> list[str]:
    """Choices after `group=`, otherwise `key=` of the settings that the choices made earlier leave."""
    configs = _configs(earlier)
    if command == "train" and word.startswith("hy"):
        return _hydra_choices(configs, word)
    overrides = [entry for entry in earlier if "=" in entry]
    of_source, against_any = _takes_source(command), _is_against_any(command)
    of_run = command not in _OF_TRAINING and not against_any and (not of_source or _name_a_run(earlier))
    config_name = "train" if command in _OF_TRAINING else "judge" if against_any else "source"
    keys = configs.keys(config_name, overrides)
    keys = list(dict.fromkeys([*keys, *diagnostics.setting_names()]))
    if of_run:
        keys = [key for key in keys if key.startswith("diagnostics.")]
    key, equals, value = word.partition("=")
    if equals:
        if key not in keys:
            return []
        *chosen, last = value.split(",")  # a sweep: model=lstm,gru
        start = "".join(f"{choice}," for choice in chosen)
        declared = configs.settings(config_name, overrides).get(key)
        words = configs.choices(key) if declared is None else declared.words
        return [f"{key}={start}{choice}" for choice in _matching(words, last)]
    to_measure = of_source or (against_any and word != "")
    if not earlier and command not in _OF_TRAINING and (not to_measure or _begins_path(word)):
        return []  # the run folder: left to the shell's own file names
    return _matching([f"{key}=" for key in keys], word)


def _hydra_choices(configs: ConfigFolders, word: str) -> list[str]:
    """The launchers and sweepers of a sweep."""
    group, equals, choice = word.partition("=")
    if not equals:
        return _matching([f"{name}=" for name in _HYDRA_GROUPS], word)
    return (
        [f"{group}={name}" for name in _matching(configs.choices(group), choice)]
        if group in _HYDRA_GROUPS
        else []
    )


def _configs(words: Sequence[str]) -> ConfigFolders:
    folders = [builtin_folder()]
    for flag, value in itertools.pairwise(words):
        if flag in _FOLDER_FLAGS:
            folders.append(Path(value))
    return ConfigFolders(tuple(folders))


def _name_a_run(words: Sequence[str]) -> bool:
    values = {value for flag, value in itertools.pairwise(words) if flag in _FOLDER_FLAGS}
    return any("=" not in word and word not in values and Path(word).is_dir() for word in words)


def _takes_source(command: str) -> bool:
    return any(each.name == command and each.takes_source() for each in diagnostics.at_hand())


def _is_against_any(command: str) -> bool:
    return any(each.name == command and each.against_any for each in diagnostics.at_hand())


def _begins_path(word: str) -> bool:
    return word != "" and len(glob.glob(f"{glob.escape(word)}*")) > 0


def _matching(names: Iterable[str], start: str) -> list[str]:
    return [name for name in names if name.startswith(start)]


def _without_plugins(words: list[str]) -> list[str]:
    """The words but for `--plugin X`; what they name is not imported here."""
    *before, word = words
    kept, rest = [], iter(before)
    for entry in rest:
        if entry == FLAG:
            kept += [FLAG] if next(rest, None) is None else []  # what it names is being typed
        elif not entry.startswith(f"{FLAG}="):
            kept.append(entry)
    return [*kept, word]


def _split(line: str) -> list[str]:
    """The words of an unfinished line; the last one is empty where the line ends in a space."""
    try:
        words = shlex.split(line)
    except ValueError:  # an open quote
        words = line.split()
    return [*words, ""] if not words or line[-1:].isspace() else words


def add_completion(app: typer.Typer, names: Callable[[], Sequence[str]]) -> None:
    """Make the command that prints a shell's script, and the hidden one that it asks; `names` are the commands."""

    @app.command()
    def completion(
        shell: Annotated[str, typer.Argument(metavar="bash|zsh|fish", help="Whose.")],
    ) -> None:
        """Print the completion script of a shell.

        \b
        bash:  echo 'eval "$(rnnchaos completion bash)"' >> ~/.bashrc
        zsh:   echo 'eval "$(rnnchaos completion zsh)"' >> ~/.zshrc, after compinit
        fish:  rnnchaos completion fish > ~/.config/fish/completions/rnnchaos.fish
        """
        if shell not in SCRIPTS:
            raise typer.BadParameter(f"no completion for {shell!r} (shells: {', '.join(SCRIPTS)})")
        print(SCRIPTS[shell], end="")

    @app.command(hidden=True)
    def complete(line: str) -> None:
        """Print the candidates for the last word of a command line that was cut off at the cursor."""
        print("\n".join(candidates(line, names())))
