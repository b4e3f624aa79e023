"""A measured Lyapunov spectrum, and what follows from it."""

from typing import Literal, NamedTuple

import numpy as np
from jaxtyping import Bool, Float

from rnnchaos.numbers import number
from rnnchaos.setting import SettingError
from rnnchaos.tangent.averages import (
    count_of_pieces,
    end_effects,
    error_of_mean,
    powers_seen,
    quantile,
    unparted,
)
from rnnchaos.tangent.grades import Check, Grade
from rnnchaos.tangent.wording import exponent_words

# Below this share of its length, what is left of a tangent vector is rounding: log R_ii is off by 1e-3 or more.
RESOLVED_SHARE = 1e-13
# Exponents below this are zero, nats per step: that much rounding adds to the logarithms of lengths of about 1.
ROUNDING = 1e-12
# Exponents of a step that conserves volume sum to less than this, nats per step.
_CONSERVED = 1e-7
# What 3 standard errors of a known size hold.
_SURE = 0.9973
_SHOWN_EXPONENTS = 6


class LyapunovSpectrum(NamedTuple):
    """Lyapunov exponents in nats per time unit, largest first, from equal blocks of one or several orbits.

    An exponent of -inf is a direction that a singular Jacobian collapses.
    """

    blocks: Float[np.ndarray, "orbit block k"]
    """The mean growth of each tangent direction within each block: local exponents, nats per time unit."""
    num_steps: int
    """Steps averaged, per orbit."""
    qr_every: int
    """Steps between QR decompositions."""
    time_per_step: float
    dimension: int
    """Length of the state: the number of exponents that there are."""
    log_volume_rate: float | None
    """What `sum` should be, nats per time unit: the mean divergence, or mean log|det J|, of the same steps.

    None where not all exponents were measured and no divergence was given.
    """
    transient_steps: int = 0
    """Steps that each orbit took before those that are averaged."""
    settled: bool = True
    """Whether the beginning of what is averaged is like the rest of it."""
    remainder: Float[np.ndarray, " k"] | None = None
    """Least share of a tangent vector's length that one QR decomposition left of it."""
    stopped: Literal["steps", "target", "limit", "slow"] = "steps"
    """Why the average ended: at the steps asked for, at the standard error asked for, or before that at the limit, or
    where the error falls too slowly, since orbits keep exponents of their own."""
    rounded: Float[np.ndarray, " k"] | None = None
    """What exponents measured, nats per time unit, that are -inf since all that was left of a vector was rounding."""
    kinks: int = 0
    """Orbits that stay on a kink of the step, where its derivative is one-sided."""
    unstable: int = 0
    """Steps after which orbits repeat themselves although neighbours part; 0 where none does."""
    counted: Bool[np.ndarray, " start"] | None = None
    """Which of the orbits that were started `blocks` are of; the others go where these have been. None means all."""
    checks: tuple[Check, ...] = ()
    """What the spectrum was held against, where the caller did not want other checks."""

    def __str__(self) -> str:
        """A short table: exponents with their standard errors, what follows from them, and the checks."""
        words = self.words()
        rows = [
            f"  λ_{index + 1:<3}{'' if said.startswith('-') else ' '}{said}"
            for index, said in enumerate(words)
        ]
        if len(rows) > _SHOWN_EXPONENTS:
            rows[_SHOWN_EXPONENTS:] = [f"  … {len(rows) - _SHOWN_EXPONENTS} more in .exponents"]
        dimension = number(self.kaplan_yorke, self.kaplan_yorke_error)
        orbits = f"{self.num_orbits} orbit{'s' if self.num_orbits > 1 else ''} of {self.num_steps} steps"
        return "\n".join(
            [
                "Lyapunov exponents, nats per time unit; digits in brackets are standard errors",
                *rows,
                f"Kaplan–Yorke dimension {dimension}, entropy {number(self.entropy, self.entropy_error)}",
                f"{orbits}, {self.transient_steps} before them dropped",
                *self._grades(),
            ]
        )

    def __repr__(self) -> str:
        """λ_max and where the rest is: forty blocks tell nobody anything."""
        return f"<LyapunovSpectrum of {len(self.exponents)} exponents, λ_max {self.words()[0]} nats per time unit>"

    def words(self, *, per_step: bool = False) -> list[str]:
        """Each exponent with its standard error, or where it has none as what it is: an exact 0, or a bound."""
        unit = self.time_per_step if per_step else 1.0
        rows = zip(self.exponents, self.standard_error, self.powers, self.resolved, strict=True)
        return [
            exponent_words(
                value * unit,
                error * unit,
                power=bool(power),
                bound=not resolved,
                exact=bool(abs(value) <= self._rounding),
            )
            for value, error, power, resolved in rows
        ]

    def _grades(self) -> list[str]:
        """The checks in lines: one where all pass, else one for each that does not."""
        wrong = [check for check in self.checks if check.grade is not Grade.PASS]
        if self.checks and not wrong:
            return [f"checks: all {len(self.checks)} pass"]
        return [f"check {check.name}: {check.grade}, {check.figure:.2g} ({check.meaning})" for check in wrong]

    @property
    def num_orbits(self) -> int:
        return self.blocks.shape[0]

    @property
    def retraced(self) -> int:
        """Orbits that were left out since they go where others have been."""
        return 0 if self.counted is None else int(np.sum(~self.counted))

    @property
    def exponents(self) -> Float[np.ndarray, " k"]:
        """Mean over all blocks of all orbits."""
        return self.blocks.mean(axis=(0, 1))

    @property
    def standard_error(self) -> Float[np.ndarray, " k"]:
        """Standard deviation over long pieces of the orbits by the root of their number, and `end_effects`.

        No less than the distance to the mean of two neighbours that the run did not part (`averages.unparted`).
        """
        apart = unparted(self.exponents, run=self.num_steps * self.time_per_step)
        return np.maximum(np.hypot(error_of_mean(self.blocks), self.end_effects), apart)

    @property
    def end_effects(self) -> Float[np.ndarray, " k"]:
        """How far exponents may be from 0 by growth as a power of time, which all orbits share; else 0.

        It falls as ln T / T only where that is seen (`powers`), and is found from the orbits (`averages.end_effects`).
        """
        return end_effects(self.blocks, **self._times)

    @property
    def powers(self) -> Bool[np.ndarray, " k"]:
        """Which exponents fall as ln T / T: seen to, or of a step that conserves volume; else 0 within their error.

        Of few orbits, or of chaos, a run may not tell a power of time from a small exponent.
        """
        return (self.end_effects > 0) & (self.conserves | powers_seen(self.blocks, **self._times))

    @property
    def conserves(self) -> bool:
        """Whether the step keeps volumes: then nothing attracts."""
        rate = np.inf if self.log_volume_rate is None else self.log_volume_rate
        return bool(abs(rate) * self.time_per_step <= _CONSERVED)

    @property
    def _times(self) -> dict[str, float]:
        block_time = self.num_steps * self.time_per_step / self.blocks.shape[1]
        return {"block_time": block_time, "passed": self.transient_steps * self.time_per_step}

    @property
    def zero(self) -> Bool[np.ndarray, " k"]:
        """Which exponents are 0 for all that the run tells: by rounding, or as small as powers of time."""
        return (np.abs(self.exponents) <= self._rounding) | (self.end_effects > 0)

    @property
    def _rounding(self) -> float:
        return ROUNDING / self.time_per_step

    def confidence_interval(self, level: float = 0.95) -> Float[np.ndarray, "k 2"]:
        """Bounds that hold the exponents with probability `level`, by Student's t over the independent pieces.

        Raises ConfigError for a level that is no probability between 0 and 1.
        """
        if not 0 < level < 1:
            raise SettingError("level", "be greater than 0 and less than 1", level)
        reach = quantile(level, count_of_pieces(self.blocks)) * self.standard_error
        return np.stack([self.exponents - reach, self.exponents + reach], axis=1)

    @property
    def running(self) -> Float[np.ndarray, "block k"]:
        """The estimate after each block, from all orbits."""
        count = np.arange(1, self.blocks.shape[1] + 1)
        return np.cumsum(self.blocks.mean(axis=0), axis=0) / count[:, None]

    @property
    def running_error(self) -> Float[np.ndarray, "block k"]:
        """Standard error of the estimate after each block: that of the end, by the root of the share averaged."""
        share = np.arange(1, self.blocks.shape[1] + 1) / self.blocks.shape[1]
        return self.standard_error / np.sqrt(share)[:, None]

    @property
    def per_step(self) -> Float[np.ndarray, " k"]:
        """Exponents in nats per step."""
        return self.exponents * self.time_per_step

    @property
    def per_step_error(self) -> Float[np.ndarray, " k"]:
        """Standard errors in nats per step."""
        return self.standard_error * self.time_per_step

    @property
    def max_exponent(self) -> float:
        """λ_max, nats per time unit."""
        return float(self.exponents[0])

    @property
    def chaotic(self) -> bool:
        """Whether λ_max lies more than 3 standard errors (of few pieces more: Student's t), and rounding, above 0."""
        return bool(self._positive()[0])

    @property
    def sum(self) -> float:
        """Sum of the measured exponents, nats per time unit: with all of them, the rate of volume growth."""
        return float(self.exponents.sum())

    @property
    def resolved(self) -> Bool[np.ndarray, " k"]:
        """Which exponents float64 resolves; the others, of a contraction that one step takes too far, are bounds."""
        if self.remainder is None:
            return np.ones(len(self.exponents), dtype=bool)
        return self.remainder >= RESOLVED_SHARE

    @property
    def alignment_folds(self) -> Float[np.ndarray, " gap"]:
        """Powers of e by which the transient turned each tangent vector away from the next one.

        Exponents with a small number here may not be told apart: their mean is right, their difference may not be.
        """
        finite = self.exponents[np.isfinite(self.exponents)]
        return (finite[:-1] - finite[1:]) * self.transient_steps * self.time_per_step

    @property
    def kaplan_yorke(self) -> float | None:
        """D = j + (λ_1 + … + λ_j) / |λ_{j+1}|, with j the most exponents whose sum is not negative.

        Kaplan & Yorke (1979), Lecture Notes in Mathematics 730, 204. None where the measured exponents are
        too few to tell; the dimension of the state where volume does not contract.
        """
        j = self._whole_dimensions()
        if j == len(self.exponents):
            return float(j) if j == self.dimension else None
        return float(j + self.exponents[:j].sum() / abs(self.exponents[j]))

    @property
    def kaplan_yorke_error(self) -> float | None:
        """Standard error of `kaplan_yorke`: the spread of its linearisation over blocks (delta method)."""
        j = self._whole_dimensions()
        if j == len(self.exponents):
            return 0.0 if j == self.dimension else None
        if j == 0 or np.isinf(self.exponents[j]):
            return 0.0
        fraction = self.exponents[:j].sum() / abs(self.exponents[j])
        # Exponents are strongly correlated, so the blocks are combined before their spread is taken.
        linearised = (self.blocks[..., :j].sum(axis=-1) + fraction * self.blocks[..., j]) / abs(
            self.exponents[j]
        )
        ends = (self.end_effects[:j].sum() + abs(fraction) * self.end_effects[j]) / abs(self.exponents[j])
        return float(np.hypot(error_of_mean(linearised[..., None])[0], ends))

    @property
    def entropy(self) -> float | None:
        """Kolmogorov–Sinai entropy by Pesin's formula, the sum of the positive exponents, nats per time unit.

        An upper bound where the invariant measure is not smooth along the unstable directions (Ruelle 1978, Bol.
        Soc. Bras. Mat. 9, 83). None where more exponents may be positive than were measured.
        """
        positive = self._positive()
        if positive.all() and len(positive) < self.dimension:
            return None
        return float(self.exponents[positive].sum())

    @property
    def entropy_error(self) -> float | None:
        """Standard error of `entropy`, from the spread of the sum."""
        if self.entropy is None:
            return None
        return float(error_of_mean(self.blocks[..., self._positive()].sum(axis=-1, keepdims=True))[0])

    def _positive(self) -> Bool[np.ndarray, " k"]:
        # What is zero within its error, or within rounding, adds nothing but noise.
        reach = quantile(_SURE, count_of_pieces(self.blocks)) * self.standard_error
        return (self.exponents > reach) & (self.per_step > ROUNDING)

    def _whole_dimensions(self) -> int:
        """The most exponents whose sum is not negative, or zero within its error."""
        sums = np.cumsum(self.exponents)
        errors = np.hypot(
            3 * error_of_mean(np.cumsum(np.where(np.isfinite(self.blocks), self.blocks, 0.0), axis=-1)),
            np.hypot(np.cumsum(self.end_effects), np.arange(1, len(sums) + 1) * self._rounding),
        )
        return int(np.argmin(np.append(sums >= -errors, False)))
