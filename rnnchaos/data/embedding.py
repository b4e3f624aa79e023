"""Delay embedding (Takens 1981; Sauer, Yorke & Casdagli 1991, J. Stat. Phys. 65, 579)."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from rnnchaos.errors import ConfigError
from rnnchaos.pieces import Pieces


def delay_embedding(
    series: Float[np.ndarray, "time axis"], *, dimension: int, lag: int
) -> Float[np.ndarray, "embedded dimension"]:
    """Rows (x_t, x_{t-lag}, …, x_{t-(dimension-1) lag}), every axis embedded, the newest first.

    The result is (dimension - 1)·lag rows shorter and has axes · dimension columns.
    """
    length = series.shape[0] - (dimension - 1) * lag
    delays = [series[(dimension - 1 - k) * lag :][:length] for k in range(dimension)]
    return np.concatenate(delays, axis=1)


def embedded(series: Pieces, *, dimension: int, lag: int, columns: Sequence[int] | None = None) -> Pieces:
    """Every piece embedded by itself, with the inputs of its newest values; what is too short for it is left out.

    Of the columns all, or those that are asked for.
    Raises ConfigError where nothing is left.
    """
    lost = (dimension - 1) * lag
    if lost == 0:
        return series
    parts = series.at_least(lost + 1).parts()
    if not parts:
        raise ConfigError(
            f"{dimension} delays of {lag} steps need pieces of more than {lost} points, "
            f"got {len(series.lengths)} of up to {series.longest}"
        )
    whole = Pieces.joined(
        Pieces.of(
            delay_embedding(part.values, dimension=dimension, lag=lag),
            None if part.inputs is None else part.inputs[lost:],
        )
        for part in parts
    )
    return whole if columns is None else whole.map(lambda values: values[:, columns])
