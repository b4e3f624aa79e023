"""What a sweep over seeds comes to: the spread of each result over the trainings that finished."""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.table import Column, Table

from rnnchaos.runs import Status
from rnnchaos.sweeps.standing import Standing
from rnnchaos.sweeps.sweep import Sweep
from rnnchaos.sweeps.units import by_unit


@dataclass(frozen=True)
class Spread:
    """Of one number over trainings; linear interpolation between its values."""

    median: float
    lower_quartile: float
    upper_quartile: float
    smallest: float
    largest: float
    count: int

    @classmethod
    def of(cls, numbers: Sequence[float]) -> "Spread":
        """Of at least one number."""
        lower, median, upper = statistics.quantiles(
            [*numbers, *numbers[: len(numbers) == 1]], method="inclusive"
        )
        return cls(median, lower, upper, min(numbers), max(numbers), len(numbers))


def is_over_seeds(sweep: Sweep) -> bool:
    """Whether the cells, more than one and not drawn by a search, differ in nothing but their seeds."""
    varied = {name for line in sweep.lines for name in (*line["settings"], *line["without"])}
    return not sweep.search and varied - {"name"} == {"seed"}


def spreads(found: Sequence[Standing]) -> dict[str, Spread]:
    """Of every finite number of the finished trainings' summaries, by its name."""
    finished = [by_unit(standing.headline) for standing in found if standing.status == Status.FINISHED]
    names = dict.fromkeys(name for headline in finished for name in headline if name != "seed")
    numbers = {name: [float(own[name]) for own in finished if _is_number(own.get(name))] for name in names}
    return {name: Spread.of(values) for name, values in numbers.items() if values}


def spread_table(found: Mapping[str, Spread]) -> Table:
    """The numbers that differ between trainings."""
    table = Table(Column(overflow="fold"), box=SIMPLE_HEAD, pad_edge=False)
    for header in ("median", "quartiles", "range", "of"):
        table.add_column(header, no_wrap=True)
    for name, spread in found.items():
        if spread.smallest < spread.largest:  # else a setting, not a result
            quartiles = f"{spread.lower_quartile:.4g} … {spread.upper_quartile:.4g}"
            ends = f"{spread.smallest:.4g} … {spread.largest:.4g}"
            table.add_row(name, f"{spread.median:.4g}", quartiles, ends, str(spread.count))
    return table


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
