"""Formulas as trees, and what they are worth."""

import math
import operator
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from rnnchaos.errors import ConfigError

TIME = "t"

Function = Callable[..., Any]

# What may stand between operands; systems/equations.py has the same on arrays.
_BETWEEN: Mapping[str, Function] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": operator.pow,
    "%": operator.mod,
    "negative": operator.neg,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "and": lambda left, right: left and right,
    "or": lambda left, right: left or right,
    "not": operator.not_,
}
_NAMED: Mapping[str, Function] = {
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "asin": math.asin,
    "acos": math.acos,
    "atan": math.atan,
    "atan2": math.atan2,
    "sinh": math.sinh,
    "cosh": math.cosh,
    "tanh": math.tanh,
    "exp": math.exp,
    "log": math.log,
    "sqrt": math.sqrt,
    "abs": abs,
    "sign": lambda x: float((x > 0) - (x < 0)),
    "floor": lambda x: float(math.floor(x)),
    "min": min,
    "max": max,
    "where": lambda condition, then, otherwise: then if condition else otherwise,
}
ON_NUMBERS = {**_BETWEEN, **_NAMED}
FUNCTIONS = tuple(_NAMED)
CONSTANTS = {"pi": math.pi}
RESERVED = (TIME, *CONSTANTS, *FUNCTIONS)


class EquationError(ConfigError):
    """What is wrong in a formula, and at which of its parts; `of` puts the formula and its name in front."""

    def __init__(self, problem: str, place: str = "") -> None:
        super().__init__(f"{problem}, at {_shortened(place)!r}" if place else problem)

    def of(self, name: str, formula: str) -> ConfigError:
        """The same error of the formula for `name`."""
        return ConfigError(f"{name} = {_shortened(formula)!r}: {self}")


class Number(NamedTuple):
    """A constant."""

    value: float


class Name(NamedTuple):
    """A variable, a parameter, or the time."""

    name: str


class Call(NamedTuple):
    """A function, a comparison or a sign, of its arguments."""

    function: str
    arguments: tuple["Expression", ...]
    place: str
    """The part of the formula that it is."""


class Chain(NamedTuple):
    """first ∘ second ∘ third …, from left to right: a long sum is no deep one."""

    first: "Expression"
    rest: tuple[tuple[str, "Expression", str], ...]
    """Operation, operand, and the part of the formula up to here."""


Expression = Number | Name | Call | Chain


def evaluate(
    expression: Expression, values: Mapping[str, Any], operations: Mapping[str, Function] = ON_NUMBERS
) -> Any:
    """What the expression is worth, by `operations`; on numbers EquationError names a part that has no value."""
    match expression:
        case Number(value):
            return value
        case Name(name):
            return values[name]
        case Call(function, arguments, place):
            if function == "where" and operations is ON_NUMBERS:  # the branch that is not taken has no value
                condition, then, otherwise = arguments
                taken = then if evaluate(condition, values) else otherwise
                return evaluate(taken, values)
            worth = [evaluate(argument, values, operations) for argument in arguments]
            return _apply(operations, function, worth, place)
        case Chain(first, rest):
            result = evaluate(first, values, operations)
            for operation, operand, place in rest:
                worth = [result, evaluate(operand, values, operations)]
                result = _apply(operations, operation, worth, place)
            return result


def fold(expression: Expression, constants: Mapping[str, float]) -> Expression:
    """The expression with `constants` put in, and every part that is then a number worked out."""
    match expression:
        case Number():
            return expression
        case Name(name):
            return Number(float(constants[name])) if name in constants else expression
        case Call("where", (condition, then, otherwise), place) if not names_in(condition) - set(constants):
            taken = then if evaluate(condition, constants) else otherwise
            return fold(taken, constants)
        case Call(function, arguments, place):
            folded = tuple(fold(argument, constants) for argument in arguments)
            if function not in _TRUTHS and all(isinstance(part, Number) for part in folded):
                return Number(evaluate(Call(function, folded, place), {}))
            return Call(function, folded, place)
        case Chain(first, rest):
            start = fold(first, constants)
            left: list[tuple[str, Expression, str]] = []
            for operation, operand, place in rest:
                part = fold(operand, constants)
                if isinstance(start, Number) and isinstance(part, Number) and not left:
                    start = Number(_apply(ON_NUMBERS, operation, [start.value, part.value], place))
                else:
                    left.append((operation, part, place))
            return Chain(start, tuple(left)) if left else start


def names_in(expression: Expression) -> set[str]:
    """The names that stand in an expression."""
    match expression:
        case Name(name):
            return {name}
        case Call(_, arguments, _):
            return set().union(*(names_in(part) for part in arguments))
        case Chain(first, rest):
            return names_in(first).union(*(names_in(part) for _, part, _ in rest))
    return set()


_TRUTHS = ("<", "<=", ">", ">=", "and", "or", "not")


def _apply(operations: Mapping[str, Function], name: str, arguments: list[Any], place: str) -> Any:
    try:
        result = operations[name](*arguments)
    except ZeroDivisionError:
        problem = "0.0 to a negative power" if name == "**" else "a division by zero"
    except OverflowError:
        problem = "a number too large"
    except ValueError:
        problem = f"{name} of {', '.join(f'{argument:g}' for argument in arguments)} is no real number"
    else:
        if isinstance(result, complex):
            problem = "a power of a negative number that is no real number"
        elif isinstance(result, float) and not math.isfinite(result):
            problem = "a number too large"
        else:
            return result
    raise EquationError(problem, place)


def _shortened(text: str) -> str:
    return text if len(text) <= 100 else f"{text[:97]}..."
