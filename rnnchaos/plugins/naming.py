"""Which plugins the user names: on the command line, and from there on in the environment."""

import os
from collections.abc import Sequence
from pathlib import Path

from rnnchaos.errors import ConfigError

FLAG = "--plugin"
VARIABLE = "RNNCHAOS_PLUGINS"
"""Files and modules, separated as in PATH: so they reach the processes that a command starts."""


def take(words: Sequence[str]) -> list[str]:
    """The words without `--plugin X` and `--plugin=X`, which go into the environment.

    Raises ConfigError for a flag that names nothing.
    """
    left, named = [], list(names())
    rest = iter(words)
    for word in rest:
        flag, equals, value = word.partition("=")
        if word == "--":
            left += [word, *rest]
        elif flag != FLAG:
            left.append(word)
        else:
            value = value if equals else next(rest, "")
            if not value or value.startswith("-"):
                raise ConfigError(f"{FLAG} needs a file or a module, as in {FLAG} my_things.py")
            named.append(_absolute(value))
    if named:
        os.environ[VARIABLE] = os.pathsep.join(dict.fromkeys(named))
    return left


def names() -> tuple[str, ...]:
    """The files, by their full paths, and the modules that the user has named."""
    named = [word for word in os.environ.get(VARIABLE, "").split(os.pathsep) if word]
    return tuple(dict.fromkeys(map(_absolute, named)))


def flags() -> list[str]:
    """The words that name them."""
    return [word for name in names() for word in (FLAG, name)]


def is_file(name: str) -> bool:
    """Whether a name is that of a file, and not of a module."""
    return name.endswith(".py") or os.sep in name


def _absolute(name: str) -> str:
    path = str(Path(name).expanduser().resolve()) if is_file(name) else name
    if os.pathsep in path:
        raise ConfigError(f"{FLAG} {name}: a path with {os.pathsep!r} in it cannot be handed on")
    return path
