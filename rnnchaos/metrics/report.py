"""Every metric beside its floor and its ceiling, so that a number can be read without knowing the field."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from rnnchaos.errors import ConfigError
from rnnchaos.metrics.outside import AbstractMetric
from rnnchaos.metrics.prediction import n_step_error, valid_prediction_time
from rnnchaos.metrics.record import Metric
from rnnchaos.metrics.series import check_dimensions, check_series, diverged_at
from rnnchaos.metrics.spectra import SpectrumForm, power_spectrum_distance
from rnnchaos.metrics.state_space import (
    Form,
    default_forms,
    gaussian_mixture_divergence,
    state_space_divergence,
)
from rnnchaos.metrics.transport import NUM_DIRECTIONS, sliced_wasserstein
from rnnchaos.setting import SettingError


class _Score(NamedTuple):
    value: float | None
    standard_error: float | None = None
    note: str = ""


_Distance = Callable[[np.ndarray, np.ndarray], _Score]

_STATE_SPACE: dict[Form, str] = {
    "paper": "KL(truth‖generated), 10 bins a dimension, ±2 standard deviations about zero (arXiv:2110.07238)",
    "gtf": "KL(truth‖generated), 30 bins a dimension over the truth's range (arXiv:2306.04406)",
    "gmm_paper": "KL(generated‖truth), Gaussian mixtures of variance 0.1 (arXiv:2110.07238)",
    "gmm_gtf": "KL(truth‖generated), Gaussian mixtures of variance 1 (arXiv:2306.04406)",
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
_DIRECTIONS_SEED = 0


def attractor_metrics(
    truth: Float[np.ndarray, "time dimension"],
    second_truth: Float[np.ndarray, "second_time dimension"] | None,
    generated: Float[np.ndarray, "steps generated_dimension"],
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
    metric = _Compared.of(truth, second_truth, generated).metric
    divergences = [
        metric(f"d_stsp_{form}", "nats", _STATE_SPACE[form], partial(_divergence, form=form, seed=seed))
        for form in default_forms(truth.shape[1])
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
    truth: Float[np.ndarray, "time dimension"],
    second_truth: Float[np.ndarray, "second_time dimension"] | None,
    generated: Float[np.ndarray, "steps generated_dimension"],
    *,
    definition: str,
) -> Metric:
    """D_stsp in the paper's binned form under another name, with floor and ceiling as `attractor_metrics` has them."""
    compared = _Compared.of(truth, second_truth, generated)
    return compared.metric(name, "nats", definition, partial(_divergence, form="paper", seed=0))


class _Compared(NamedTuple):
    """The truth and what is held against it: for a metric's value, for its floor and for its ceiling."""

    truth: Float[np.ndarray, "time dimension"]
    generated: Float[np.ndarray, "steps dimension"]
    second_truth: Float[np.ndarray, "second_time dimension"] | None
    fixed_point: Float[np.ndarray, "time dimension"]

    @classmethod
    def of(cls, truth: np.ndarray, second_truth: np.ndarray | None, generated: np.ndarray) -> "_Compared":
        truth = check_series("truth", truth)
        check_dimensions(truth, generated)
        if second_truth is not None:
            second_truth = check_series("second orbit of the truth", second_truth)
        return cls(truth, generated, second_truth, np.tile(truth.mean(axis=0), (len(truth), 1)))

    def metric(self, name: str, unit: str, definition: str, distance: _Distance) -> Metric:
        score = _measure(distance, self.truth, self.generated)
        floor = None
        if self.second_truth is not None:
            floor = _measure(distance, self.truth, self.second_truth).value
        ceiling = _measure(distance, self.truth, self.fixed_point).value
        return Metric(name, score.value, score.standard_error, floor, ceiling, unit, definition, score.note)


