"""What a Lyapunov spectrum measures, and how long."""

from typing import NamedTuple

from rnnchaos.errors import ConfigError
from rnnchaos.tangent.spectrum import LyapunovSpectrum


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

    def target(self, found: LyapunovSpectrum) -> float | None:
        """The standard error of λ_max to reach, in nats per time unit, given what has been found so far."""
        if self.target_stderr is not None or self.target_relative_error is None:
            return self.target_stderr
        return self.target_relative_error * float(found.exponents[0]) if found.chaotic else None


def check_plan(plan: SpectrumPlan, dimension: int) -> None:
    """Raise ConfigError for a setting out of its bounds."""
    count = plan.num_exponents
    if not 1 <= count <= dimension:
        raise ConfigError(f"num_exponents must be from 1 to the state's {dimension} dimensions, got {count}")
    for name, least in (("num_blocks", 4), ("transient", 0), ("qr_every", 1)):
        value = getattr(plan, name)
        if value is not None and value < least:
            unit = {"num_blocks": "blocks", "transient": "steps", "qr_every": "step"}[name]
            raise ConfigError(f"{name} must be at least {least} {unit}, got {value}")
    if plan.num_steps < plan.num_blocks:
        raise ConfigError(
            f"num_steps must be at least num_blocks ({plan.num_blocks} steps), got {plan.num_steps}"
        )
    if not plan.time_per_step > 0:
        raise ConfigError(f"time_per_step must be above 0 time units, got {plan.time_per_step}")
    for name, unit in (("target_stderr", " nats per time unit"), ("target_relative_error", "")):
        value = getattr(plan, name)
        if value is not None and not value > 0:
            raise ConfigError(f"{name} must be above 0{unit}, got {value}")
