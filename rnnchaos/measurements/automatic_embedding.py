"""What embedding_dimension=auto and embedding_lag=auto stand for, chosen from the training series."""

import dataclasses
from typing import TypeVar

from rnnchaos.data import Source
from rnnchaos.numbers import counted
from rnnchaos.series import Embedding, better_embedding, choose_dimension, choose_lag
from rnnchaos.settings import build
from rnnchaos.settings.schema import Settings, SystemSettings

# More points than these change neither choice.
_POINTS = 20_000


_Run = TypeVar("_Run", Settings, SystemSettings)


def resolve_embedding(source: Source, settings: _Run) -> tuple[_Run, str | None]:
    """The settings with numbers in place of `auto`, and in words what was chosen, None where nothing had to be.

    The lag is the first minimum of the mutual information, the dimension the fewest delays with less than 1 % false
    neighbours, both from the scaled training series; where both are `auto` and other delays foretell it far better,
    those. Raises ConfigError where the series is too short for either.
    """
    wanted = settings.dataset.preparation
    if "auto" not in (wanted.embedding_dimension, wanted.embedding_lag):
        return settings, None
    unembedded = build.dataset(
        source, dataclasses.replace(wanted.without_training(), embedding_dimension=1, embedding_lag=1)
    )
    if isinstance(
        settings, Settings
    ):  # at least as many dimensions: refused before the choice, which takes time
        build.shapes(settings, unembedded.dimension, len(unembedded.input_names))
    plain = unembedded.train.head(_POINTS)
    said = []
    lag, dimension = wanted.embedding_lag, wanted.embedding_dimension
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
    both = wanted.embedding_lag == wanted.embedding_dimension == "auto"
    if both and (better := better_embedding(plain, Embedding(lag, dimension))) is not None:
        lag, dimension = better
        delays, steps = counted(dimension, "delay"), counted(lag, "step")
        said.append(f"but maps foretell the series far better from {delays} of {steps}, which are taken")
    preparation = dataclasses.replace(wanted, embedding_dimension=dimension, embedding_lag=lag)
    dataset = dataclasses.replace(settings.dataset, preparation=preparation)
    return dataclasses.replace(settings, dataset=dataset), f"embedding: {', '.join(said)}"