def attractor_divergence(
    truth: Float[np.ndarray, "time dimension"], generated: Float[np.ndarray, "steps generated_dimension"]
) -> float:
    """D_stsp in the first form that suits the dimension, nats, for ranking models; infinite where one diverges.

    Gaussian mixtures, which cost time with every pair of points, see at most 5000 points of each.
    """
    check_dimensions(truth, generated)
    form = default_forms(truth.shape[1])[0]
    if form.startswith("gmm"):
        truth, generated = truth[:: -(-len(truth) // 5000)], generated[:: -(-len(generated) // 5000)]
    return _ranked(partial(_divergence, form=form, seed=0), truth, generated)


def spectrum_divergence(
    truth: Float[np.ndarray, "time dimension"], generated: Float[np.ndarray, "steps generated_dimension"]
) -> float:
    """D_H in the GTF form, for ranking models; infinite where one diverges."""
    return _ranked(partial(_spectrum, form="gtf"), truth, generated)


def transport_distance(
    truth: Float[np.ndarray, "time dimension"], generated: Float[np.ndarray, "steps generated_dimension"]
) -> float:
    """The sliced Wasserstein distance, standard deviations, for ranking models; infinite where one diverges."""
    return _ranked(_transport, truth, generated)


def _ranked(
    distance: _Distance,
    truth: Float[np.ndarray, "time dimension"],
    generated: Float[np.ndarray, "steps generated_dimension"],
) -> float:
    """A distance as models are ranked by it: infinite where one diverges."""
    check_dimensions(truth, generated)
    score = _measure(distance, truth, generated)
    return float("inf") if score.value is None else score.value


def _measure(
    distance: _Distance,
    truth: Float[np.ndarray, "time dimension"],
    other: Float[np.ndarray, "steps dimension"],
) -> _Score:
    """The distance, or why there is none."""
    step = diverged_at(other)
    if step is not None:
        return _Score(None, note=f"diverged at step {step} of {len(other)}")
    try:
        return distance(truth, other)
    except ConfigError as error:
        return _Score(None, note=str(error))


def _score(metric: AbstractMetric, truth: np.ndarray, other: np.ndarray) -> _Score:
    """Of a metric from outside, whose failure does not lose the other ones."""
    try:
        value = float(metric(truth, other))
    except ConfigError:
        raise
    except Exception as error:
        return _Score(None, note=" ".join(f"{type(error).__name__}: {error}".split()))
    return _Score(value) if np.isfinite(value) else _Score(None, note=f"it is {value}")


def _divergence(truth: np.ndarray, other: np.ndarray, *, form: Form, seed: int) -> _Score:
    if form == "gmm_paper" or form == "gmm_gtf":
        return _Score(*gaussian_mixture_divergence(truth, other, form=form, rng=np.random.default_rng(seed)))
    return _Score(state_space_divergence(truth, other, form=form))


def _transport(truth: np.ndarray, other: np.ndarray) -> _Score:
    return _Score(sliced_wasserstein(truth, other, rng=np.random.default_rng(_DIRECTIONS_SEED)))


def _spectrum(truth: np.ndarray, other: np.ndarray, *, form: SpectrumForm) -> _Score:
    return _Score(power_spectrum_distance(truth, other, form=form))


def prediction_metrics(
    truth: Float[np.ndarray, "starts horizon dimension"],
    predicted: Float[np.ndarray, "starts horizon dimension"],
    *,
    mean: Float[np.ndarray, " dimension"],
    scale: Float[np.ndarray, " dimension"],
    n: int,
    threshold: float = 0.4,
    time_per_step: float,
    lyapunov_exponent: float | None = None,
    noise_variance: float = 0.0,
) -> list[Metric]:
    """The n-step error and the valid prediction time of forecasts from many starts.

    Step 0 of `truth` and `predicted` is one step after the start; `mean` and `scale` are the truth's over the
    attractor. Floors: the true equations from the true start err only by the data's `noise_variance` (squared
    data units), and never pass the threshold, so that their prediction time is the horizon. Ceilings:
    predicting `mean` at every step from the same starts.

    Raises:
        SettingError: n beyond the horizon, or what `valid_prediction_time` raises.
    """
    horizon = truth.shape[1]
    if not 1 <= n <= horizon:
        raise SettingError("n", f"be from 1 to horizon ({horizon} steps)", n)
    no_skill = np.broadcast_to(mean, truth.shape)
    error = n_step_error(truth[:, n - 1], predicted[:, n - 1])
    time, best, worst = (
        valid_prediction_time(
            truth,
            forecast,
            scale=scale,
            threshold=threshold,
            time_per_step=time_per_step,
            lyapunov_exponent=lyapunov_exponent,
        )
        for forecast in (predicted, truth, no_skill)
    )
    return [
        Metric(
            "n_step_error",
            error.value,
            error.standard_error,
            noise_variance,
            n_step_error(truth[:, n - 1], no_skill[:, n - 1]).value,
            "scaled units²",
            f"mean squared error exactly {n} steps ahead, over {error.num_starts} starts",
            f"{error.num_diverged} of {error.num_starts} diverged" if error.num_diverged else "",
        ),
        Metric(
            "valid_prediction_time",
            time.median,
            time.standard_error,
            best.median,
            worst.median,
            time.unit,
            f"median time until the error, in standard deviations of the truth, passes {threshold:g}",
            f"{time.num_censored} of {time.num_starts} outlast the horizon" if time.num_censored else "",
        ),
    ]
