"""Settings declared once, on the class that uses them: bounds and units as annotations of a field or a parameter.

    num_steps: Annotated[int, Ge(1), Unit("step")] = 12_000

Whoever is built with another value raises SettingError; help and documentation say the same from the same annotation.
"""

import contextlib
import dataclasses
import functools
import inspect
import math
import numbers
import operator
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path, PurePath
from typing import Annotated, Any, Literal, NamedTuple, TypeVar

from annotated_types import DocInfo, Ge, Gt, Le, Lt, MultipleOf

from rnnchaos.errors import ConfigError
from rnnchaos.nearest import did_you_mean

Bound = Ge | Gt | Le | Lt | MultipleOf
LARGEST = 2**31 - 1
"""Of a count that declares no upper bound: compiled loops count in 32 bits."""


class Unit(NamedTuple):
    """What a setting counts or measures, in the singular: `step`, `time unit`."""

    name: str

    def of(self, number: int | float) -> str:
        """A number with the unit, as in `1 step` and `8 steps`."""
        return f"{_plain(number)} {self.name}{'' if number == 1 else 's'}"


class Reason(NamedTuple):
    """Why a bound is where it is, said after the value that breaks it."""

    text: str


_Declared = Bound | Unit | Reason | DocInfo

Auto = Literal["auto"]
Count = Annotated[int, Ge(1)]
Steps = Annotated[int, Ge(1), Unit("step")]
AnySteps = Annotated[int, Ge(0), Unit("step")]
Substeps = Annotated[int, Ge(1), Le(100_000), Reason("more of them only add rounding")]
Positive = Annotated[float, Gt(0)]
NotNegative = Annotated[float, Ge(0)]
Share = Annotated[float, Ge(0), Le(1)]
Interval = Annotated[float, Gt(0), Unit("time unit")]
Seed = Annotated[int, Ge(0), Le(2**32 - 1)]

MOST_CELLS = 100_000
"""Of one sweep: each is checked before the first is trained, and has a folder of its own."""


_Number = TypeVar("_Number", int, float)


def chosen(value: _Number | Auto) -> _Number:
    """A setting that may be left to `auto`, where something has been put in its place."""
    assert value != "auto"
    return value


class SettingError(ConfigError):
    """A setting that is out of its bounds. Core rooms name it alone; the config puts its group in front (`within`).

    A hint that names settings beside it writes `{group}` before them: `dataset.` in a config, nothing in Python.
    """

    def __init__(self, name: str, must: str, value: object, hint: str = "") -> None:
        told = hint.replace("{group}", name[: name.rfind(".") + 1])
        super().__init__(f"{name} must {must}, got {shown(value)}{told and '; ' + told}")
        self.name, self.must, self.value, self.hint = name, must, value, hint

    def within(self, group: str) -> "SettingError":
        """The same error with the name as it stands in a config, such as `protocol.tau`."""
        return SettingError(f"{group}.{self.name}", self.must, self.value, self.hint)


@contextlib.contextmanager
def within(group: str) -> Iterator[None]:
    """Put `group` in front of the name of a SettingError."""
    try:
        yield
    except SettingError as error:
        raise error.within(group) from None


def whole(name: str, value: Any, *, least: int | None = None, unit: str = "") -> int:
    """A count, for which floats without a fraction, such as 1e4, do as well. Raises SettingError for what is none."""
    must = "" if least is None else f"at least {Unit(unit).of(least) if unit else least}"
    real = isinstance(value, numbers.Real) and float(value).is_integer()
    try:
        count = int(value) if real else operator.index(value)
    except TypeError:
        near = float(value) if isinstance(value, numbers.Real) else math.inf
        hint = f"the nearest is {max(round(near), least or 0)}" if abs(near) < LARGEST else ""
        raise SettingError(name, f"be a whole number{must and ' of ' + must}", value, hint) from None
    if least is not None and count < least:
        raise SettingError(name, f"be {must}", count)
    return count


def positive(name: str, value: Any, *, unit: str = "") -> float:
    """A finite number above 0, of `unit` in the plural. Raises SettingError for what is none."""
    if isinstance(value, bool) or not (isinstance(value, numbers.Real) and 0 < float(value) < math.inf):
        raise SettingError(name, f"be greater than 0{unit and ' ' + unit}", value)
    return float(value)


def check_choice(name: str, value: object, choices: Sequence[str]) -> None:
    """Raise SettingError, with the nearest of the choices, for what is none of them."""
    if not (isinstance(value, str) and value in choices):
        raise SettingError(
            name,
            f"be one of {', '.join(choices)}",
            value,
            did_you_mean(str(value), choices).removeprefix("; "),
        )


