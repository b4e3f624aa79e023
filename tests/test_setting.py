"""Bounds that are declared on a class are held, and said alike everywhere."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pytest
from annotated_types import Ge, Lt

from rnnchaos.setting import (
    Auto,
    Positive,
    SettingError,
    Share,
    Steps,
    check_fields,
    checked,
    declared,
    whole,
)


@dataclass
class Example:
    num_steps: Steps = 1
    window: Steps | Auto = "auto"
    share: Share = 0.5
    rate: Positive | None = None
    momentum: Annotated[float, Ge(0), Lt(1)] = 0.0

    def __post_init__(self) -> None:
        check_fields(self)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("num_steps", 0, "num_steps must be at least 1 step, got 0"),
        ("window", 0, "window must be at least 1 step, got 0"),
        ("share", 1.5, "share must be from 0 to 1, got 1.5"),
        ("rate", 0.0, "rate must be greater than 0, got 0.0"),
        ("momentum", 1.0, "momentum must be at least 0 and less than 1, got 1.0"),
        ("momentum", float("nan"), "momentum must be at least 0 and less than 1, got nan"),
    ],
)
def test_bounds_are_said_with_name_and_value(name, value, message):
    with pytest.raises(SettingError) as raised:
        Example(**{name: value})
    assert str(raised.value) == message
    assert str(raised.value.within("group")) == f"group.{message}"


@pytest.mark.parametrize("given", [{}, {"window": 3}, {"share": 0.0}, {"rate": None}, {"momentum": 0.9}])
def test_what_is_within_bounds_passes(given):
    Example(**given)


def test_parameters_of_a_constructor_are_checked_too():
    class Layered:
        @checked
        def __init__(self, layer_size: Annotated[int, Ge(1)] = 3, *, key: object = None) -> None:
            self.layer_size = layer_size

    assert Layered().layer_size == 3
    with pytest.raises(SettingError, match=r"^layer_size must be at least 1, got 0$"):
        Layered(0)


def test_units_have_a_plural():
    assert declared(Example)["num_steps"].unit.of(8) == "8 steps"


@pytest.mark.parametrize("value", [3, 3.0, np.int64(3), np.float32(3)])
def test_whole_numbers_are_counts(value):
    found = whole("lag", value, least=1)
    assert (found, type(found)) == (3, int)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (2.6, "lag must be a whole number of at least 1 step, got 2.6; the nearest is 3"),
        (0.2, "lag must be a whole number of at least 1 step, got 0.2; the nearest is 1"),
        (float("nan"), "lag must be a whole number of at least 1 step, got nan"),
        (float("inf"), "lag must be a whole number of at least 1 step, got inf"),
        ("3", "lag must be a whole number of at least 1 step, got '3'"),
        (None, "lag must be a whole number of at least 1 step, got null"),
        (-2.0, "lag must be at least 1 step, got -2"),
    ],
)
def test_counts_that_are_none(value, message):
    with pytest.raises(SettingError) as refused:
        whole("lag", value, least=1, unit="step")
    assert str(refused.value) == message
