"""Time: how long a piece of work takes at least, said before it begins; what would not end in our time is refused."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from rnnchaos.memory import to_blame
from rnnchaos.setting import SettingError

# Beyond this nobody waits for an answer: it is a slip of the keyboard.
MOST_DAYS = 30
_DAY = 24 * 3600.0
# What is longer is said before it begins.
_SAID_FROM = 3600.0
_UNITS = (("years", 365 * _DAY), ("days", _DAY), ("h", 3600.0))


class Work(NamedTuple):
    """One of the things that take time."""

    what: str
    """Such as `the training`."""
    seconds: float
    """Of one core, at least; what is done for many at once counts once."""
    settings: tuple[str, ...]
    """Those that it grows with, by their full names or those of their groups."""


def require_end(
    works: Sequence[Work], values: Mapping[str, float], *, usual: Mapping[str, float]
) -> str | None:
    """What to say of the time that all works take one after the other; None where it is short.

    Raises SettingError where that is over `MOST_DAYS`: the setting to blame, as `memory.require` does.
    """
    needed = sum(work.seconds for work in works)
    if needed < _SAID_FROM:
        return None
    longest = max(works, key=lambda work: work.seconds)
    took = f"at least about {in_time(needed)}; the longest part is {longest.what}, {in_time(longest.seconds)}"
    if needed <= MOST_DAYS * _DAY:
        return f"this takes {took}"
    name = to_blame(longest.settings, values, usual)
    raise SettingError(name, f"let the work end within {MOST_DAYS} days", values[name], f"this takes {took}")


def in_time(seconds: float) -> str:
    """A long time in words: `3.2 years`."""
    name, size = next(((name, size) for name, size in _UNITS if seconds >= size), _UNITS[-1])
    amount = seconds / size
    return f"{amount:.1e} {name}" if amount >= 1e4 else f"{amount:.{1 if amount < 10 else 0}f} {name}"
