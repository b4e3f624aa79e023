"""Earlier observations that a network's state stands for beside the newest: which, and the series with them."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from rnnchaos.data import Dataset, embedded
from rnnchaos.errors import ConfigError
from rnnchaos.models import Delays
from rnnchaos.pieces import Pieces
from rnnchaos.series import STATE_SEEN, choose_lag, error_of_most, prediction_errors
from rnnchaos.setting import SettingError, chosen
from rnnchaos.settings.groups import ModelSettings
from rnnchaos.settings.recipe import NOISE_WITH_DELAYS

# Local linear predictions of the next point are exact, to rounding, where the data are those of a piecewise-linear map.
_EXACT = 1e-10
# Delays show what is hidden where predictions err by less than this share of what they did: those of the next step, and
# of steps ahead as well, as two points of a smooth orbit foretell its next one by themselves.
_SHARE = 0.5
# What is hidden may be weak, as a small drive is, and leave less than what a state is said to be seen by. Where
# predictions err by more than the first of these, delays are tried all the same, and have to leave a smaller share.
_PLAIN, _SHARE_OF_WEAK = 1e-3, 0.03
# The simplest delays are taken unless others predict so many times better with noise.
_MUCH = 2.0
# The lag of least mutual information is that of so many points.
_LAG_POINTS = 20_000
# Candidates are held against each other by predictions so many steps ahead, of flows and of maps, at so many points.
_AHEAD, _OF_MAPS, _QUERIES = 10, 2, 300


class Shown(NamedTuple):
    """What the data show of the state, with the delays that are to be taken."""

    delays: Delays
    error: float | None
    """Of local linear predictions of the next point, standard deviations; None where the data are too short to tell."""

    @property
    def whole(self) -> bool:
        """Whether they show the whole state."""
        return self.error is not None and self.error < STATE_SEEN

    @property
    def piecewise_linear(self) -> bool:
        """Whether local linear predictions are exact almost everywhere."""
        return self.error is not None and self.error < _EXACT


def unfolded(dataset: Dataset, delays: Delays) -> Dataset:
    """With the delayed observations in all that training sees.

    Raises ConfigError where no piece is long enough for them.
    """
    if delays.number == 1:
        return dataset
    off = dataset.off_attractor
    return dataset._replace(
        train=delayed(dataset.train, delays),
        test=delayed(dataset.test, delays),
        off_attractor=None if off is None else off._replace(series=delayed(off.series, delays)),
    )


def delayed(series: Pieces, delays: Delays) -> Pieces:
    """The rows of a series with the delayed observations beside them."""
    columns = delays.columns(series.dimension)
    return embedded(series, dimension=delays.number, lag=delays.lag, columns=columns)


def shown(model: ModelSettings, dataset: Dataset, *, most: int | None) -> Shown:
    """The delayed observations with which a series shows the whole state, in `most` numbers at most.

    Of several axes, the last observation of the one of whose steps least is known, unless one of all axes or two of
    that axis, some steps apart, predict much better with noise: then what predicts best. None where these do not show
    it, as with noise, or do not tell more steps ahead, too. Where the settings ask for some: those of them that predict
    best. Raises SettingError for some that the series does not have.
    """
    series = dataset.train
    errors = prediction_errors(series)
    without = Shown(Delays(), _most(errors))
    if model.embedding_dimension == 1:
        return without
    if model.embedding_dimension != "auto":
        candidates = _candidates(model, series)
        best = _best(dataset, candidates)
        return Shown(best, _most(prediction_errors(delayed(series, best))))
    if most is None or errors is None or without.error is None or without.error < _PLAIN:
        return without
    candidates = [
        each
        for each in _choices(model, series, errors)
        if len(each.columns(series.dimension)) <= most and each.past < series.longest // 2
    ]
    found = _telling(dataset, candidates, without)
    return _simplest_or_best(dataset, found, candidates[0]) if found else without


def _telling(dataset: Dataset, candidates: Sequence[Delays], without: Shown) -> list[Shown]:
    """Those that show the whole state, and foretell the next point and a later one far better than none do."""
    assert without.error is not None  # the caller has nothing to hold delays against otherwise
    share = _SHARE_OF_WEAK if without.whole else _SHARE
    allowed = min(STATE_SEEN, share * without.error)
    ahead = share * _error_ahead(dataset, dataset.train, without.delays)
    found = [Shown(each, _most(prediction_errors(delayed(dataset.train, each)))) for each in candidates]
    return [
        each
        for each in found
        if each.error is not None
        and each.error < allowed
        and _error_ahead(dataset, dataset.train, each.delays) < ahead
    ]


def _simplest_or_best(dataset: Dataset, found: Sequence[Shown], simplest: Delays) -> Shown:
    heard = _errors_under_noise(dataset, [each.delays for each in found])
    if found[0].delays == simplest and heard[0] <= _MUCH * min(heard):
        return found[0]
    return found[int(np.argmin(heard))]


def _choices(
    model: ModelSettings, series: Pieces, errors: Float[np.ndarray, "point dimension"]
) -> list[Delays]:
    """What is tried where nothing is asked for, the simplest first; nothing of one axis: that has been seen to fail."""
    if series.dimension == 1:
        return []
    lag = 1 if model.embedding_lag == "auto" else model.embedding_lag
    if model.embedding_axes != "auto":
        _check_axes(model, series)
        return [Delays(2, lag, model.embedding_axes)]
    axes, lags = (_uncertain(series, errors),), [lag]
    if model.embedding_lag == "auto":
        shorter = _lags(series)
        lags = [*shorter, 2 * shorter[-1]]
    # What is weak, and which way a phase turns, shows under noise where observations are some way apart.
    others = [Delays(number, each, of) for each in lags for number, of in ((2, None), (3, axes))]
    return [Delays(2, lag, axes), *others]


def _candidates(model: ModelSettings, series: Pieces) -> list[Delays]:
    """What the settings leave open of the delays that they ask for."""
    _check_axes(model, series)
    number = chosen(model.embedding_dimension)
    lags = _lags(series) if model.embedding_lag == "auto" else [model.embedding_lag]
    axes = None if model.embedding_axes == "auto" else model.embedding_axes
    found = [each for lag in lags if (each := Delays(number, lag, axes)).past < series.longest]
    if not found:
        most = (series.longest - 1) // (number - 1)
        must = (
            f"be at most {most} steps for {number} delays in the {series.longest} training steps of a piece"
        )
        raise SettingError("model.embedding_lag", must, min(lags))
    return found


def _check_axes(model: ModelSettings, series: Pieces) -> None:
    if model.embedding_axes != "auto" and max(model.embedding_axes) >= series.dimension:
        must = f"be from 0 to {series.dimension - 1}, the observed dimensions"
        raise SettingError("model.embedding_axes", must, list(model.embedding_axes))


def _lags(series: Pieces) -> list[int]:
    """1, and parts of the lag at which a series tells least of itself."""
    try:
        longest = choose_lag(series.head(_LAG_POINTS)).lag
    except ConfigError:  # too short, or constant
        longest = 1
    return sorted({1, max(1, longest // 4), max(1, longest // 2), longest})


def _best(dataset: Dataset, candidates: Sequence[Delays]) -> Delays:
    """Those that predict best with the noise that training hears."""
    if len(candidates) == 1:
        return candidates[0]
    return candidates[int(np.argmin(_errors_under_noise(dataset, candidates)))]


def _errors_under_noise(dataset: Dataset, candidates: Sequence[Delays]) -> list[float]:
    """Of predictions several steps ahead, with the noise that training hears."""
    train = dataset.train
    noise = NOISE_WITH_DELAYS * np.random.default_rng(0).standard_normal(train.values.shape)
    heard = train.map(lambda values: values + noise)
    return [_error_ahead(dataset, heard, each) for each in candidates]


def _error_ahead(dataset: Dataset, series: Pieces, delays: Delays) -> float:
    """Of predictions several steps ahead in a series of a dataset; infinite where it is too short to tell."""
    steps = _AHEAD if dataset.continuous else _OF_MAPS
    found = _most(prediction_errors(delayed(series, delays), steps=steps, queries=_QUERIES))
    return np.inf if found is None else found


def _uncertain(series: Pieces, errors: Float[np.ndarray, "point dimension"]) -> int:
    """The axis of whose steps least is known."""
    rows = series.ends(after=1)
    steps = (series.values[rows + 1] - series.values[rows]) / series.values.std(0)
    return int(np.argmax(np.sqrt(np.mean(errors**2, axis=0) / np.mean(steps**2, axis=0))))


def _most(errors: Float[np.ndarray, "point dimension"] | None) -> float | None:
    """Nine of ten points have a smaller error."""
    return None if errors is None else error_of_most(errors)
