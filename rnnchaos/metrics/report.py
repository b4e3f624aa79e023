"""Metrics of the attractor beside floor and ceiling, so that a number can be read without knowing the field."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

import numpy as np
from jaxtyping import Shaped

from rnnchaos.errors import ConfigError
from rnnchaos.metrics.outside import AbstractMetric
from rnnchaos.metrics.record import Metric
from rnnchaos.metrics.series import (
    Estimate,
    Series,
    as_pieces,
    check_dimensions,
    check_series,
    diverged_at,
)
from rnnchaos.metrics.spectra import SpectrumForm, power_spectrum_estimate
from rnnchaos.metrics.state_space import Form, default_forms, state_space_estimate
from rnnchaos.metrics.transport import NUM_DIRECTIONS, wasserstein_estimate
from rnnchaos.pieces import Pieces


class _Score(NamedTuple):
    value: float | None
    standard_error: float | None = None
    note: str = ""


# With its standard error where the third argument wants one.
_Distance = Callable[[Pieces, Pieces, bool], Estimate]

_STATE_SPACE: dict[Form, str] = {
    "paper": "KL(truth‖generated), 10 bins a dimension, ±2 standard deviations about zero (arXiv:2110.07238)",
    "gtf": "KL(truth‖generated), 30 bins a dimension, no points outside (arXiv:2306.04406)",
    "dynamix": "KL(truth‖generated), 30 bins a dimension, no points outside or in the lowest (arXiv:2505.13192)",
    "strict": "KL(truth‖generated), 30 bins a dimension over the truth's range, all points",
    "gmm_paper": "KL(generated‖truth), Gaussian mixtures of variance 0.1, first 5000 points (arXiv:2110.07238)",
    "gmm_gtf": "KL(truth‖generated), Gaussian mixtures of variance 1, first 10 000 points (arXiv:2306.04406)",
    "gmm_strict": "KL(truth‖generated), Gaussian mixtures of variance 1, all points",
}
_SPECTRUM: dict[SpectrumForm, str] = {
    "paper": "Hellinger distance of power spectra: 50 segments, lowest 500 bins (arXiv:2110.07238)",
    "gtf": "Hellinger distance of power spectra: whole series, normalised (arXiv:2306.04406)",
}
_WASSERSTEIN = (
    f"sliced Wasserstein-1 distance of the densities along {NUM_DIRECTIONS} directions, "
    "each axis in standard deviations of the truth"
)
# Drawn once for all: networks of several seeds are seen from the same directions.
DIRECTIONS_SEED = 0


def attractor_metrics(
    truth: Series | Pieces,
    second_truth: Series | Pieces | None,
    generated: Series | Pieces,
    *,
    seed: int = 0,
    others: Mapping[str, AbstractMetric] | None = None,
) -> list[Metric]:
    """How like the true attractor a free-running orbit is: D_stsp and D_H in both published forms, and Wasserstein's.

    Floor: `truth` against `second_truth`, an independent orbit of it (None: no floor). Ceiling: `truth`
    against a fixed point at its mean. A generated orbit that diverges has no values, and the notes say at
    which step it did; a form that the series do not allow, for one being too short, has none either, and its
    note says why. `seed` draws the samples of the Gaussian-mixture forms of D_stsp, which serve in more than
    5 dimensions; the directions of the Wasserstein distance are the same for all seeds. `others`, by
    name, come last.

    Raises:
        ConfigError: a truth that is not finite, or series of different dimensions.
    """
    compared = _Compared.of(truth, second_truth, generated)
    metric = compared.metric
    divergences = [
        metric(f"d_stsp_{form}", "nats", _STATE_SPACE[form], partial(_divergence, form=form, seed=seed))
        for form in default_forms(compared.truth.dimension)
    ]
    spectra = [
        metric(f"d_h_{form}", "1", definition, partial(_spectrum, form=form))
        for form, definition in _SPECTRUM.items()
    ]
    transport = metric("wasserstein", "s.d.", _WASSERSTEIN, _transport)
    outside = [
        metric(name, other.unit, other.definition, partial(_score, other))
        for name, other in (others or {}).items()
    ]
    return [*divergences, transport, *spectra, *outside]


def divergence_metric(
    name: str,
    truth: Series | Pieces,
    second_truth: Series | Pieces | None,
    generated: Series | Pieces,
    *,
    definition: str,
) -> Metric:
    """D_stsp in the paper's binned form under another name, with floor and ceiling as `attractor_metrics` has them."""
    compared = _Compared.of(truth, second_truth, generated)
    return compared.metric(name, "nats", definition, partial(_divergence, form="paper", seed=0))


