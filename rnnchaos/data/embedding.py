"""Delay embedding (Takens 1981; Sauer, Yorke & Casdagli 1991, J. Stat. Phys. 65, 579)."""

import numpy as np
from jaxtyping import Float


def delay_embedding(
    series: Float[np.ndarray, "time axis"], *, dimension: int, lag: int
) -> Float[np.ndarray, "embedded dimension"]:
    """Rows (x_t, x_{t-lag}, …, x_{t-(dimension-1) lag}), every axis embedded, the newest first.

    The result is (dimension - 1)·lag rows shorter and has axes · dimension columns.
    """
    length = series.shape[0] - (dimension - 1) * lag
    delays = [series[(dimension - 1 - k) * lag :][:length] for k in range(dimension)]
    return np.concatenate(delays, axis=1)
