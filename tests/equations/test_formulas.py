"""Formulas: what may stand in them and what it is worth, what may not and what is said of it."""

import math
import subprocess
import sys

import pytest

from rnnchaos.equations import Description, EquationError, common_period, evaluate, parse
from rnnchaos.equations.expressions import FUNCTIONS, ON_NUMBERS, Call, Chain, Name, Number, fold
from rnnchaos.equations.parser import MOST_CHARACTERS, MOST_LEVELS

VALUES = {"x": 1.5, "y": -0.25, "a": 2.0, "t": 3.0}


@pytest.mark.parametrize(
    ("formula", "worth"),
    [
        ("x", 1.5),
        ("-x**2", -2.25),
        ("(-x)**2", 2.25),
        ("2**-1**2", 0.5),
        ("x - y - a", 1.5 + 0.25 - 2),
        ("x / y / a", 1.5 / -0.25 / 2),
        ("x * (y - a) + 1e-3", 1.5 * -2.25 + 1e-3),
        ("-+-x", 1.5),
        ("y % 1", 0.75),
        ("pi * .5", math.pi / 2),
        ("8/3", 8 / 3),
        ("atan2(y, x)", math.atan2(-0.25, 1.5)),
        ("min(x, y, a) + max(x, y, a)", 1.75),
        ("abs(y) + sign(y) + floor(y)", 0.25 - 1 - 1),
        ("where(x > 1, 10, 20)", 10),
        ("where(0 < x < 1 or not a >= 2, 10, 20)", 20),
        ("where(x > 0 and y > 0, 1, 0) + 1", 1),
        ("where(y > 0, log(y), 7)", 7),
        ("cos(2*t)", math.cos(6)),
        ("x\n  + y", 1.25),
        ("+".join(["x"] * 400), 600),
        ("(" * 90 + "x" + ")" * 90, 1.5),
    ],
)
def test_a_formula_is_worth_what_it_is_in_python(formula, worth):
    parsed = parse(formula, VALUES)
    assert evaluate(parsed, VALUES) == pytest.approx(worth, rel=1e-15)
    assert evaluate(fold(parsed, {"a": 2.0}), VALUES) == pytest.approx(worth, rel=1e-15)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_is_read(function):
    arguments = {"where": "x > 0, x, y", "atan2": "x, y", "min": "x, y", "max": "x, y"}.get(function, "x")
    parsed = parse(f"{function}({arguments})", VALUES)
    assert isinstance(parsed, Call)
    assert parsed.function == function
    assert function in ON_NUMBERS


