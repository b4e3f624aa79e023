"""What any model is judged against: the truth's series in scaled units, its exponents, and its past."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from rnnchaos.data import Dataset, Preparation, Scaling, fit_scaling
from rnnchaos.data.scaling import ScalingForm
from rnnchaos.diagnostics.series_estimate import estimate_of_series
from rnnchaos.diagnostics.settings import DiagnosticsSettings
from rnnchaos.diagnostics.truth import Truth, truth_of_series
from rnnchaos.errors import ConfigError, RunError
from rnnchaos.pieces import Pieces

# Between rows, a model's time step, or one that is typed, may differ from the truth's by this share.
_SPACING_TOLERANCE = 0.01
# Rows of either half of a series that is judged against its own second half.
_LEAST_ROWS = 2


@dataclass(frozen=True)
class Yardstick:
    """The truth: what a network that was trained on it would be measured by."""

    dataset: Dataset
    """`test` is what models are held against, `second_test` what the floors come from."""
    settings: DiagnosticsSettings
    seed: int
    find_truth: Callable[[], Truth | None]
    """Works out the exponents of what generated the series."""
    past: Pieces
    """Of the truth, in scaled units: what a copy of the past copies."""
    rows: Pieces
    """The series that starts of forecasts count in: all of what is judged against."""
    delays: int = 1
    """Values of each axis that stand in a row."""
    lag: int = 1
    """Steps between them."""

    @cached_property
    def truth(self) -> Truth | None:
        """The exponents of what generated the series, None where nothing is known of them."""
        return self.find_truth()

    @property
    def axis_names(self) -> tuple[str, ...]:
        """Of the observed axes, without their delays."""
        return self.dataset.axis_names[: self.dataset.dimension // self.delays]


def yardstick_of_dataset(
    dataset: Dataset,
    preparation: Preparation,
    settings: DiagnosticsSettings,
    *,
    seed: int,
    find_truth: Callable[[], Truth | None],
) -> Yardstick:
    """The truth that a dataset is: its test series."""
    delays, lag = preparation.embedding
    return Yardstick(dataset, settings, seed, find_truth, dataset.train, dataset.test, delays, lag)


def yardstick_of_series(
    test: Pieces,
    train: Pieces | None,
    settings: DiagnosticsSettings,
    *,
    seed: int,
    axis_names: tuple[str, ...],
    time_per_step: float,
    scaling: ScalingForm = "axis",
    flow: bool = False,
) -> Yardstick:
    """The truth that a series is, in its own units.

    `train`, another series of the same, gives the scaling, the exponents, the floors and the past. Without it the
    whole of `test` gives the first two, its first half is judged against, and its second half gives the others.
    Raises ConfigError for a series that is constant along an axis, or too short to be halved.
    """
    seen = test if train is None else train
    fitted = fit_scaling(seen.values, scaling, names=axis_names)
    whole, other = test.map(fitted.apply), None if train is None else train.map(fitted.apply)
    first, second = (whole, other) if other is not None else halves(whole)
    dataset = Dataset(
        seen.map(fitted.apply),
        first,
        second,
        second,
        Scaling(fitted.mean, fitted.scale),
        time_per_step,
        axis_names,
        continuous=True,
        flow=flow,
    )

    def find_truth() -> Truth | None:
        try:
            return truth_of_series(estimate_of_series(dataset, Preparation()), time_per_step=time_per_step)
        except (ConfigError, RunError):
            return None

    return Yardstick(dataset, settings, seed, find_truth, second, whole)


def is_step_of(truth: float, step: float) -> bool:
    """Whether a time step is that of the truth."""
    return bool(np.isclose(step, truth, rtol=_SPACING_TOLERANCE))


def check_step(origin: Path, step: float, truth: float) -> None:
    """Raise ConfigError for a model whose time step is not that of the truth."""
    if not is_step_of(truth, step):
        raise ConfigError(
            f"{origin}: rows must be {truth:.6g} time units apart, as the truth's are, got {step:.6g}"
        )


def halves(series: Pieces) -> tuple[Pieces, Pieces]:
    """Two series of as many points, or nearly; between pieces where that is as good.

    Raises ConfigError where there are too few.
    """
    if len(series) < 2 * _LEAST_ROWS:
        raise ConfigError(f"a truth needs at least {2 * _LEAST_ROWS} rows, got {len(series)}")
    middle = len(series) // 2
    borders = np.cumsum(series.lengths)[:-1]
    if len(borders) and np.abs(borders - middle).min() <= len(series) // 10:
        middle = int(borders[np.abs(borders - middle).argmin()])
    return series.head(middle), tail(series, middle)


def tail(series: Pieces, start: int) -> Pieces:
    """What `Pieces.head` leaves."""
    ends = np.cumsum(series.lengths)
    lengths = np.minimum(ends - start, series.lengths)
    return Pieces(series.values[start:], tuple(int(length) for length in lengths if length > 0))
