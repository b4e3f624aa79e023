"""What embedding_dimension=auto and embedding_lag=auto stand for, chosen from the training series."""

import dataclasses
from typing import TypeVar

import numpy as np

from rnnchaos.data import Preparation, Source, embedded
from rnnchaos.errors import ConfigError
from rnnchaos.models import AbstractRegressedCell
from rnnchaos.numbers import counted
from rnnchaos.pieces import Pieces
from rnnchaos.series import (
    STATE_SEEN,
    Embedding,
    better_embedding,
    choose_dimension,
    choose_lag,
    error_of_most,
    prediction_errors,
)
from rnnchaos.setting import Auto
from rnnchaos.settings import build
from rnnchaos.settings.checks import axes_of
from rnnchaos.settings.components import find_class
from rnnchaos.settings.schema import Settings, SystemSettings

# More points than these change neither choice.
_POINTS = 20_000
# One axis alone gets delays where nine of ten local linear predictions, one of so many steps ahead, err by less than
# this share of what they err by without: noise has nothing to gain from them.
_AHEAD, _FAR_BETTER = (1, 10), 0.5


_Run = TypeVar("_Run", Settings, SystemSettings)


def resolve_embedding(source: Source, settings: _Run) -> tuple[_Run, str | None]:
    """The settings with numbers in place of `auto` and None, and in words what was chosen, None where nothing was.

    The lag is the first minimum of the mutual information, the dimension the fewest delays with less than 1 % false
    neighbours, both from the scaled training series; where both are `auto` and other delays foretell it far better,
    those. Where nothing is asked for, one axis alone gets such delays if they foretell it far better than it does by
    itself. Raises ConfigError where a series is too short for delays that are asked for.
    """
    wanted = settings.dataset.preparation
    if wanted.embedding_dimension is None:
        found, said = _of_one_axis(source, settings) if _is_alone(source, settings) else (None, None)
        return _with(settings, found or Embedding(1, 1)), said
    if "auto" not in (wanted.embedding_dimension, wanted.embedding_lag):
        return _with(settings, Embedding(wanted.embedding[1], wanted.embedding[0])), None
    plain = _unembedded(source, settings)
    found, said = _chosen(plain, wanted.embedding_dimension, wanted.embedding_lag)
    return _with(settings, found), f"embedding: {said}"


def _with(settings: _Run, embedding: Embedding) -> _Run:
    preparation = dataclasses.replace(
        settings.dataset.preparation, embedding_dimension=embedding.delays, embedding_lag=embedding.lag
    )
    dataset = dataclasses.replace(settings.dataset, preparation=preparation)
    return dataclasses.replace(settings, dataset=dataset)


def _unembedded(source: Source, settings: Settings | SystemSettings) -> Pieces:
    """The scaled training series, as long as a choice needs it."""
    wanted = settings.dataset.preparation.without_training()
    plain: Preparation = dataclasses.replace(wanted, embedding_dimension=1, embedding_lag=1)
    dataset = build.dataset(source, plain)
    if isinstance(settings, Settings):
        # At least as many dimensions: refused before the choice, which takes time.
        build.shapes(settings, dataset.dimension, len(dataset.input_names))
    return dataset.train.head(_POINTS)


def _is_alone(source: Source, settings: Settings | SystemSettings) -> bool:
    """Whether one axis is all that is seen, and neither an input nor the network has more to say of the state."""
    axes = settings.dataset.preparation.axes
    num_axes, num_inputs = axes_of(source)
    if num_inputs or (num_axes if axes is None else len(axes)) > 1:
        return False
    if not isinstance(settings, Settings):
        return True
    model = settings.model
    remembers = issubclass(find_class(model.cell.target, "model"), AbstractRegressedCell)
    return model.embedding_dimension in ("auto", 1) and not remembers


def _of_one_axis(source: Source, settings: Settings | SystemSettings) -> tuple[Embedding | None, str | None]:
    """Delays with which one axis is foretold far better; None where there are none, or it is too short to tell."""
    plain = _unembedded(source, settings)
    errors = prediction_errors(plain)
    if errors is None or error_of_most(errors) < STATE_SEEN:
        return None, None
    try:
        found, said = _chosen(plain, "auto", settings.dataset.preparation.embedding_lag)
    except ConfigError:
        return None, None
    if found.delays == 1 or (found.delays - 1) * found.lag > plain.longest // 2:
        return None, None
    delayed = embedded(plain, dimension=found.delays, lag=found.lag)
    share = min(_newest(delayed, steps) / _newest(plain, steps) for steps in _AHEAD)
    if share > _FAR_BETTER:
        return None, f"embedding: one axis alone is foretold hardly better with {_words(found)}"
    return found, f"embedding: one axis alone does not show the state: {said}"


def _newest(series: Pieces, steps: int) -> float:
    """Nine of ten predictions of the newest value, so many steps ahead, err by less; infinite for a short series."""
    errors = prediction_errors(series, steps=steps)
    return np.inf if errors is None else error_of_most(errors[:, :1])


def _words(embedding: Embedding) -> str:
    return f"{counted(embedding.delays, 'delay')} of {counted(embedding.lag, 'step')}"


def _chosen(plain: Pieces, dimension: int | Auto, lag: int | Auto | None) -> tuple[Embedding, str]:
    """Delays in place of what is `auto` or not given, and in words how they were chosen."""
    lag = "auto" if lag is None else lag
    both = lag == dimension == "auto"
    said = []
    if lag == "auto":
        chosen = choose_lag(plain)
        lag = chosen.lag
        reason = (
            "first minimum of the mutual information"
            if chosen.minimum
            else "mutual information fallen to 1/e"
        )
        said.append(f"delay {counted(lag, 'step')} ({reason})")
    if dimension == "auto":
        unfolded = choose_dimension(plain, lag=lag)
        dimension = unfolded.dimension
        share = 100 * unfolded.false_share[dimension - 1]
        tried = len(unfolded.false_share)
        doubt = "" if unfolded.unfolded else f"; no number of them up to {tried} unfolds it, as with noise"
        said.append(f"{counted(dimension, 'delay')} ({share:.2g} % false neighbours{doubt})")
    found = Embedding(lag, dimension)
    if both and (better := better_embedding(plain, found)) is not None:
        found = better
        said.append(f"but maps foretell the series far better from {_words(found)}, which are taken")
    return found, ", ".join(said)
