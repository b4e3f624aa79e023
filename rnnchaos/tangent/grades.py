"""How a check came out, and by what figure."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple


class Grade(StrEnum):
    """How a check came out, the better ones first."""

    PASS = "pass"
    WARN = "warn"
    UNDECIDED = "undecided"
    """The data cannot tell."""
    FAIL = "fail"

    @property
    def trusted(self) -> bool:
        """Whether a number of this grade may be relied on, be it with care."""
        return self in (Grade.PASS, Grade.WARN)


class Check(NamedTuple):
    """One check of a spectrum."""

    name: str
    grade: Grade
    figure: float
    """What was measured."""
    bound: float
    """Up to where, or from where on, it passes."""
    meaning: str
    """The figure in words, with its unit."""


def worst(checks: Sequence[Check]) -> Grade:
    """The worst grade of all."""
    order = list(Grade)
    return max((check.grade for check in checks), key=order.index, default=Grade.PASS)
