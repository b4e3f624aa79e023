"""Which numbers still tell networks apart: a metric at its floor is the same for a good network and a perfect one."""

from collections.abc import Sequence
from typing import NamedTuple

from rnnchaos.diagnostics.comparison import Comparison
from rnnchaos.metrics import Metric

# Where no error says how floors scatter: up to twice as much may be another draw of truth against truth.
_DRAW = 2.0
# A metric whose floor is so near its ceiling says nothing of any network.
_MOST_FLOOR = 0.5
# Exponents count as different from so many standard errors on.
_SIGNIFICANT = 3.0


class Telling(NamedTuple):
    """Names of the numbers of a network by what they can say of it."""

    apart: tuple[str, ...]
    """Those beyond their floors: a better network would have them lower, or nearer to the truth."""
    at_floor: tuple[str, ...]
    """Those that a perfect network has as well."""
    mute: tuple[str, ...]
    """Metrics whose floor is near their ceiling, as on too short a series."""

    def sentence(self) -> str:
        """All of it in one line."""
        parts = [
            f"tell networks apart: {', '.join(self.apart)}" if self.apart else "nothing tells networks apart",
            f"at their floor: {', '.join(self.at_floor)}" if self.at_floor else "",
            f"no use here, their floor is near their ceiling: {', '.join(self.mute)}" if self.mute else "",
        ]
        return "; ".join(filter(None, parts))


def telling(metrics: Sequence[Metric], comparison: Comparison | None) -> Telling:
    """Of the metrics that have a value, and of the exponents that could be compared."""
    apart: list[str] = []
    at_floor: list[str] = []
    mute: list[str] = []
    for metric in metrics:
        if metric.value is None or metric.floor is None or metric.ceiling is None:
            continue
        where = mute if is_mute(metric) else at_floor if is_at_floor(metric) else apart
        where.append(metric.name)
    for each in () if comparison is None else comparison.exponents:
        (apart if abs(each.in_errors) > _SIGNIFICANT else at_floor).append(each.name)
    return Telling(tuple(apart), tuple(at_floor), tuple(mute))


def is_mute(metric: Metric) -> bool:
    """Whether truth against truth scores about as much as a fixed point against the truth."""
    assert metric.floor is not None
    assert metric.ceiling is not None
    best, worst = abs(metric.floor), abs(metric.ceiling)
    return min(best, worst) > _MOST_FLOOR * max(best, worst)


def is_at_floor(metric: Metric) -> bool:
    """Whether the value lies beyond the floor by no more than chance."""
    if metric.above_floor is not None:
        return not metric.above_floor
    assert metric.value is not None
    assert metric.floor is not None
    assert metric.ceiling is not None
    if metric.floor > metric.ceiling:  # the more the better, up to the horizon
        return metric.value >= metric.floor / _DRAW
    return metric.value <= _DRAW * metric.floor
