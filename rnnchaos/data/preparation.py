"""From a source to what training and evaluation use: orbits, noise, observed axes, scaling, embedding."""

import dataclasses
from typing import Annotated, NamedTuple

import numpy as np
from annotated_types import Ge
from jaxtyping import Float

from rnnchaos.data.dataset import AllAxes, Dataset
from rnnchaos.data.dysts_series import DystsSeries
from rnnchaos.data.embedding import embedded
from rnnchaos.data.off_attractor import OffAttractorSettings, check_off_attractor, off_attractor_of
from rnnchaos.data.orbits import recorded_orbit
from rnnchaos.data.scaling import Scaling, ScalingForm, fit_scaling
from rnnchaos.data.series_file import MeasuredSeries, SeriesFile, check_time_step
from rnnchaos.data.splitting import Lengths, halves, split
from rnnchaos.data.told import Recorded
from rnnchaos.errors import ConfigError
from rnnchaos.pieces import Pieces
from rnnchaos.setting import (
    AnySteps,
    Auto,
    Count,
    NotNegative,
    Seed,
    SettingError,
    Steps,
    Unit,
    check_fields,
)
from rnnchaos.systems import AbstractMap, AbstractSystem

Length = Annotated[int, Ge(2), Unit("step")]
"""Of a series."""

Source = AbstractSystem | SeriesFile | DystsSeries


@dataclasses.dataclass(frozen=True)
class Preparation(OffAttractorSettings):
    """Settings that every dataset shares. Lengths are in sampling steps."""

    train_length: Length | None = 100_000
    """Steps of the training series; None takes four fifths of a measured series."""
    test_length: Length | None = 100_000
    """Steps of the test series; None takes the rest of a measured series."""
    validation_length: Length | None = None
    """Steps of the validation series, on which weights are chosen; None makes it as long as the training series of a
    system, and a tenth as long for a measured series."""
    transient: AnySteps = 10_000
    """Steps dropped before the orbit of a system counts as on its attractor, and between its parts."""
    noise: NotNegative = 0.0
    """Standard deviation of the noise added to the training series, relative to each axis' own."""
    noise_seed: Seed = 0
    """Of that noise."""
    axes: tuple[int, ...] | None = None
    """Indices of the observed axes; None observes all."""
    scaling: ScalingForm = "axis"
    """axis: every axis to mean 0 and standard deviation 1; global: one of each for all; none."""
    embedding_dimension: Count | Auto | None = 1
    """Delays per axis; 1 embeds nothing, auto takes as many as leave less than 1 % false neighbours. None is auto for
    one axis alone that does not show the state, and 1 for others."""
    embedding_lag: Steps | Auto | None = None
    """Steps between delays; auto takes the first minimum of the mutual information, or what foretells far better. None
    is auto where the delays are chosen, and 1 where their number is given."""
    whole: bool = False
    """Whether a measured series is trained on, chosen by and judged on as a whole, as arXiv:2110.07238 does; then
    nothing is measured on data that was not seen, and the floor is that of the whole against its own second half."""

    def __post_init__(self) -> None:
        check_fields(self)
        for name in ("train_length", "test_length", "validation_length"):
            if self.whole and getattr(self, name) is not None:
                raise SettingError(name, "be null with whole=true", getattr(self, name))
        if self.axes is not None and (len(self.axes) == 0 or len(set(self.axes)) != len(self.axes)):
            raise SettingError("axes", "name each axis once", list(self.axes))

    @property
    def embedding(self) -> tuple[int, int]:
        """Delays per axis and steps between them, none where nothing is asked for.

        Raises ConfigError where they are still `auto`.
        """
        delays, lag = self.embedding_dimension, self.embedding_lag
        if delays == "auto" or lag == "auto":
            raise ConfigError("embedding_dimension and embedding_lag must be numbers here, got auto")
        return 1 if delays is None else delays, 1 if lag is None else lag

    @property
    def lost_to_embedding(self) -> int:
        """Steps by which embedding shortens a series."""
        dimension, lag = self.embedding
        return (dimension - 1) * lag

    def of_all_rows(self) -> "Preparation":
        """The same of a measured series as a whole, where nothing is trained; lengths that are given are kept."""
        given = (self.train_length, self.validation_length, self.test_length)
        return self if any(given) else dataclasses.replace(self, whole=True)

    def without_training(self) -> "Preparation":
        """The same without what training alone needs: orbits from off the attractor, a long validation series."""
        least = self.validation_length if self.whole else 2
        return dataclasses.replace(self, off_attractor_orbits=0, validation_length=least)