class Declaration(NamedTuple):
    """What an annotation declares of one setting."""

    annotation: Any
    """As it was written, with its metadata."""
    bounds: tuple[Bound, ...]
    unit: Unit | None
    reason: str = ""
    help: str = ""
    """From `doc` of annotated_types; that of a field stands under it."""

    @classmethod
    def of(cls, annotation: Any, *inherited: Any) -> "Declaration":
        """From an annotation; of a union, such as Steps | Auto, its members' bounds count.

        One that says nothing but a type has what the first of the `inherited` ones declares that does.
        """
        found = next(filter(None, map(_metadata, (annotation, *inherited))), [])
        unit = next((entry for entry in found if isinstance(entry, Unit)), None)
        reason = next((entry.text for entry in found if isinstance(entry, Reason)), "")
        told = next((entry.documentation for entry in found if isinstance(entry, DocInfo)), "")
        return cls(
            annotation, tuple(entry for entry in found if isinstance(entry, Bound)), unit, reason, told
        )

    @property
    def must(self) -> str:
        """The bounds in words, such as `be at least 1 step`; nothing where there are none."""
        limits = {type(bound): _limit(bound) for bound in self.bounds}
        said = {
            kind: _plain(limit) if kind is MultipleOf else self._measured(limit)
            for kind, limit in limits.items()
        }
        if Ge in said and Le in said:
            return f"be from {_plain(limits[Ge])} to {said[Le]}"
        words = {
            Ge: "at least",
            Gt: "greater than",
            Le: "at most",
            Lt: "less than",
            MultipleOf: "a multiple of",
        }
        return "be " + " and ".join(f"{words[kind]} {limit}" for kind, limit in said.items()) if said else ""

    def check(self, name: str, value: object) -> None:
        """Raise SettingError for a number out of bounds; words, None and arrays pass."""
        if isinstance(value, int | float) and not isinstance(value, bool) and not self._holds(value):
            raise SettingError(name, self.must, value, self.reason)
        if (
            type(value) is int
            and value > LARGEST
            and not any(isinstance(each, Le | Lt) for each in self.bounds)
        ):
            raise SettingError(
                name, f"be at most {self._measured(LARGEST)}", value, "compiled loops count no further"
            )

    def _holds(self, value: int | float) -> bool:
        return all(_TESTS[type(bound)](value, _limit(bound)) for bound in self.bounds)

    def _measured(self, limit: float) -> str:
        return _plain(limit) if self.unit is None else self.unit.of(limit)


_TESTS: dict[type, Callable[[float, float], bool]] = {
    Ge: operator.ge,
    Gt: operator.gt,
    Le: operator.le,
    Lt: operator.lt,
    MultipleOf: lambda value, step: value % step == 0,
}


@functools.cache
def declared(owner: Any) -> Mapping[str, Declaration]:
    """What the fields of a class, or the parameters of a function, declare, by name.

    A field that says nothing but its type has the bounds and the unit that a base class declares for it.
    """
    hints = typing.get_type_hints(owner, include_extras=True)
    bases = [typing.get_type_hints(base, include_extras=True) for base in getattr(owner, "__mro__", ())[1:]]
    return {
        name: Declaration.of(annotation, *(base[name] for base in bases if name in base))
        for name, annotation in hints.items()
    }


def check_fields(instance: object) -> None:
    """Raise SettingError for a field that is out of the bounds that its class declares."""
    owner: Any = type(instance)
    for name, declaration in declared(owner).items():
        if declaration.bounds:
            declaration.check(name, getattr(instance, name, None))


def checked(function: Callable[..., Any]) -> Callable[..., Any]:
    """A constructor, or another function, that raises SettingError for arguments out of their declared bounds."""

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        given = inspect.signature(function).bind(*args, **kwargs).arguments
        for name, declaration in declared(function).items():
            if declaration.bounds and name in given:
                declaration.check(name, given[name])
        return function(*args, **kwargs)

    return wrapper


def at_home(path: str | Path) -> Path:
    """A path with the folder of the user for a leading `~`."""
    found = Path(path)
    return found.expanduser() if found.parts[:1] == ("~",) else found


def shown(value: object) -> str:
    """A value as the user writes it."""
    if value is None:
        return "null"
    if isinstance(value, PurePath):
        return repr(str(value))
    return str(value).lower() if isinstance(value, bool) else repr(value)


def _plain(number: int | float) -> str:
    """A number without an exponent where it is whole."""
    return str(int(number)) if float(number).is_integer() else f"{number:g}"


def _metadata(annotation: Any) -> list[Any]:
    """The bounds, unit and reason in an annotation and in the members of its union."""
    found = [entry for entry in getattr(annotation, "__metadata__", ()) if isinstance(entry, _Declared)]
    if typing.get_origin(annotation) is not Literal:
        for member in typing.get_args(annotation):
            if not isinstance(member, _Declared):
                found += _metadata(member)
    return found


def _limit(bound: Bound) -> float:
    """The number that a bound stands for."""
    return float(dataclasses.astuple(bound)[0])
