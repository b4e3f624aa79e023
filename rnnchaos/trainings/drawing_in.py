"""Candidates whose orbits step over the border of an attractor, drawn in by as much as their steps err."""

from collections.abc import Callable

from rnnchaos.data import Dataset
from rnnchaos.models import Network
from rnnchaos.trainings.attractor_trial import AttractorTrial

# At first by so many times the error of a step, then by as many times as much again, so often at most.
_TIMES, _TRIES = 4.0, 3


def drawn_in(
    network: Network, dataset: Dataset, trial: Callable[[Network], AttractorTrial]
) -> tuple[Network, AttractorTrial]:
    """The network or, where its orbits escape from a map, one that steps less far by what its steps err; the better.

    Orbits of a chaotic map come as near to the border of its attractor as they like. Where all escapes beyond, as at
    r = 4 in the logistic map, whether those of a network stay is chance, however small the error of its step is. It is
    drawn towards the mean of the training series, and by no more than what neighbours in that allow a step to err by.
    """
    best, found = network, trial(network)
    if dataset.continuous or found.escaped == 0:
        return best, found
    middle, share = dataset.train.values.mean(axis=0), _TIMES * found.step_error
    for _ in range(_TRIES):
        nearer = network.drawn_in(share, middle) if share <= found.step_allowed else None
        if nearer is None or best is not network:
            break
        again = trial(nearer)._replace(drawn_in=share)
        if again.rank < found.rank:
            best, found = nearer, again
        share *= _TIMES
    return best, found
