"""Orbits followed in compiled chunks, and the spectrum that the average over them is."""

from typing import Literal, NamedTuple

import jax
import numpy as np
from jaxtyping import Array, Bool, Float

from rnnchaos.errors import ConfigError, RunError
from rnnchaos.tangent.averages import aligned_block, end_effects, transient_blocks
from rnnchaos.tangent.independence import independent
from rnnchaos.tangent.plan import SpectrumPlan
from rnnchaos.tangent.propagation import Divergence, Growth, Orbits, check_bounded, follow
from rnnchaos.tangent.resolution import finite, resolves
from rnnchaos.tangent.spectrum import LyapunovSpectrum
from rnnchaos.typing import AnyStep


class Measured(NamedTuple):
    """What was summed along orbits, before it is averaged."""

    growth: list[Growth]
    remainder: Float[np.ndarray, "orbit k"]
    steps_per_block: int
    interval: int
    transient_steps: int
    stopped: Literal["steps", "target", "limit", "slow"]
    shared: Bool[np.ndarray, "orbit orbit"]
    """Which orbits go the same way (`shared_orbits`)."""
    ends: Float[Array, "orbit state"]
    """Where they are in the end."""


class Follower(NamedTuple):
    """`follow` for one step function: its lengths are arguments, so that it is compiled once."""

    step: AnyStep
    divergence: Divergence | None
    num_blocks: int
    careful: bool = False
    inputs: Float[Array, "orbit time input"] | None = None
    """What drives each orbit."""

    def steps(self, least: int, interval: int) -> int:
        """The fewest steps, of `least` and more, that fill the blocks with whole intervals.

        Of driven orbits the most that are not more, since no input comes after the last.
        """
        chunk = self.num_blocks * interval
        return chunk * (least // chunk if self.inputs is not None else -(-least // chunk))

    def run(self, orbits: Orbits, steps: int, interval: int, *, passed: int) -> tuple[Orbits, Growth, int]:
        """Follow orbits for about `steps` steps, `passed` steps after their start; also the steps taken."""
        taken = self.steps(steps, interval)
        orbits, growth = follow(
            self.step,
            self.divergence,
            orbits.restart(),
            self.num_blocks,
            jax.device_put(taken // (self.num_blocks * interval)),
            jax.device_put(interval),
            inputs=self.inputs,
            careful=self.careful,
        )
        check_bounded(orbits, taken, interval, offset=passed)
        return orbits, growth, taken


def resolved_run(
    follower: Follower, start: Orbits, steps: int, interval: int, *, passed: int, shorter: bool
) -> tuple[Orbits, Measured] | None:
    """A run whose every QR decomposition resolves all vectors, by intervals as short as that takes where it may.

    None where one step takes more than the quick way resolves. Raises ConfigError where the interval must not change.
    """
    while True:
        orbits, growth, taken = follower.run(start, steps, interval, passed=passed)
        remainder = np.asarray(orbits.remainder)
        if follower.careful or (resolves(growth, remainder) and finite(growth)):
            alone = np.zeros((len(remainder), len(remainder)), dtype=bool)
            block = taken // follower.num_blocks
            return orbits, Measured(
                [growth], remainder, block, interval, passed, "steps", alone, orbits.state
            )
        if interval == 1 or resolves(growth, remainder):
            return None
        if not shorter:
            raise ConfigError(
                f"qr_every must be shorter here, where float64 loses the smallest exponents between QR "
                f"decompositions of some stretches of the orbit, got {interval}"
            )
        interval = max(1, interval // 2)


def averaged_spectrum(
    measured: Measured, plan: SpectrumPlan, *, dimension: int, divergence: Divergence | None
) -> LyapunovSpectrum:
    """The average of what was measured, without what is found to be a transient.

    Raises RunError where a Jacobian on the way is not finite.
    """
    block_time = measured.steps_per_block * plan.time_per_step
    kept = independent(measured.shared)
    lengths = np.concatenate([np.asarray(growth.log_lengths)[kept] for growth in measured.growth], axis=1)
    volumes = np.concatenate([np.asarray(growth.log_volume)[kept] for growth in measured.growth], axis=1)
    if np.isnan(lengths).any() or np.isposinf(lengths).any():
        raise RunError(
            "the step's Jacobian is not finite everywhere on the orbit: no Lyapunov exponent exists"
        )
    # QR orders the exponents, up to neighbours closer than their errors.
    order = np.argsort(-lengths.mean(axis=(0, 1)), kind="stable")
    blocks = lengths[..., order] / block_time
    begins = transient_blocks(blocks)
    if begins is None:  # growth as a power of time never settles, nor does it have to
        passed = measured.transient_steps * plan.time_per_step
        begins = transient_blocks(blocks[..., end_effects(blocks, block_time=block_time, passed=passed) == 0])
    dropped = 0 if plan.transient is not None else _dropped(blocks, begins, measured, plan)
    blocks = blocks[:, dropped:]

    log_volume_rate = None
    volume_rate = float(volumes[:, dropped:].mean()) / measured.steps_per_block
    if divergence is not None:
        log_volume_rate = volume_rate
    elif plan.num_exponents == dimension:
        log_volume_rate = volume_rate / plan.time_per_step
    return LyapunovSpectrum(
        blocks,
        measured.steps_per_block * blocks.shape[1],
        measured.interval,
        plan.time_per_step,
        dimension,
        log_volume_rate,
        transient_steps=measured.transient_steps + dropped * measured.steps_per_block,
        settled=begins is not None if plan.transient is None else begins == 0,
        remainder=np.sqrt(measured.remainder.min(axis=0))[order],
        stopped=measured.stopped,
        counted=kept,
    )


def _dropped(
    blocks: Float[np.ndarray, "orbit block k"], begins: int | None, measured: Measured, plan: SpectrumPlan
) -> int:
    """Blocks at the beginning that do not count: the transient of the state, and that of the tangent vectors."""
    count = blocks.shape[1]
    settled = count // 2 if begins is None else begins
    aligned = aligned_block(
        blocks[:, settled:].mean(axis=(0, 1)),
        block_time=measured.steps_per_block * plan.time_per_step,
        passed=measured.transient_steps * plan.time_per_step,
        count=count,
    )
    return max(settled, aligned)