class _Compared(NamedTuple):
    """The truth and what is held against it: for a metric's value, for its floor and for its ceiling."""

    truth: Pieces
    generated: Pieces
    second_truth: Pieces | None
    fixed_point: Pieces

    @classmethod
    def of(
        cls, truth: Series | Pieces, second_truth: Series | Pieces | None, generated: Series | Pieces
    ) -> "_Compared":
        truth, generated = as_pieces("truth", truth), as_pieces("generated series", generated)
        check_series("truth", truth.values)
        check_dimensions(truth.values, generated.values)
        second = None
        if second_truth is not None:
            second = as_pieces("second orbit of the truth", second_truth)
            check_series("second orbit of the truth", second.values)
            # No longer than what is judged: how far two stretches of one process are apart hangs on their length.
            second = second.head(len(generated))
        fixed_point = truth.map(lambda values: np.tile(values.mean(axis=0), (len(values), 1)))
        return cls(truth, generated, second, fixed_point)

    def metric(self, name: str, unit: str, definition: str, distance: _Distance) -> Metric:
        score = _measure(distance, self.truth, self.generated)
        floor = _Score(None)
        if self.second_truth is not None:
            floor = _measure(distance, self.truth, self.second_truth)
        ceiling = _measure(distance, self.truth, self.fixed_point, scatter=False).value
        return Metric(
            name,
            score.value,
            score.standard_error,
            floor.value,
            ceiling,
            unit,
            definition,
            score.note,
            floor.standard_error,
        )


def _measure(
    distance: _Distance,
    truth: Pieces,
    other: Pieces,
    *,
    scatter: bool = True,
) -> _Score:
    """The distance, or why there is none."""
    step = diverged_at(other.values)
    if step is not None:
        return _Score(None, note=f"diverged at step {step} of {len(other)}")
    try:
        return _Score(*distance(truth, other, scatter))
    except ConfigError as error:
        return _Score(None, note=str(error))


def _score(metric: AbstractMetric, truth: Pieces, other: Pieces, scatter: bool) -> Estimate:
    """Of a metric from outside, which states no error, and whose failure does not lose the other ones."""
    try:
        given = metric(_unwritable(truth.values), _unwritable(other.values))
        if np.asarray(given).dtype.kind not in "fiu":  # float() would read yes as 1, and words
            raise TypeError(f"a metric must give one number, got {given!r}")
        value = float(given)
    except ConfigError:
        raise
    except Exception as error:
        raise ConfigError(" ".join(f"{type(error).__name__}: {error}".split())) from error
    if not np.isfinite(value):
        raise ConfigError(f"it is {value}")
    return Estimate(value)


def _unwritable(series: Shaped[np.ndarray, "..."]) -> Shaped[np.ndarray, "..."]:
    """The same numbers: other metrics, the figures and the run folder read them, too."""
    seen = series.view()
    seen.flags.writeable = False
    return seen


def _divergence(truth: Pieces, other: Pieces, scatter: bool, *, form: Form, seed: int) -> Estimate:
    rng = np.random.default_rng(seed)
    return state_space_estimate(truth.values, other.values, form=form, rng=rng, scatter=scatter)


def _transport(truth: Pieces, other: Pieces, scatter: bool) -> Estimate:
    rng = np.random.default_rng(DIRECTIONS_SEED)
    return wasserstein_estimate(truth.values, other.values, rng=rng, scatter=scatter)


def _spectrum(truth: Pieces, other: Pieces, scatter: bool, *, form: SpectrumForm) -> Estimate:
    return power_spectrum_estimate(truth, other, form=form, scatter=scatter)