def test_constants_are_worked_out_once():
    parsed = fold(parse("2*pi*a*x + sin(a)**2", VALUES), {"a": 0.5})
    assert parsed == Chain(
        Number(math.pi),
        (("*", Name("x"), "2*pi*a*x"), ("+", Number(math.sin(0.5) ** 2), "2*pi*a*x + sin(a)**2")),
    )


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("x^2", "a power is written **, at 'x^2'"),
        ("a*z", "unknown name z, at 'z'"),
        ("xx + 1", "unknown name xx; did you mean x?, at 'xx'"),
        ("xqr + 1", "unknown name xqr; did you mean x?, at 'xqr'"),  # short names: half of the letters
        ("λ*x", "unknown name λ, at 'λ'"),
        ("lambda*x", "lambda is a word of Python; call it lam, at 'lambda'"),
        ("in * x", "in is a word of Python; call it in_, at 'in'"),
        ("x.real", "an attribute is not allowed, at 'x.real'"),
        ("().__class__.__bases__", "an attribute is not allowed, at '().__class__.__bases__'"),
        (
            "__import__('os').system('ls')",
            "an attribute is not allowed, at \"__import__('os').system('ls')\"",
        ),
        ("eval('1')", "eval is not a function (functions: sin, cos, "),
        ("__import__('os')", "__import__ is not a function (functions: sin, cos, "),
        ("sni(x)", "sni is not a function; did you mean sin?, at 'sni(x)'"),
        ("a(x + 1)", "a is no function; write a * (...) for a product, at 'a(x + 1)'"),
        ("sin(x)(y)", "this call is not allowed"),
        ("sin(x, y)", "sin takes 1 argument, got 2, at 'sin(x, y)'"),
        ("where(x > 0, 1)", "where takes 3 arguments, got 2"),
        ("min(x)", "min takes 2 or more arguments, got 1"),
        ("sin(*x)", "sin takes its arguments by position alone"),
        ("log(x, base=2)", "log takes its arguments by position alone"),
        ("sin", "sin is a function; write sin(...), at 'sin'"),
        ("x[0]", "an index is not allowed, at 'x[0]'"),
        ("x // a", "write floor(a / b) for a // b"),
        ("x | a", "an operation on bits is not allowed"),
        ("x if x > 0 else y", "write where(condition, a, b) for a if condition else b"),
        ("x > 0", "a comparison may stand in where(condition, a, b) alone"),
        ("where(x, 1, 2)", "the first argument of where must be a comparison such as x > 0, at 'x'"),
        ("where(x == 0, 1, 2)", "a comparison is one of < <= > >="),
        ("x, y", "a comma may stand between the arguments of a function alone"),
        ("'x'", "only numbers, names, + - * / ** % and functions may stand here"),
        ("[x for y in a]", "for is a word of Python"),
        ("(x := 1)", "only numbers, names"),
        ("1j * x", "only numbers, names"),
        ("x = y", "the right-hand side alone stands here, without ="),
        ("2x", "cannot be read from character 1 on, at '2x'"),
        ("sin x", "cannot be read from character 5 on, at 'x'"),
        ("(x", "cannot be read from character 1 on"),
        ("", "cannot be read"),
        ("x\0", "cannot be read"),
        ("1e999", "a number too large, at '1e999'"),
        ("9" * 5000, "cannot be read"),
        ("x" + "+x" * MOST_CHARACTERS, f"must have at most {MOST_CHARACTERS} characters"),
        ("-" * 5000 + "x", "nested"),
        ("-" * (MOST_LEVELS + 1) + "x", f"is nested more than {MOST_LEVELS} levels deep"),
        ("sin(" * 150 + "x" + ")" * 150, f"is nested more than {MOST_LEVELS} levels deep"),
        ("(" * 3000 + "x" + ")" * 3000, "cannot be read"),
    ],
)
def test_whatever_else_is_refused_with_the_place(formula, said):
    with pytest.raises(EquationError) as refused:
        parse(formula, VALUES)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("1/x", "a division by zero, at '1/x' in the initial state x = 0, t = 0"),
        ("x + 1/(x - x)", "a division by zero, at '1/(x - x)' in the initial state"),
        ("x % x", "a division by zero"),
        ("x**-1", "0.0 to a negative power"),
        ("(x - 1)**.5", "a power of a negative number that is no real number"),
        ("log(x)", "log of 0 is no real number, at 'log(x)'"),
        ("sqrt(x - 1)", "sqrt of -1 is no real number"),
        ("exp(x + 1000)", "a number too large"),
        ("9**9**9", "a number too large, at '9**9**9'"),
        ("9**9**9**9**9 * x", "a number too large"),
        ("1e308 * 10 + x", "a number too large, at '1e308 * 10'"),
        ("1/(2 - 2)", "a division by zero, at '1/(2 - 2)'"),
    ],
)
def test_what_has_no_value_at_the_start_is_refused(formula, said):
    with pytest.raises(ValueError, match=r"^equations\.x = '") as refused:
        Description.of("flow", {"x": formula}, {}, {"x": 0.0})
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("formulas", "period"),
    [
        (["x*cos(2*t)"], math.pi),
        (["cos(-t/4 + x) - 1"], 8 * math.pi),
        (["cos(a*t)", "sin(2*a*t + 1)*x"], math.pi),
        (["cos(3*t) + sin(t*2)"], 2 * math.pi),
        (["where(t % 4 < a, x, 1)"], 4),
        (["(2*t + 1) % 3 + tan(sin(2*pi*t))"], 3),
        (["cos(t) + cos(sqrt(2)*t)"], None),
        (["t*x"], None),
        (["cos(t**2)"], None),
        (["cos(x*t)"], None),
        (["cos(t) + t"], None),
        (["exp(-t)*cos(t)"], None),
        (["x"], None),
    ],
)
def test_the_period_of_a_drive_is_found_where_there_is_one(formulas, period):
    expressions = [fold(parse(formula, VALUES), {"a": 2.0}) for formula in formulas]
    found = common_period(expressions)
    assert found == period if period is None else found == pytest.approx(period, rel=1e-14)
    if found is not None:
        for expression in expressions:
            later = VALUES | {"t": VALUES["t"] + found}
            assert evaluate(expression, later) == pytest.approx(evaluate(expression, VALUES), abs=1e-12)


def test_formulas_are_read_without_jax():
    code = (
        "import sys, rnnchaos.equations; sys.exit(any(m in sys.modules for m in ('jax', 'numpy', 'hydra')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