def check_whole(source: type, *, whole: bool) -> None:
    """Raise ConfigError where a source that can give new data is to be judged on what was trained on."""
    if whole and not issubclass(source, SeriesFile):
        raise SettingError(
            "whole",
            f"be false for {source.__name__}",
            whole,
            "it is for files: others have new data to be judged on",
        )


class _Parts(NamedTuple):
    train: Pieces
    test: Pieces
    second_test: Pieces
    validation: Pieces
    time_per_step: float
    names: tuple[str, ...]
    input_names: tuple[str, ...] = ()
    recorded: Recorded | None = None


def prepare(source: Source, settings: Preparation) -> Dataset:
    """Integrate or read `source` and prepare it as `settings` say.

    Raises ConfigError where the series is too short, constant, or escapes to infinity.
    """
    check_whole(type(source), whole=settings.whole)
    check_off_attractor(type(source), settings.off_attractor_orbits)
    parts = _from_file(source, settings) if isinstance(source, SeriesFile) else _from_orbit(source, settings)
    axes = _checked_axes(settings.axes, len(parts.names))
    all_axes = _all_axes(parts, axes, settings)
    off = off_attractor_of(
        source,
        settings,
        parts.train,
        dt=parts.time_per_step,
        transient=settings.transient,
        lost=settings.lost_to_embedding,
    )

    def observed(part: Pieces) -> Pieces:
        return part.map(lambda values: values[:, axes])

    train, test, second_test, validation = map(observed, parts[:4])
    if off is not None:
        off = off._replace(series=observed(off.series))
    names = [parts.names[i] for i in axes]
    scaling = fit_scaling(
        train.values, settings.scaling, names=names if isinstance(source, SeriesFile) else ()
    )
    if settings.noise > 0:
        rng, size = np.random.default_rng(settings.noise_seed), settings.noise * train.values.std(0)
        train = _noisy(train, size, rng)
        if off is not None:
            off = off._replace(series=_noisy(off.series, size, rng))

    repeats, lag = settings.embedding
    input_scaling = _input_scaling(parts, settings)

    def finish(series: Pieces) -> Pieces:
        if series.inputs is not None and input_scaling is not None:
            series = dataclasses.replace(series, inputs=input_scaling.apply(series.inputs))
        return embedded(series.map(scaling.apply), dimension=repeats, lag=lag)

    return Dataset(
        finish(train),
        finish(test),
        finish(second_test),
        finish(validation),
        Scaling(np.tile(scaling.mean, repeats), np.tile(scaling.scale, repeats)),
        parts.time_per_step,
        _embedded_names(names, settings),
        not isinstance(source, AbstractMap),
        all_axes,
        parts.input_names,
        input_scaling,
        flow=_is_flow(source) and not parts.input_names,
        recorded=parts.recorded,
        off_attractor=None if off is None else off._replace(series=finish(off.series)),
    )


def _noisy(series: Pieces, size: Float[np.ndarray, " axis"], rng: np.random.Generator) -> Pieces:
    return series.map(lambda values: values + size * rng.standard_normal(values.shape))


def _is_flow(source: Source) -> bool:
    return source.flow if isinstance(source, SeriesFile) else not isinstance(source, AbstractMap)


def _input_scaling(parts: _Parts, settings: Preparation) -> Scaling | None:
    """Of the training series' inputs, each by itself: they have units of their own."""
    if parts.train.inputs is None:
        return None
    form: ScalingForm = "none" if settings.scaling == "none" else "axis"
    return fit_scaling(parts.train.inputs, form, names=parts.input_names, of_inputs=True)


