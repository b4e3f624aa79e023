"""The exponents of what generated the data, with what they were held against: the yardstick for a trained network."""

import hashlib
import math
from collections.abc import Callable, Hashable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float

from rnnchaos.data import Dataset, Preparation, Source
from rnnchaos.diagnostics.series_estimate import estimate_of_series
from rnnchaos.diagnostics.settings import DiagnosticsSettings, LyapunovSettings
from rnnchaos.diagnostics.spectra import attractor_of_system, checks_of_system, response_spectrum
from rnnchaos.errors import ConfigError, RunError
from rnnchaos.numbers import number
from rnnchaos.pieces import Pieces
from rnnchaos.series import JudgedExponent
from rnnchaos.systems import AbstractSystem, reference
from rnnchaos.tangent import ROUNDING, Check, Grade, LyapunovSpectrum, worst

EQUATIONS = "tangent dynamics"
SERIES = "series"
"""Origins: the equations themselves, or the data for want of them. Any other is the one who published the numbers."""

# Of this package: their equations stay the same as long as a process lives.
_OWN = "rnnchaos."
_KNOWN: dict[Hashable, "Truth | None"] = {}
_MOST_KNOWN = 64


class Truth(NamedTuple):
    """Exponents of what generated the data in nats per time unit, largest first, and the verdict on them.

    They are true only where `known`: else an estimate from the series, as good as its `grade`.
    """

    exponents: Float[np.ndarray, " k"]
    standard_error: Float[np.ndarray, " k"]
    time_per_step: float
    origin: str
    """`tangent dynamics` of the equations, `series` where there are none, or who published them."""
    kaplan_yorke: float | None = None
    """Kaplan–Yorke dimension, None where too few exponents are known."""
    checks: tuple[Check, ...] = ()
    """What they were held against."""
    estimates: str = ""
    """Of a series: by what method λ_max is, and what the other one says."""

    @property
    def known(self) -> bool:
        """Whether the equations are known, so that these are exponents of the true system."""
        return self.origin != SERIES

    @property
    def grade(self) -> Grade:
        """The worst grade of the checks."""
        return worst(self.checks)

    @property
    def trusted(self) -> bool:
        """Whether anything may be based on them: nothing is scaled by what fails, or held against it."""
        return self.grade.trusted

    @property
    def heading(self) -> str:
        """What a column of them is called; their grade is in it unless all is well with known equations."""
        if self.origin not in (EQUATIONS, SERIES):
            return "published"
        if not self.known:
            return f"from the series ({self.grade})"
        return "true system" if self.grade is Grade.PASS else f"true system ({self.grade})"

    @property
    def faults(self) -> str:
        """The worst grade with the checks that have it, as in `fail: noise, 0-1 test`."""
        return f"{self.grade}: {', '.join(each.name for each in self.checks if each.grade is self.grade)}"

    @property
    def chaotic(self) -> bool:
        """Whether λ_max lies more than three standard errors, and rounding, above zero."""
        floor = max(3 * self.standard_error[0], ROUNDING / self.time_per_step)
        return bool(self.exponents[0] > floor)

    @property
    def rate(self) -> float | None:
        """λ_max to measure times by; None where nothing is chaotic, or a check fails."""
        return float(self.exponents[0]) if self.trusted and self.chaotic else None

    @property
    def predictability_steps(self) -> float | None:
        """τ_pred = ln 2 / λ_max in sampling steps (arXiv:2110.07238), None where there is no `rate`."""
        return self.growth_steps(2.0)

    def growth_steps(self, growth: float) -> float | None:
        """ln(growth) / λ_max: the sampling steps in which errors grow by that factor; None where there is no `rate`."""
        return None if self.rate is None else math.log(growth) / (self.rate * self.time_per_step)

    def record(self) -> dict[str, Any] | None:
        """All of it as JSON keeps it, to every digit; None where a number is not finite, of which JSON has none."""
        bounds = [number for check in self.checks for number in (check.figure, check.bound)]
        if not np.isfinite([*self.exponents, *self.standard_error, *bounds]).all():
            return None
        return {
            **self._asdict(),
            "exponents": self.exponents.tolist(),
            "standard_error": self.standard_error.tolist(),
            "checks": [{**check._asdict(), "grade": str(check.grade)} for check in self.checks],
        }

    @classmethod
    def of_record(cls, record: Any) -> "Truth | None":
        """What `record` gave; None for anything else, as for what another version wrote."""
        try:
            dimension = record["kaplan_yorke"]
            found = cls(
                np.array([float(each) for each in record["exponents"]]),
                np.array([float(each) for each in record["standard_error"]]),
                float(record["time_per_step"]),
                str(record["origin"]),
                None if dimension is None else float(dimension),
                tuple(_check_of(each) for each in record["checks"]),
                str(record.get("estimates", "")),
            )
        except (AttributeError, KeyError, TypeError, ValueError, OverflowError):
            return None
        whole = 0 < len(found.exponents) == len(found.standard_error) and found.time_per_step > 0
        # Version 0.2 did not tell estimates.
        return found if whole and found.record() == {"estimates": "", **record} else None

    def __str__(self) -> str:
        """λ_max with where it comes from, and its verdict unless every check passes."""
        said = f"λ_max {number(float(self.exponents[0]), float(self.standard_error[0]))} per time unit"
        if not self.known:
            said += " from the series" + (f" {self.estimates}" if self.estimates else "")
        return said if self.grade is Grade.PASS else f"{said} ({self.faults})"


