"""Values against annotations: what converts without loss, what is refused, and in which words."""

import dataclasses
from pathlib import Path
from typing import Any, Literal

import pytest

from rnnchaos.errors import ConfigError
from rnnchaos.setting import Share, Steps
from rnnchaos.settings.coerce import coerce, describe


@pytest.mark.parametrize(
    ("value", "annotation", "expected"),
    [
        (3, int, 3),
        (1e3, int, 1000),
        (3, float, 3.0),
        (0.5, float, 0.5),
        (True, bool, True),
        ("a", str, "a"),
        (7, str, "7"),
        ("x.csv", Path, Path("x.csv")),
        (None, int | None, None),
        (3, int | None, 3),
        ("auto", int | Literal["auto"], "auto"),
        (3, str | int, 3),
        ("3", str | int, "3"),
        (2.0, int | float, 2.0),
        ([1, 2.0], tuple[int, ...], (1, 2)),
        ([1, "a"], tuple[str | int, ...], (1, "a")),
        (3.0, Steps, 3),
        (0.5, Share | None, 0.5),
        ([1], list[float], [1.0]),
        ({"free": "form"}, Any, {"free": "form"}),
    ],
)
def test_what_converts(value, annotation, expected):
    converted = coerce(value, annotation, "key")
    assert converted == expected
    assert type(converted) is type(expected)


@pytest.mark.parametrize(
    ("value", "annotation", "expected"),
    [
        (2.5, int, "key must be a whole number, got 2.5"),
        (True, int, "key must be a whole number, got true"),
        (float("inf"), int, "key must be a whole number, got inf"),
        (float("nan"), float, "key must be a number, got nan"),
        (False, float, "key must be a number, got false"),
        ("1", float, "key must be a number, got '1'"),
        (1, bool, "key must be true or false, got 1"),
        (True, str, "key must be text, got true"),
        (None, str, "key must be text, got null"),
        ("b", Literal["a"], "key must be \"a\", got 'b'"),
        (0, Steps | Literal["auto"], "key must be at least 1 step, got 0"),
        (0.5, Steps, "key must be a whole number, got 0.5"),
        (2.0, Share, "key must be from 0 to 1, got 2.0"),
        ("x", int | Literal["auto"] | None, "key must be a whole number, \"auto\" or null, got 'x'"),
        ([1.5], tuple[int, ...], "key must be a list of whole numbers, got [1.5]"),
        ("abc", tuple[str, ...], "key must be a list of names, got 'abc'"),
    ],
)
def test_what_is_refused(value, annotation, expected):
    with pytest.raises(ConfigError) as caught:
        coerce(value, annotation, "key")
    assert str(caught.value) == expected


@dataclasses.dataclass(frozen=True)
class Inner:
    steps: int
    fraction: float = 0.5


def test_a_dataclass_is_filled_from_a_group_of_settings():
    assert coerce({"steps": 3}, Inner, "outer") == Inner(3)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"steps": "x"}, "outer.steps must be a whole number, got 'x'"),
        ({"fraction": 1}, "outer.steps must be given: a whole number"),
        ({"steps": 1, "fractoin": 1}, "outer.fractoin is not a setting; did you mean outer.fraction?"),
        (None, "outer must be a group of settings (outer.name=value), got null"),
    ],
)
def test_errors_inside_a_dataclass_name_the_full_key(value, expected):
    with pytest.raises(ConfigError) as caught:
        coerce(value, Inner, "outer")
    assert str(caught.value) == expected


def test_descriptions():
    assert describe(int | Literal["auto"]) == 'a whole number or "auto"'
    assert describe(tuple[str | int, ...] | None) == "a list of names or whole numbers or null"
