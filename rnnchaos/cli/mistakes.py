"""What to type instead of a command that there is not, an option that is none of it, a missing argument."""

import os
import re
from collections.abc import Sequence

from rnnchaos.nearest import nearest
from rnnchaos.settings.config_folders import ConfigFolders, builtin_folder
from rnnchaos.settings.newcomers import about, as_override
from rnnchaos.synonyms import instead_of

# What stands in the place of an argument that is missing.
_EXAMPLES = {
    "RUN": "outputs/NAME/v0001",
    "RUN|SETTING=VALUE": "outputs/NAME/v0001",
    "SWEEP": "outputs/NAME.sweep",
    "bash|zsh|fish": "bash",
}

# How typer, by pydantic, refuses a number.
_NUMBER = re.compile(
    r"Invalid value for '(?P<option>--[\w-]+)': Input should be "
    r"(?P<what>a valid integer|a valid number|less than or equal to|greater than or equal to)(?P<bound> [\d.-]+)?"
)
_BOUNDS = {
    "a valid integer": "a whole number",
    "a valid number": "a number",
    "less than or equal to": "at most",
    "greater than or equal to": "at least",
}


def no_command(words: Sequence[str], commands: Sequence[str]) -> str:
    """What to say of a line that does not begin with one of the `commands`."""
    word, *following = words
    configs = ConfigFolders((builtin_folder(),))
    if word.startswith("-"):
        name, mark, value = word.partition("=")
        given = value if mark else next((each for each in following[:1] if not each.startswith("-")), None)
        if name.startswith("--") and len(name) > 3 and nearest(name, ["--version", "--help"]):
            return f"{word} is not an option; did you mean {nearest(name, ['--version', '--help'])}?"
        if (instead := instead_of(name)) is not None:
            return f"{word} is not an option: {instead}"
        meant = as_override(name, given, configs)
        after = "seed=3" if meant is None else meant
        return (
            f"{word} is not an option; settings follow a command and have no dashes: rnnchaos train {after}"
        )
    if "=" in word:
        return f"{word} is not a command; settings follow one, as in rnnchaos train {word}"
    if os.path.isdir(word):
        return f"{word} is not a command; a run folder follows one, as in rnnchaos judge {word}"
    if (meant := nearest(word, [*commands, *_MORE])) is not None:
        return f"{word} is not a command; did you mean rnnchaos {meant}?"
    if (instead := instead_of(word)) is not None:
        return f"{word} is not a command: {instead}"
    if said := about(word, (), configs).removeprefix("; write "):
        return f"{word} is not a command; did you mean rnnchaos train {said}?"
    return f"{word} is not a command (commands: {', '.join(sorted(commands))})"


# What a command and a flag together do.
_MORE = ("train -m",)


def no_subcommand(group: str, words: Sequence[str], commands: Sequence[str]) -> str | None:
    """What to say of `rnnchaos sweep foo`; None where the word is one of its `commands`, or asks for help."""
    if not words:
        return f"rnnchaos {group} needs a command: {', '.join(f'rnnchaos {group} {name} SWEEP' for name in commands)}"
    word = words[0]
    if word in commands or word in ("-h", "--help"):
        return None
    if os.path.isdir(word):
        return f"a command stands before the folder: rnnchaos {group} status {word}"
    near = nearest(word, commands)
    said = f"; did you mean rnnchaos {group} {near}?" if near else f" (commands: {', '.join(commands)})"
    if "=" in word or word.startswith("-"):
        said = f"; a sweep is begun by rnnchaos train -m {word if '=' in word else 'seed=0,1,2'}"
    return f"rnnchaos {group} {word}: no such command{said}"


def refused(message: str, command: str, words: Sequence[str], options: Sequence[str]) -> str:
    """What typer says of a line, with what to type instead: `options` are those of the command."""
    if message.startswith("Missing argument"):
        metavar = message.partition("'")[2].partition("'")[0]
        example = _EXAMPLES.get(metavar, metavar)
        listed = "; rnnchaos runs lists the runs" if metavar.startswith("RUN") else ""
        return f"rnnchaos {command} needs {metavar}, as in rnnchaos {command} {example}{listed}"
    if message.startswith("Missing option '--to'"):
        return f"rnnchaos {command} needs --to, as in rnnchaos {command} outputs/NAME/v0001 --to torch"
    if message.startswith("No such option"):
        typed = next((word for word in words if word.startswith("-") and word.lstrip("-") in message), "")
        if not typed:
            return message
        if (near := nearest(typed, options)) is not None:
            return f"{typed} is not an option of {command}; did you mean {near}?"
        meant = as_override(typed, None, ConfigFolders((builtin_folder(),)))
        of_train = f"; {meant.removesuffix('=...')} is a setting of rnnchaos train" if meant else ""
        listed = f" (options: {', '.join(options)})" if options else ""
        return f"{typed} is not an option of {command}{listed}{of_train}"
    if found := _NUMBER.match(message):
        option, must = found["option"], _BOUNDS[found["what"]] + (found["bound"] or "")
        return f"{option} must be {must}, got {_value_of(option, words)}"
    if message.startswith("Invalid value"):
        return message
    return f"{message.rstrip('.')}; rnnchaos {command} --help says what there is"


def _value_of(option: str, words: Sequence[str]) -> str:
    """What was given to an option, as its own word or after =."""
    for word, after in zip(words, [*words[1:], ""], strict=True):
        if word == option:
            return after
        if word.startswith(f"{option}="):
            return word.partition("=")[2]
    return "nothing"
