"""What is wanted of a search."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

from rnnchaos.nearest import did_you_mean
from rnnchaos.runs import Status
from rnnchaos.sweeps.standing import Standing
from rnnchaos.sweeps.units import units_of

Direction = Literal["auto", "minimize", "maximize"]
Sampler = Literal["nsgaii", "qmc", "random", "tpe"]
"""optuna's names in small letters; not CMA-ES, which keeps Python objects in the study: no file ever becomes code."""

# Numbers of which the larger is the better, and differences from the truth, of which the one nearest 0 is.
_LARGER_IS_BETTER = ("valid_prediction_time", "valid_prediction_time_smape", "share")
_SIGNED = ("lambda_max_relative_error", "lambda_max_difference_standard_errors")


def resolved(direction: Direction, metric: str) -> str:
    """Which way a metric is better, where `auto` leaves it to its name."""
    if direction != "auto":
        return direction
    return "maximize" if metric in _LARGER_IS_BETTER else "minimize"


class Goal(NamedTuple):
    """What is wanted of a search, and how it is drawn."""

    metric: str
    direction: str
    sampler: str
    seed: int

    @property
    def maximize(self) -> bool:
        return self.direction == "maximize"

    @property
    def compared(self) -> str:
        """What is compared, in words: of a difference its size."""
        return f"|{self.metric}|" if self.metric in _SIGNED else self.metric

    def value(self, standing: Standing) -> float | None:
        """The number that is compared; None where a cell has none that is finite."""
        found = standing.headline.get(self.metric) if standing.status == Status.FINISHED else None
        if not isinstance(found, int | float) or not math.isfinite(found):
            return None
        return abs(float(found)) if self.metric in _SIGNED else float(found)

    def lacking(self, results: Sequence[Mapping[str, Any]], where: Path) -> str | None:
        """What is wrong with the metric: no result has such a number, null being one, or they are in several units."""
        if not results:
            return None
        units = sorted(units_of(results, self.metric))
        if len(units) > 1:
            return (
                f"hydra.sweeper.metric={self.metric} must have one unit in all results, got {' and '.join(units)} in "
                f"{where}: of some data an exponent is trusted, of others not; n_step_error has one"
            )
        numbers = {
            name for result in results for name, value in result.items() if not isinstance(value, str | bool)
        }
        if self.metric in numbers:
            return None
        near = did_you_mean(self.metric, sorted(numbers)) or f" (numbers: {', '.join(sorted(numbers))})"
        return f"hydra.sweeper.metric={self.metric}: no such number among the results in {where}{near}"
