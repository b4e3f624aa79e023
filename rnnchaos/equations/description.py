"""A system described by equations: parsed, and held against its parameters and its initial state."""

import functools
import keyword
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from rnnchaos.equations.expressions import (
    RESERVED,
    TIME,
    EquationError,
    Expression,
    evaluate,
    fold,
    names_in,
)
from rnnchaos.equations.parser import parse, spelling
from rnnchaos.equations.periods import common_period, phases_in, recurs
from rnnchaos.errors import ConfigError
from rnnchaos.nearest import spelt_hint

Kind = Literal["flow", "map"]
MOST_VARIABLES = 1_000
_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)


@dataclass(frozen=True)
class Description:
    """Equations by the names of their variables, with the numbers that stand in them; checked when it is built.

    Raises ConfigError for whatever does not fit together, with the equation and the place.
    """

    kind: Kind
    equations: tuple[tuple[str, str], ...]
    """Variable and formula: of its derivative (flow), or of its next value (map)."""
    parameters: tuple[tuple[str, float], ...]
    initial_state: tuple[tuple[str, float], ...]

    @classmethod
    def of(
        cls,
        kind: Kind,
        equations: Mapping[str, str],
        parameters: Mapping[str, float],
        initial_state: Mapping[str, float],
    ) -> "Description":
        """From mappings, as they stand in a file or a config."""
        return cls(kind, tuple(equations.items()), tuple(parameters.items()), tuple(initial_state.items()))

    def __post_init__(self) -> None:
        if not 1 <= len(self.equations) <= MOST_VARIABLES:
            raise ConfigError(
                f"equations must have from 1 to {MOST_VARIABLES} entries, got {len(self.equations)}"
            )
        for name in self.variables:
            check_name(f"equations.{name}", name)
        for name, _ in self.parameters:
            check_name(f"parameters.{name}", name)
            if name in self.variables:
                raise ConfigError(f"parameters.{name} has the name of a variable; give it another")
        self._check_initial_state()
        self._check_used()
        self._check_start()

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the variables, in the order of the equations."""
        return tuple(name for name, _ in self.equations)

    @property
    def start(self) -> tuple[float, ...]:
        """The initial state, in the order of the equations."""
        given = dict(self.initial_state)
        return tuple(given[name] for name in self.variables)

    @functools.cached_property
    def expressions(self) -> tuple[Expression, ...]:
        """The equations with the parameters put in."""
        folded = []
        for (name, formula), parsed in zip(self.equations, self._parsed, strict=True):
            try:
                folded.append(fold(parsed, dict(self.parameters)))
            except EquationError as error:
                raise error.of(f"equations.{name}", formula) from None
        return tuple(folded)

    @functools.cached_property
    def driven(self) -> bool:
        """Whether the time stands in the equations."""
        return any(TIME in names_in(parsed) for parsed in self._parsed)

    @functools.cached_property
    def period(self) -> float | None:
        """Of the drive, where it is found to have one."""
        return common_period(self.expressions)

    def is_clock_seen(self, step: float) -> bool:
        """Whether a series that is sampled every `step` shows the phase of the drive moved a little, and not only set.

        Then an exponent 0 is that of what is observed, too. Of a few phases it is not, nor of a time that never recurs.
        """
        if not self.driven or self.period is None:
            return self.driven and recurs(self.expressions)
        return phases_in(self.period, step) is None

    def written(self) -> str:
        """The equations on one line."""
        mark = "' = " if self.kind == "flow" else " → "
        return ", ".join(f"{name}{mark}{' '.join(formula.split())}" for name, formula in self.equations)

    @functools.cached_property
    def _parsed(self) -> tuple[Expression, ...]:
        known = {TIME, *self.variables, *dict(self.parameters)}
        parsed = []
        for name, formula in self.equations:
            try:
                parsed.append(parse(formula, known))
            except EquationError as error:
                raise error.of(f"equations.{name}", formula) from None
        return tuple(parsed)

    def _check_initial_state(self) -> None:
        given = dict(self.initial_state)
        for name in self.variables:
            if name not in given:
                raise ConfigError(f"initial_state.{name} must be given: a number")
        for name in given:
            if name not in self.variables:
                near = spelt_hint(name, self.variables)
                raise ConfigError(f"initial_state.{name} has no equation{near}")

    def _check_used(self) -> None:
        used = set[str]().union(*(names_in(parsed) for parsed in self._parsed))
        for name, _ in self.parameters:
            if name not in used:
                raise ConfigError(f"parameters.{name} stands in no equation")

    def _check_start(self) -> None:
        values = dict(zip(self.variables, self.start, strict=True)) | {TIME: 0.0}
        for (name, formula), expression in zip(self.equations, self.expressions, strict=True):
            try:
                evaluate(expression, values)
            except EquationError as error:
                at = ", ".join(f"{key} = {value:g}" for key, value in list(values.items())[:4])
                raise EquationError(f"{error} in the initial state {at}").of(
                    f"equations.{name}", formula
                ) from None


def check_name(key: str, name: object) -> None:
    """Raise ConfigError for what cannot be the name of a variable or a parameter."""
    if not isinstance(name, str):
        raise ConfigError(
            f"{key} must be a name, got {str(name).lower()}; YAML needs quotes around such a word"
        )
    if keyword.iskeyword(name):
        raise ConfigError(f"{key}: {name} is a word of Python; call it {spelling(name)}")
    if _NAME.fullmatch(name) is None:
        raise ConfigError(f"{key} must be a name of letters a-z, digits and _, got {name!r}")
    if name in RESERVED:
        meaning = "the time" if name == TIME else "a constant" if name == "pi" else "a function"
        raise ConfigError(f"{key}: {name} is {meaning}; give it another name")


def number(value: Any, key: str) -> float:
    """A number, or a formula of numbers such as 8/3 or 1e-3, which YAML reads as text."""
    if isinstance(value, str):
        try:
            found = evaluate(parse(value, ()), {})
        except EquationError as error:
            raise ConfigError(f"{key} must be a number, got {value!r}: {error}") from None
        return float(found)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ConfigError(f"{key} must be a number, got {'null' if value is None else repr(value)}")
    try:
        found = float(value)
    except OverflowError:
        found = math.inf
    if not math.isfinite(found):
        raise ConfigError(f"{key} must be a finite number, got {str(value)[:40]}")
    return found
