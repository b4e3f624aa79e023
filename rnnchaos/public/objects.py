"""Classes and objects, of this package and of the user, as the words that choose them."""

import functools
import inspect
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rnnchaos import plugins
from rnnchaos.errors import ConfigError
from rnnchaos.plugins.classes import group_of
from rnnchaos.public.words import words_of
from rnnchaos.settings.components import accepted
from rnnchaos.settings.config_folders import ConfigFolders, builtin_folder

GROUPS = ("dataset", "model", "protocol")


def name_plugins(names: Sequence[str]) -> None:
    """Files and modules with classes of the user's, as `--plugin` names them, for this process and those it starts.

    Raises ConfigError for one that does not import or offers nothing, which then is not named.
    """
    before = os.environ.get(plugins.VARIABLE, "")
    plugins.take([f"{plugins.FLAG}={name}" for name in ([names] if isinstance(names, str) else names)])
    try:
        plugins.load_named()
    except ConfigError:
        os.environ[plugins.VARIABLE] = before
        raise


def words_of_all(settings: Mapping[str, Any]) -> Iterator[str]:
    """Settings by name as words; a dataset, model or protocol may also be a class, a partial of one, or an object.

    An object stands for its class with the settings that it has; so it can be stored, and opened again. Raises
    ConfigError for one that cannot.
    """
    for name, value in settings.items():
        if name in GROUPS and (inspect.isclass(value) or not isinstance(value, str | Mapping | None)):
            member, own = _class_and_settings(name, value)
            yield f"{name}={_choice(name, member)}"
            yield from words_of({name: own})
        else:
            yield from words_of({name: value})


def _class_and_settings(group: str, value: Any) -> tuple[type, dict[str, Any]]:
    if inspect.isclass(value):
        return value, {}
    if isinstance(value, functools.partial) and inspect.isclass(value.func) and not value.args:
        return value.func, dict(value.keywords)
    member = type(value)
    if group == "model":
        raise ConfigError(
            f"model must be a name, a class, or functools.partial of one, got {member.__name__} object: weights are "
            "drawn when the dimension of the data is known"
        )
    names = [name for name in accepted(member, group) if hasattr(value, name)]
    return member, {name: getattr(value, name) for name in names}


def _choice(group: str, member: type) -> str:
    """What is typed for a class. A class of the user's makes its module a plugin of this process."""
    if member.__module__.partition(".")[0] == "rnnchaos":
        folders = ConfigFolders((builtin_folder(),))
        named = {name: str(folders.target(group, name)) for name in folders.choices(group)}
        fitting = [name for name, target in named.items() if target.rpartition(".")[2] == member.__name__]
        if fitting:
            return min(fitting, key=len)  # variants, such as clipped_shplrnn, have longer names
    elif group_of(member) == group:
        if "<locals>" in member.__qualname__ or member.__module__ == "__main__":
            raise ConfigError(
                f"{group}: the class {member.__name__} stands in no module, from which the run could be opened again: "
                "put it into a file, such as my_things.py, and import it from there"
            )
        if _offered(group, member) is None:
            name_plugins([member.__module__])
        if (name := _offered(group, member)) is not None:
            return name
    raise ConfigError(f"{group} must be a {group} class or an object of one, got {member.__name__}")


def _offered(group: str, member: type) -> str | None:
    choices = plugins.choices(group).values()
    return next((choice.name for choice in choices if choice.load()[0] is member), None)
