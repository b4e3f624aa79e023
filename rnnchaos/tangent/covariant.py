"""Covariant Lyapunov vectors: the direction in tangent space that belongs to each exponent."""

import math
from itertools import combinations
from typing import NamedTuple

import jax
import numpy as np
from jaxtyping import Float, Int

from rnnchaos.errors import ConfigError
from rnnchaos.setting import whole
from rnnchaos.tangent.angles import line_angles, smallest_principal_angle
from rnnchaos.tangent.averages import deviation, long_pieces
from rnnchaos.tangent.backward import records_backward
from rnnchaos.tangent.finite_time import FiniteTimeExponents, advance, orbits_from
from rnnchaos.tangent.functions import check_step
from rnnchaos.tangent.grades import Check
from rnnchaos.tangent.likeness import pooled_checks
from rnnchaos.tangent.plan import count_of
from rnnchaos.tangent.propagation import Orbits
from rnnchaos.tangent.tangent import states_of, step_of, time_per_step_of
from rnnchaos.typing import HasStep, Points, Step

_PILOT_STEPS = 1_000
# Vectors start out wrong by about 1, and are then wrong by e^-25 = 1e-11.
_FOLDS = 25.0
_MOST_BYTES = 2**31
# Over T time units a zero exponent is still off by about this much over T: how |velocity| differs at the two ends.
_END_EFFECT = 3.0


