"""λ_max of a training series with everything that it was held against, for every command that uses it."""

from rnnchaos.data import Dataset, Preparation
from rnnchaos.series import JudgedExponent, judged_exponent


def estimate_of_series(dataset: Dataset, preparation: Preparation) -> JudgedExponent:
    """`judged_exponent` of the training series; `preparation` says which delays the series has already."""
    delays, spacing = preparation.embedding
    return judged_exponent(dataset.train, dt=dataset.time_per_step, delays=delays, spacing=spacing)
