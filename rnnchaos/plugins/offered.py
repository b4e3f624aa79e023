"""What the groups are offered from outside."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from rnnchaos.errors import ConfigError
from rnnchaos.plugins.classes import choice_name
from rnnchaos.plugins.loading import Plugin, distribution, load, load_installed
from rnnchaos.plugins.naming import names

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint


class Choice(NamedTuple):
    """A class from outside that a group offers."""

    group: str
    name: str
    """What is typed, as in dataset=my_flow."""
    target: str
    """MODULE.Class, as it stands in a config."""
    entry: "EntryPoint | None"
    """Of an installed class."""
    named: tuple[type, Plugin] | None
    """Of a plugin that the user has named."""

    def load(self) -> tuple[type, Plugin]:
        """The class and where it comes from. Raises ConfigError for an entry point that is no such class."""
        if self.named is not None:
            return self.named
        assert self.entry is not None
        return load_installed(self.entry, self.group)

    @property
    def origin(self) -> str:
        """Who offers it, in words."""
        if self.named is not None:
            return self.named[1].name
        assert self.entry is not None
        return distribution(self.entry)


def choices(group: str) -> dict[str, Choice]:
    """What a group is offered from outside, by name; installed classes are listed without importing them.

    Raises ConfigError for a named plugin that does not import or offers nothing, and for a name that is given twice.
    """
    return _choices(names(), group)


def find(target: str, group: str) -> type | None:
    """The class from outside that a config names, or None."""
    found = next((choice for choice in choices(group).values() if choice.target == target), None)
    return None if found is None else found.load()[0]


def load_named() -> None:
    """Import what the user has named. Raises ConfigError as `choices` does."""
    for name in names():
        load(name)


@cache
def _choices(named: tuple[str, ...], group: str) -> dict[str, Choice]:
    found: dict[str, Choice] = {}
    for choice in (*_of_named(named, group), *_of_installed(group)):
        known = found.setdefault(choice.name, choice)
        if known.target != choice.target:  # else a module that is installed and named, too
            raise ConfigError(
                f"{group}={choice.name} is offered twice, by {known.origin} and by {choice.origin}"
            )
    return found


def _of_named(named: Sequence[str], group: str) -> Iterator[Choice]:
    for name in named:
        plugin, classes = load(name)
        for target, (of_group, member) in classes.items():
            if of_group == group:
                yield Choice(group, choice_name(member), target, None, (member, plugin))


def _of_installed(group: str) -> Iterator[Choice]:
    from importlib.metadata import entry_points

    for entry in sorted(entry_points(group=f"rnnchaos.{group}")):
        yield Choice(group, entry.name, entry.value.replace(":", "."), entry, None)