def _all_axes(parts: _Parts, axes: list[int], settings: Preparation) -> AllAxes | None:
    if len(axes) == len(parts.names) or settings.lost_to_embedding:
        return None
    try:
        scaling = fit_scaling(parts.train.values, settings.scaling)
    except ConfigError:  # a hidden axis that does not vary: there is nothing to judge on it
        return None
    return AllAxes(scaling.apply(parts.test.values), scaling.apply(parts.second_test.values))


def lengths_of_orbit(settings: Preparation) -> tuple[int, ...]:
    """Steps of training, test, second test and validation series of a system, and of the gaps between them."""
    chosen = "auto" not in (settings.embedding_dimension, settings.embedding_lag)
    lost = settings.lost_to_embedding if chosen else 0
    train, test, validation = (
        settings.train_length or 0,
        settings.test_length or 0,
        settings.validation_length,
    )
    validation = train if validation is None else validation
    gap = settings.transient
    return train + lost, gap, test + lost, gap, test + lost, gap, validation + lost


def _from_orbit(source: AbstractSystem | DystsSeries, settings: Preparation) -> _Parts:
    if settings.train_length is None or settings.test_length is None:
        name = "train_length" if settings.train_length is None else "test_length"
        raise SettingError(name, "be a number of steps for a system", None)
    lengths, gap = lengths_of_orbit(settings), settings.transient
    num_steps = sum(lengths)
    if isinstance(source, DystsSeries):
        series = Pieces.of(source.orbit(num_steps=num_steps, transient=gap))
    else:
        series = recorded_orbit(source, num_steps=num_steps, transient=gap)
    parts = dataclasses.replace(series, lengths=lengths).parts()
    names = () if isinstance(source, DystsSeries) else source.input_names
    return _Parts(parts[0], parts[2], parts[4], parts[6], source.time_per_step, source.axis_names, names)


def _from_file(source: SeriesFile, settings: Preparation) -> _Parts:
    series, test, lost = source.read(), source.read_test(), settings.lost_to_embedding
    if settings.whole and test is not None:
        raise SettingError("whole", "be false with test_path", True)
    if test is not None:
        check_time_step("test_path", source.test_path, test.dt, like=series.dt)
    if settings.whole:
        train, validation, judged, second, said = _whole(series, source, lost)
    else:
        wanted = Lengths(settings.train_length, settings.validation_length, settings.test_length)
        of_test = None if test is None else test.series
        train, validation, judged, said = split(
            series.series, wanted, lost=lost, test=of_test, said=source.said
        )
        second = train
    recorded = Recorded(series.told, series.series.lengths, said)
    return _Parts(train, judged, second, validation, series.dt, series.names, series.input_names, recorded)


def _whole(
    series: MeasuredSeries, source: SeriesFile, lost: int
) -> tuple[Pieces, Pieces, Pieces, Pieces, str]:
    pieces = series.series.at_least(lost + 1)
    points = len(pieces) - lost * len(pieces.lengths)
    if points < 4:
        raise ConfigError(
            f"{source.said}: whole needs at least 4 rows beyond the {lost} lost to embedding, got {len(series.values)}"
        )
    return (
        pieces,
        pieces,
        pieces,
        halves(pieces, lost)[1],
        "none, the whole series is trained on, chosen by and judged on",
    )


def _checked_axes(axes: tuple[int, ...] | None, dimension: int) -> list[int]:
    if axes is None:
        return list(range(dimension))
    for axis in axes:
        if not 0 <= axis < dimension:
            raise SettingError("axes", f"be within 0 … {dimension - 1}", axis)
    return list(axes)


def _embedded_names(names: list[str], settings: Preparation) -> tuple[str, ...]:
    dimension, lag = settings.embedding
    lags = [k * lag for k in range(dimension)]
    return tuple(name if back == 0 else f"{name}(t-{back})" for back in lags for name in names)
