"""A metric as it is stored and shown: a number, the two it lies between, and the errors of both."""

import math
from typing import NamedTuple


class Metric(NamedTuple):
    """One measured number, and the two it lies between."""

    name: str
    value: float | None
    """None where there is none; `note` then says why."""
    standard_error: float | None
    """How far values of other free runs of the network, or other starts, scatter; None where that is unknown."""
    floor: float | None
    """What a perfect model scores: truth against truth."""
    ceiling: float | None
    """What a model without dynamics scores: a fixed point at the truth's mean, against the truth."""
    unit: str
    definition: str
    note: str = ""
    floor_standard_error: float | None = None
    """How far floors of other stretches of the truth scatter; 0 where it is exact, None where that is unknown."""

    @property
    def above_floor(self) -> bool | None:
        """Whether the value is worse than a perfect model's by more than chance.

        That is by more than 1.96 standard errors of the difference, on the side of the ceiling. A metric at its floor
        does not tell networks apart. None where a number or an error is unknown.
        """
        if self.value is None or self.floor is None:
            return None
        if self.standard_error is None or self.floor_standard_error is None:
            return None
        side = -1.0 if self.ceiling is not None and self.ceiling < self.floor else 1.0
        error = math.hypot(self.standard_error, self.floor_standard_error)
        return side * (self.value - self.floor) > 1.96 * error

    def record(self) -> dict[str, str | float | bool | None]:
        """As it is stored."""
        return {**self._asdict(), "above_floor": self.above_floor}