class CovariantVectors(NamedTuple):
    """Covariant Lyapunov vectors along orbits, a set every `record_every` steps, in the order of their exponents."""

    states: Float[np.ndarray, "orbit record state"]
    vectors: Float[np.ndarray, "orbit record k state"]
    """Of unit length and either sign: the Jacobian of the steps between maps each onto a multiple of the next."""
    growth: Float[np.ndarray, "orbit record k"]
    """Log growth of each vector until the next record: covariant local exponents, nats per time unit."""
    record_every: int
    """Steps between records."""
    time_per_step: float
    transient_steps: int
    """Steps before the first record, and again after the last, in which the vectors settled."""
    checks: tuple[Check, ...] = ()
    """A warning where orbits have exponents of their own all along, and so are on several attractors."""

    @property
    def num_steps(self) -> int:
        """Steps per orbit that the records span."""
        return self.states.shape[1] * self.record_every

    @property
    def exponents(self) -> Float[np.ndarray, " k"]:
        """Mean growth, nats per time unit."""
        return self.growth.mean(axis=(0, 1))

    @property
    def standard_error(self) -> Float[np.ndarray, " k"]:
        """Of `exponents`, from the spread over long pieces of the orbits."""
        pieces = long_pieces(self.growth)
        return deviation(pieces) / np.sqrt(pieces.shape[0] * pieces.shape[1])

    @property
    def alignment_folds(self) -> Float[np.ndarray, " gap"]:
        """Powers of e by which the transients turned each vector away from the next one.

        Two vectors with a small number here are known only as the plane that they span.
        """
        gaps = self.exponents[:-1] - self.exponents[1:]
        return gaps * self.transient_steps * self.time_per_step

    @property
    def num_not_contracting(self) -> int:
        """Vectors of exponents that are positive, or zero within their errors."""
        orbit_time = self.num_steps * self.time_per_step
        error = np.hypot(3 * self.standard_error, _END_EFFECT / orbit_time)
        return int(np.sum(self.exponents > -error))

    @property
    def pairs(self) -> Int[np.ndarray, "pair 2"]:
        """Indices, from 0, of the two vectors between which each of `angles` lies."""
        return np.array(list(combinations(range(self.growth.shape[-1]), 2)), dtype=int).reshape(-1, 2)

    @property
    def angles(self) -> Float[np.ndarray, "orbit record pair"]:
        """Angle between each pair of vectors, as lines: radians from 0, a tangency, to π/2."""
        found = [line_angles(self.vectors[:, :, i], self.vectors[:, :, j]) for i, j in self.pairs]
        return np.stack(found, axis=-1) if found else np.empty((*self.growth.shape[:2], 0))

    def splitting_angles(self, leading: int | None = None) -> Float[np.ndarray, "orbit record"]:
        """Smallest angle between the span of the `leading` vectors and that of the others, radians.

        By default the leading ones are those that do not contract, and the angle is that between the unstable and
        neutral directions together and the stable ones. Vectors that were not measured could only make it smaller.
        Raises ConfigError where either side is empty.
        """
        count = self.growth.shape[-1]
        split = self.num_not_contracting if leading is None else whole("leading", leading)
        if not 1 <= split < count:
            raise ConfigError(
                f"leading must be from 1 to {count - 1}, one less than the vectors, got {split}"
            )
        return smallest_principal_angle(self.vectors[:, :, :split], self.vectors[:, :, split:])

    def finite_time(self, window: int | None = None) -> FiniteTimeExponents:
        """The growth of covariant vectors over windows of `window` steps, by default of one record each."""
        shortest = FiniteTimeExponents(self.growth, self.record_every, self.time_per_step, self.checks)
        if window is None:
            return shortest
        if window < 1 or window % self.record_every:
            raise ConfigError(
                f"window must be a multiple of record_every ({self.record_every} steps), got {window}"
            )
        return shortest.over(window // self.record_every)


def covariant_vectors(
    step: Step | HasStep,
    x0: Points,
    *,
    num_steps: int,
    num_vectors: int | None = None,
    transient: int | None = None,
    qr_every: int = 1,
    record_every: int | None = None,
    time_per_step: float | None = None,
) -> CovariantVectors:
    """The `num_vectors` leading covariant Lyapunov vectors of `step` (all by default), in float64.

    Forward along the orbit, QR decompositions carry an orthonormal basis Q of tangent space and give triangular
    matrices R; backward, C_n = R_{n+1}⁻¹ C_{n+1} with columns of length 1 converges from any triangular C, and the
    vectors are the columns of QC (Ginelli et al. 2007, Phys. Rev. Lett. 99, 130601; 2013, J. Phys. A 46, 254005).
    Orbits of a step function, or of anything with a `step`, start at `x0`, one state or several, as lists, NumPy or
    JAX arrays, all on one attractor: a warning in `checks` says where their exponents show that they are not, and
    `find_attractors` tells them apart.

    For `num_steps` steps per orbit, rounded up, vectors are recorded every `record_every` steps, a multiple of
    `qr_every` and by default that. Q settles for `transient` steps before, and C for as many beyond; None takes what
    the smallest gap between the exponents of a pilot run needs to align the vectors to 1e-11, from 1000 steps up to
    `num_steps`. Beside the record itself, of at most 2 GiB, memory grows with the root of the number of steps:
    stretches of the orbit are run a second time on the way back.

    Raises ConfigError for a setting out of its bounds, for a direction that the step collapses or a `qr_every` too
    long to resolve it, and for a step that does not map float64 states to float64 states; RunError where an orbit
    escapes to infinity.

    >>> henon = lambda x: jnp.array([1 - 1.4 * x[0] ** 2 + x[1], 0.3 * x[0]])
    >>> covariant_vectors(henon, [0.0, 0.0], num_steps=10_000).splitting_angles().min()  # near 0: tangencies
    """
    time_per_step = time_per_step_of(step, time_per_step)
    step, starts = step_of(step), states_of(x0)
    dimension = starts.shape[-1]
    count = count_of("num_vectors", num_vectors, dimension=dimension)
    num_steps = whole("num_steps", num_steps, least=1, unit="step")
    transient = None if transient is None else whole("transient", transient, least=0, unit="step")
    qr_every = whole("qr_every", qr_every, least=1, unit="step")
    record_every = qr_every if record_every is None else whole("record_every", record_every)
    _check_records(count, num_steps, qr_every, record_every, starts)
    records, intervals = -(-num_steps // record_every), record_every // qr_every
    with jax.enable_x64(True):
        check_step(step, dimension)
        orbits, settling = _settle(
            step, starts, count, transient=transient, longest=max(num_steps, _PILOT_STEPS), interval=qr_every
        )
        kept = list(
            records_backward(
                step, orbits, records=records, intervals=intervals, interval=qr_every, settling=settling
            )
        )
    states, vectors, growth = (
        np.concatenate(parts[::-1], axis=1)[:, :records] for parts in zip(*kept, strict=True)
    )
    growth /= record_every * time_per_step
    return CovariantVectors(
        states, vectors, growth, record_every, time_per_step, settling * qr_every, pooled_checks(growth)
    )


def _settle(
    step: Step,
    x0: Float[np.ndarray, "*orbits state"],
    count: int,
    *,
    transient: int | None,
    longest: int,
    interval: int,
) -> tuple[Orbits, int]:
    """Orbits with bases that have settled, and the QR intervals that this took or should have taken."""
    # One vector more than asked for, since the last one settles by its gap to the next.
    orbits = orbits_from(x0, min(count + 1, x0.shape[-1]))
    pilot = -(-(_PILOT_STEPS if transient is None else transient) // interval)
    orbits, growth = advance(step, orbits, [pilot], interval, passed=0)
    orbits = orbits._replace(basis=orbits.basis[:, :count], remainder=orbits.remainder[:, :count])
    if transient is not None:
        return orbits, pilot
    rates = np.asarray(growth.log_lengths).mean(axis=(0, 1)) / pilot
    rates = np.sort(rates[np.isfinite(rates)])[::-1]
    gap = np.min(rates[:-1] - rates[1:], initial=np.inf)
    more = math.ceil(min(_FOLDS / max(gap, 1e-9), longest / interval)) - pilot
    if more <= 0:
        return orbits, pilot
    orbits, _ = advance(step, orbits, [more], interval, passed=pilot * interval)
    return orbits, pilot + more


def _check_records(
    count: int,
    num_steps: int,
    qr_every: int,
    record_every: int,
    x0: Float[np.ndarray, "*orbits state"],
) -> None:
    dimension = x0.shape[-1]
    if record_every < 1 or record_every % qr_every:
        raise ConfigError(
            f"record_every must be a multiple of qr_every ({qr_every} steps), got {record_every}"
        )
    most = _MOST_BYTES // (x0.size // dimension * record_bytes(count, dimension)) * record_every
    if num_steps > most:
        raise ConfigError(
            f"num_steps must be at most {most} here, where {count} vectors every {record_every} steps fill "
            f"{_MOST_BYTES // 2**30} GiB, got {num_steps}"
        )


def record_bytes(count: int, dimension: int) -> int:
    """Memory that one record of `count` vectors with its state takes."""
    return 8 * (count + 1) * (dimension + 1)
