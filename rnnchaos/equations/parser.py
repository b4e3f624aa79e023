"""Formulas such as `-a*z + y**2 - x`, read: Python's own parser, then a short list of what may stand in them."""

import ast
import keyword
import math
import re
import warnings
from collections.abc import Collection
from typing import NamedTuple, NoReturn

from rnnchaos.equations.expressions import (
    CONSTANTS,
    FUNCTIONS,
    TIME,
    Call,
    Chain,
    EquationError,
    Expression,
    Name,
    Number,
)
from rnnchaos.nearest import spelt_hint

MOST_CHARACTERS = 10_000
MOST_LEVELS = 100
_TOO_DEEP = f"is nested more than {MOST_LEVELS} levels deep"

_NUM_ARGUMENTS = {"atan2": (2, 2), "where": (3, 3), "min": (2, 99), "max": (2, 99)}
_OPERATORS: dict[type, str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "**",
    ast.Mod: "%",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
_INSTEAD: dict[type, str] = {
    ast.FloorDiv: "write floor(a / b) for a // b",
    ast.MatMult: "@ is not allowed",
    ast.IfExp: "write where(condition, a, b) for a if condition else b",
    ast.Attribute: "an attribute is not allowed",
    ast.Subscript: "an index is not allowed",
    ast.Compare: "a comparison may stand in where(condition, a, b) alone",
    ast.BoolOp: "and, or may stand in where(condition, a, b) alone",
    ast.Not: "not may stand in where(condition, a, b) alone",
    ast.Tuple: "a comma may stand between the arguments of a function alone",
    ast.Lambda: "lambda is a word of Python; call it lam",
}
_POWER = re.compile(r"[\w.)]*\s*\^\s*[\w.(]*")
_WORD = re.compile(r"(?<![\w.])[A-Za-z_]\w*")


def parse(formula: str, names: Collection[str]) -> Expression:
    """The formula as a tree, in which `names`, π as `pi` and the functions of this module may stand.

    Raises EquationError for everything else; nothing is executed.
    """
    text = " ".join(formula.split())
    if len(text) > MOST_CHARACTERS:
        raise EquationError(f"must have at most {MOST_CHARACTERS} characters, got {len(text)}")
    if (power := _POWER.search(text)) is not None:  # for Python it binds less than a sum
        raise EquationError("a power is written **", power[0])
    for word in _WORD.findall(text):
        if keyword.iskeyword(word) and word not in ("and", "or", "not", "if", "else"):
            raise EquationError(f"{word} is a word of Python; call it {spelling(word)}", word)
    try:
        with warnings.catch_warnings(action="error"):  # of numbers that run into words, as 1if
            tree = ast.parse(text, mode="eval")
    except (RecursionError, MemoryError):
        raise EquationError("is too long, or nested too deep") from None
    except (SyntaxError, ValueError) as error:
        raise EquationError(_unreadable(error, text)) from None
    return _Reader(text, frozenset(names)).read(tree.body, 0)


def spelling(word: str) -> str:
    """A name in place of a word that Python keeps for itself."""
    return "lam" if word == "lambda" else f"{word}_"


class _Reader(NamedTuple):
    """Python's tree of one formula to ours."""

    text: str
    names: frozenset[str]

    def read(self, node: ast.expr, level: int) -> Expression:
        """A part that stands for a number."""
        if level > MOST_LEVELS:
            self._refuse(node, _TOO_DEEP)
        match node:
            case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
                return Number(self._finite(node, value))
            case ast.Name(id=name):
                return self._name(node, name)
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.read(operand, level + 1)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return Call("negative", (self.read(operand, level + 1),), self._part(node))
            case ast.BinOp():
                return self._chain(node, level)
            case ast.Call():
                return self._call(node, level)
        self._refuse(node, self._instead(node))

    def _condition(self, node: ast.expr, level: int) -> Expression:
        """A part that is true or false, in `where` alone."""
        if level > MOST_LEVELS:
            self._refuse(node, _TOO_DEEP)
        match node:
            case ast.BoolOp(op=op, values=values):
                word = "and" if isinstance(op, ast.And) else "or"
                return self._joined(word, [self._condition(part, level + 1) for part in values], node)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return Call("not", (self._condition(operand, level + 1),), self._part(node))
            case ast.Compare(left=left, ops=ops, comparators=others):
                if any(type(op) not in _OPERATORS for op in ops):
                    self._refuse(node, "a comparison is one of < <= > >=")
                sides = [self.read(side, level + 1) for side in (left, *others)]
                pairs = zip(ops, sides[:-1], sides[1:], strict=True)
                compared: list[Expression] = [
                    Call(_OPERATORS[type(op)], (low, high), self._part(node)) for op, low, high in pairs
                ]
                return self._joined("and", compared, node)
        self._refuse(node, "the first argument of where must be a comparison such as x > 0")

    def _joined(self, word: str, parts: list[Expression], node: ast.expr) -> Expression:
        rest = tuple((word, part, self._part(node)) for part in parts[1:])
        return Chain(parts[0], rest) if rest else parts[0]

    def _chain(self, node: ast.expr, level: int) -> Expression:
        """Operations one after the other, which Python nests to the left."""
        rest = []
        while isinstance(node, ast.BinOp):
            operation = _OPERATORS.get(type(node.op))
            if operation is None:
                self._refuse(node, _INSTEAD.get(type(node.op), "an operation on bits is not allowed"))
            rest.append((operation, self.read(node.right, level + 1), self._part(node)))
            node = node.left
        return Chain(self.read(node, level + 1), tuple(reversed(rest)))

    def _call(self, node: ast.Call, level: int) -> Expression:
        if not isinstance(node.func, ast.Name):
            self._refuse(node, _INSTEAD.get(type(node.func), "this call is not allowed"))
        function = node.func.id
        if function in self.names or function in (TIME, *CONSTANTS):
            self._refuse(node, f"{function} is no function; write {function} * (...) for a product")
        if function not in FUNCTIONS:
            listed = f" (functions: {', '.join(FUNCTIONS)})"
            near = spelt_hint(function, FUNCTIONS)
            self._refuse(node, f"{function} is not a function{near or listed}")
        if node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
            self._refuse(node, f"{function} takes its arguments by position alone")
        least, most = _NUM_ARGUMENTS.get(function, (1, 1))
        if not least <= len(node.args) <= most:
            wanted = f"{least}" if least == most else f"{least} or more"
            self._refuse(node, f"{function} takes {wanted} argument{'s' * (most > 1)}, got {len(node.args)}")
        first = self._condition if function == "where" else self.read
        arguments = [first(node.args[0], level + 1), *(self.read(part, level + 1) for part in node.args[1:])]
        return Call(function, tuple(arguments), self._part(node))

    def _name(self, node: ast.expr, name: str) -> Expression:
        if name in self.names:
            return Name(name)
        if name in CONSTANTS:
            return Number(CONSTANTS[name])
        if name in FUNCTIONS:
            self._refuse(node, f"{name} is a function; write {name}(...)")
        self._refuse(node, f"unknown name {name}{spelt_hint(name, sorted(self.names))}")

    def _finite(self, node: ast.expr, value: int | float) -> float:
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        return number if math.isfinite(number) else self._refuse(node, "a number too large")

    def _instead(self, node: ast.expr) -> str:
        kind = type(node.op) if isinstance(node, ast.UnaryOp) else type(node)
        return _INSTEAD.get(kind, "only numbers, names, + - * / ** % and functions may stand here")

    def _part(self, node: ast.expr) -> str:
        return ast.get_source_segment(self.text, node) or ""

    def _refuse(self, node: ast.expr, problem: str) -> NoReturn:
        raise EquationError(problem, self._part(node))


def _unreadable(error: SyntaxError | ValueError, text: str) -> str:
    if "=" in text.replace("<=", "").replace(">=", ""):
        return "the right-hand side alone stands here, without ="
    if isinstance(error, SyntaxError) and error.offset and 0 < error.offset <= len(text):
        return f"cannot be read from character {error.offset} on, at {text[error.offset - 1 :][:20]!r}"
    return "cannot be read: a formula such as -a*z + y**2 stands here"
