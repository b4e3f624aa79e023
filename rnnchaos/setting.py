"""Settings declared once, on the class that uses them: bounds and units as annotations of a field or a parameter.

    num_steps: Annotated[int, Ge(1), Unit("step")] = 12_000

Whoever is built with another value raises SettingError; help and documentation say the same from the same annotation.
"""

import contextlib
import functools
import inspect
import typing
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, Literal, NamedTuple

from annotated_types import Ge, Gt, Le, Lt

from rnnchaos.errors import ConfigError

Bound = Ge | Gt | Le | Lt


class Unit(NamedTuple):
    """What a setting counts or measures, in the singular: `step`, `time unit`."""

    name: str

    def of(self, number: int | float) -> str:
        """A number with the unit, as in `1 step` and `8 steps`."""
        return f"{number:g} {self.name}{'' if number == 1 else 's'}"


Auto = Literal["auto"]
Count = Annotated[int, Ge(1)]
Steps = Annotated[int, Ge(1), Unit("step")]
AnySteps = Annotated[int, Ge(0), Unit("step")]
Positive = Annotated[float, Gt(0)]
NotNegative = Annotated[float, Ge(0)]
Share = Annotated[float, Ge(0), Le(1)]


class SettingError(ConfigError):
    """A setting that is out of its bounds. Core rooms name it alone; the config puts its group in front (`within`)."""

    def __init__(self, name: str, must: str, value: object, hint: str = "") -> None:
        super().__init__(f"{name} must {must}, got {shown(value)}{hint and '; ' + hint}")
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


class Declaration(NamedTuple):
    """What an annotation declares of one setting."""

    annotation: Any
    """As it was written, with its metadata."""
    bounds: tuple[Bound, ...]
    unit: Unit | None

    @classmethod
    def of(cls, annotation: Any) -> "Declaration":
        """From an annotation; of a union, such as Steps | Auto, its members' bounds count."""
        metadata = list(_metadata(annotation))
        unit = next((entry for entry in metadata if isinstance(entry, Unit)), None)
        return cls(annotation, tuple(entry for entry in metadata if isinstance(entry, Bound)), unit)

    @property
    def must(self) -> str:
        """The bounds in words, such as `be at least 1 step`; nothing where there are none."""
        said = {type(bound): self._measured(_limit(bound)) for bound in self.bounds}
        if Ge in said and Le in said:
            return f"be from {_limit(self._bound(Ge)):g} to {said[Le]}"
        words = {Ge: "at least", Gt: "greater than", Le: "at most", Lt: "less than"}
        return "be " + " and ".join(f"{words[kind]} {limit}" for kind, limit in said.items()) if said else ""

    def check(self, name: str, value: object) -> None:
        """Raise SettingError for a number out of bounds; words, None and arrays pass."""
        if isinstance(value, int | float) and not isinstance(value, bool) and not self._holds(value):
            raise SettingError(name, self.must, value)

    def _holds(self, value: int | float) -> bool:
        tests: dict[type, Callable[[float, float], bool]] = {
            Ge: lambda value, limit: value >= limit,
            Gt: lambda value, limit: value > limit,
            Le: lambda value, limit: value <= limit,
            Lt: lambda value, limit: value < limit,
        }
        return all(tests[type(bound)](value, _limit(bound)) for bound in self.bounds)

    def _measured(self, limit: float) -> str:
        return f"{limit:g}" if self.unit is None else self.unit.of(limit)

    def _bound(self, kind: type) -> Bound:
        return next(bound for bound in self.bounds if isinstance(bound, kind))


@functools.cache
def declared(owner: Any) -> Mapping[str, Declaration]:
    """What the fields of a class, or the parameters of a function, declare, by name."""
    hints = typing.get_type_hints(owner, include_extras=True)
    return {name: Declaration.of(annotation) for name, annotation in hints.items()}


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


def shown(value: object) -> str:
    """A value as the user writes it."""
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else repr(value)


def _metadata(annotation: Any) -> Iterator[Any]:
    yield from getattr(annotation, "__metadata__", ())
    if typing.get_origin(annotation) is not Literal:
        for member in typing.get_args(annotation):
            if not isinstance(member, (*typing.get_args(Bound), Unit)):
                yield from _metadata(member)


def _limit(bound: Bound) -> float:
    """The number that a bound stands for."""
    return float(getattr(bound, type(bound).__name__.lower()))
