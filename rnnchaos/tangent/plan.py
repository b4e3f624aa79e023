"""What a Lyapunov spectrum measures, and how long."""

from typing import NamedTuple

import numpy as np
import scipy

from rnnchaos.errors import ConfigError
from rnnchaos.setting import positive, whole
from rnnchaos.tangent.averages import deviation, long_pieces
from rnnchaos.tangent.spectrum import LyapunovSpectrum

# The share of runs that are long enough when their length is decided.
_LONG_ENOUGH = 0.9
# Counts of a plan, the least that each may be, and what it counts.
_COUNTS = (
    ("num_blocks", 4, "block"),
    ("transient", 0, "step"),
    ("qr_every", 1, "step"),
    ("num_steps", 1, "step"),
    ("max_steps", 1, "step"),
)


class SpectrumPlan(NamedTuple):
    """What is measured, and how long."""

    num_steps: int
    num_exponents: int
    transient: int | None
    qr_every: int | None
    num_blocks: int
    time_per_step: float
    target_stderr: float | None
    target_relative_error: float | None
    max_steps: int

    @property
    def has_target(self) -> bool:
        """Whether the length follows from an error to reach."""
        return self.target_stderr is not None or self.target_relative_error is not None

    def target(self, found: LyapunovSpectrum) -> float | None:
        """The standard error of λ_max to reach, in nats per time unit, given what has been found so far."""
        if self.target_stderr is not None or self.target_relative_error is None:
            return self.target_stderr
        return self.target_relative_error * float(found.exponents[0]) if found.chaotic else None

    def goal(self, found: LyapunovSpectrum, *, steps: int, pieces_per_orbit: int = 1) -> int:
        """Steps per orbit after which 9 of 10 runs have an error within the target, given one of `steps` steps."""
        target = self.target(found)
        if target is None:
            return steps
        leading = found.blocks[..., :1]
        final, pieces = long_pieces(leading).size, long_pieces(leading, per_orbit=pieces_per_orbit)
        error = deviation(pieces)[0] * np.sqrt(found.num_steps / steps / pieces.size)
        margin = scipy.special.fdtri(final - 1, pieces.size - 1, _LONG_ENOUGH)
        return int(np.ceil(min(steps * margin * (error / target) ** 2, self.max_steps)))


def checked_plan(plan: SpectrumPlan, dimension: int) -> SpectrumPlan:
    """The same with every count as an int. Raises ConfigError for a setting out of its bounds."""
    counts = {
        name: whole(name, getattr(plan, name), least=least, unit=unit)
        for name, least, unit in _COUNTS
        if getattr(plan, name) is not None
    }
    plan = plan._replace(
        num_exponents=count_of("num_exponents", plan.num_exponents, dimension=dimension), **counts
    )
    if plan.num_steps < plan.num_blocks:
        raise ConfigError(
            f"num_steps must be at least num_blocks ({plan.num_blocks} steps), got {plan.num_steps}"
        )
    positive("time_per_step", plan.time_per_step, unit="time units")
    for name, unit in (("target_stderr", "nats per time unit"), ("target_relative_error", "")):
        value = getattr(plan, name)
        if value is not None:
            positive(name, value, unit=unit)
    return plan


def count_of(name: str, value: int | None, *, dimension: int) -> int:
    """How many exponents or vectors, all by default. Raises ConfigError for more than there are."""
    count = dimension if value is None else whole(name, value)
    if not 1 <= count <= dimension:
        raise ConfigError(f"{name} must be from 1 to the state's {dimension} dimensions, got {count}")
    return count
