"""The period of a drive, found in its equations, by which the time can be brought back to keep its digits."""

import math
from collections.abc import Iterable, Iterator
from fractions import Fraction

from rnnchaos.equations.expressions import TIME, Call, Chain, Expression, Name, Number, names_in

_PERIODIC = ("sin", "cos", "tan")
# Drives whose periods are no ratio of so small numbers have none in common.
_LARGEST_RATIO = 1_000


def common_period(expressions: Iterable[Expression]) -> float | None:
    """The shortest time after which all expressions are as before, None where there is none or it is not found.

    Found is `t` in sin, cos and tan and in `… % number`, there linear and with constant coefficients.
    """
    try:
        found = [period for expression in expressions for period in _periods(expression)]
    except _AperiodicError:
        return None
    if not found:
        return None
    ratios = [Fraction(period / found[0]).limit_denominator(_LARGEST_RATIO) for period in found]
    if any(
        abs(period / found[0] - ratio) > 1e-12 * ratio for period, ratio in zip(found, ratios, strict=True)
    ):
        return None
    top, bottom = (ratio.numerator for ratio in ratios), (ratio.denominator for ratio in ratios)
    return found[0] * math.lcm(*top) / math.gcd(*bottom)


def phases_in(period: float, step: float) -> int | None:
    """How many phases of a drive a series shows that is sampled every `step`; None where they fill the period."""
    ratio = Fraction(step / period).limit_denominator(_LARGEST_RATIO)
    return ratio.denominator if ratio and abs(step / period - ratio) <= 1e-9 * ratio else None


def recurs(expressions: Iterable[Expression]) -> bool:
    """Whether every part in which the time stands comes back by itself, if not all of them together."""
    try:
        return all(period > 0 for expression in expressions for period in _periods(expression))
    except _AperiodicError:
        return False


class _AperiodicError(Exception):
    """The time stands where it is not brought back."""


def _periods(expression: Expression) -> Iterator[float]:
    """The period of each part in which the time stands."""
    if TIME not in names_in(expression):
        return
    match expression:
        case Call(function, (argument,), _) if function in _PERIODIC and _slope(argument):
            yield 2 * math.pi / abs(_slope(argument) or math.nan)
        case Call(_, arguments, _):
            for argument in arguments:
                yield from _periods(argument)
        case Chain(first, rest):
            yield from _periods_of_chain(first, rest)
        case _:
            raise _AperiodicError


def _periods_of_chain(first: Expression, rest: tuple[tuple[str, Expression, str], ...]) -> Iterator[float]:
    parts = [first]
    for i, (operation, operand, _) in enumerate(rest):
        slope = _slope(Chain(first, rest[:i])) if operation == "%" and isinstance(operand, Number) else None
        if slope and isinstance(operand, Number):
            yield abs(operand.value / slope)
            parts = []
        else:
            parts.append(operand)
    for part in parts:
        yield from _periods(part)


def _slope(expression: Expression) -> float | None:
    """How fast an expression that is linear in the time grows with it; None where it is not linear."""
    match expression:
        case Name(name):
            return 1.0 if name == TIME else 0.0
        case Call("negative", (argument,), _):
            slope = _slope(argument)
            return None if slope is None else -slope
        case Chain(first, rest):
            slope, value = _slope(first), first.value if isinstance(first, Number) else None
            for operation, operand, _ in rest:
                slope, value = _combined(operation, slope, value, operand), None
            return slope
    return None if TIME in names_in(expression) else 0.0


def _combined(operation: str, slope: float | None, value: float | None, operand: Expression) -> float | None:
    """The slope of left ∘ operand; `value` is the left one's, where it is a constant."""
    other = _slope(operand)
    if slope is None or other is None:
        return None
    if operation in "+-":
        return slope + other if operation == "+" else slope - other
    if slope == other == 0:
        return 0.0
    if operation == "*" and value is not None:
        return value * other
    if operation in "*/" and isinstance(operand, Number):
        return slope * operand.value if operation == "*" else slope / operand.value
    return None