def _check_of(record: Any) -> Check:
    figure, bound = float(record["figure"]), float(record["bound"])
    return Check(str(record["name"]), Grade(record["grade"]), figure, bound, str(record["meaning"]))


def truth_of_system(spectrum: LyapunovSpectrum, checks: Sequence[Check]) -> Truth:
    """The yardstick that a system's own spectrum is."""
    return Truth(
        spectrum.exponents,
        spectrum.standard_error,
        spectrum.time_per_step,
        EQUATIONS,
        spectrum.kaplan_yorke,
        tuple(checks),
    )


def truth_of_series(estimate: JudgedExponent, *, time_per_step: float) -> Truth:
    """What is known of the exponents of a measured series: λ_max, and the checks of it."""
    return Truth(
        np.array([estimate.exponent]),
        np.array([estimate.standard_error]),
        time_per_step,
        SERIES,
        checks=estimate.checks,
        estimates=_estimates(estimate),
    )


def _estimates(estimate: JudgedExponent) -> str:
    """By what method the number is, and what the other one says, as in `by maps; 0.91(5) by Rosenstein`."""
    found = [(each.method, each) for each in (estimate.found, estimate.maps) if each is not None]
    others = [
        f"{number(each.exponent, each.standard_error)} by {name}"
        for name, each in found
        if name != estimate.method
    ]
    return "; ".join([f"by {estimate.method}", *others])


def truth_of(
    source: Source, dataset: Dataset, settings: DiagnosticsSettings, preparation: Preparation
) -> Truth | None:
    """The yardstick for `dataset`: from the equations of `source` where it has them, else from the training series.

    Of a system of the catalogue, as it is there, it is what the catalogue holds, which was measured for longer, unless
    a measurement of other settings is asked for. The checks are those of `rnnchaos lyapunov`; of a system with inputs
    they are the conditional exponents of what is driven. None where the series shows no exponent at all.
    """
    if not isinstance(source, AbstractSystem):
        key: Hashable = (_digest(dataset.train), dataset.time_per_step, preparation.embedding)
        return _remembered(key, lambda: _of_series(dataset, preparation))
    wanted, transient, target = settings.lyapunov, preparation.transient, settings.target_stderr
    may_change = not type(source).__module__.startswith(_OWN) or isinstance(wanted.starts, Path)
    usual = wanted == LyapunovSettings() and target is None
    if usual and not may_change and (known := of_catalogue(source)) is not None:
        return known

    def measure() -> Truth:
        return _of_system(source, wanted, transient, target)

    return measure() if may_change else _remembered((source, wanted, transient, target), measure)


def _of_series(dataset: Dataset, preparation: Preparation) -> Truth | None:
    try:
        estimate = estimate_of_series(dataset, preparation)
    except (ConfigError, RunError):
        return None
    return truth_of_series(estimate, time_per_step=dataset.time_per_step)


def of_catalogue(source: AbstractSystem) -> Truth | None:
    """What is stored of a chaotic system with just these parameters; None where nothing is that a run would measure.

    With inputs, what is stored are the exponents of drive and response together; some of what is stored has no checks.
    """
    known = None if source.input_names else reference(source)
    if known is None or not known.checks:
        return None
    found = Truth(
        np.array(known.exponents),
        np.array(known.standard_error),
        source.time_per_step,
        EQUATIONS,
        known.kaplan_yorke,
        tuple(_check_of(each) for each in known.checks),
    )
    return found if found.chaotic else None


def _of_system(
    source: AbstractSystem, wanted: LyapunovSettings, transient: int, target_stderr: float | None
) -> Truth:
    if source.input_names:
        spectrum = response_spectrum(source, wanted, transient=transient)
        return truth_of_system(spectrum, spectrum.checks)
    main = attractor_of_system(source, wanted, transient=transient, target_stderr=target_stderr)
    spectrum = without_clock(main.spectrum) if source.has_unseen_clock else main.spectrum
    return truth_of_system(spectrum, checks_of_system(source, main, wanted))


def without_clock(spectrum: LyapunovSpectrum) -> LyapunovSpectrum:
    """The same without the exponent 0 of a time that is not observed, the one nearest to 0; all where none is near."""
    index = int(np.argmin(np.abs(spectrum.exponents)))
    reach = 3 * spectrum.standard_error[index] + ROUNDING / spectrum.time_per_step
    if abs(spectrum.exponents[index]) > reach or len(spectrum.exponents) == 1:
        return spectrum
    least, rounded = (
        None if each is None else np.delete(each, index) for each in (spectrum.remainder, spectrum.rounded)
    )
    return spectrum._replace(
        blocks=np.delete(spectrum.blocks, index, axis=2),
        dimension=spectrum.dimension - 1,
        remainder=least,
        rounded=rounded,
    )


def _remembered(key: Hashable, measure: Callable[[], Truth | None]) -> Truth | None:
    """What `measure` gives, once a process: the cells of a sweep are trained on the same data."""
    try:
        known = key in _KNOWN
    except TypeError:  # a system with arrays
        return measure()
    if not known:
        if len(_KNOWN) >= _MOST_KNOWN:
            _KNOWN.pop(next(iter(_KNOWN)))
        _KNOWN[key] = measure()
    return _KNOWN[key]


def _digest(series: Pieces) -> tuple[str, tuple[int, ...]]:
    return hashlib.sha256(series.values.tobytes()).hexdigest(), series.lengths
