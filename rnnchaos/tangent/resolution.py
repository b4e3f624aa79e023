"""How long tangent vectors may be pushed before they are orthonormalised, and whether they came out resolved."""

import numpy as np
from jaxtyping import Float

from rnnchaos.errors import ConfigError
from rnnchaos.tangent.propagation import Growth
from rnnchaos.tangent.spectrum import RESOLVED_SHARE

# Beyond 36 nats between the first and the last tangent vector, float64 rounds the last one away.
_MAX_SPREAD = 36.0
# The spread that the automatic choice allows on average: local spreads are larger.
_AIM_SPREAD = 12.0
_MAX_GROWTH = 300.0  # exp(700) overflows
_MAX_AUTO_INTERVAL = 10  # longer intervals save little more


def qr_interval(rates: Float[np.ndarray, " k"], wanted: int | None, *, longest: int) -> int:
    """The QR interval to use, given the exponents of the pilot run in nats per step."""
    finite = rates[np.isfinite(rates)]
    spread, growth = (np.ptp(finite), np.abs(finite).max()) if finite.size else (0.0, 0.0)

    def fit(nats: float) -> float:
        return min(nats / max(spread, 1e-9), _MAX_GROWTH / max(growth, 1e-9))

    if wanted is None:
        return int(max(1, min(fit(_AIM_SPREAD), _MAX_AUTO_INTERVAL, longest)))
    if wanted > max(1.0, fit(_MAX_SPREAD)):
        raise ConfigError(
            f"qr_every must be at most {int(max(1.0, fit(_MAX_SPREAD)))} here, where the exponents span "
            f"{spread:.3g} nats per step and float64 resolves {_MAX_SPREAD:g} between QR decompositions, "
            f"got {wanted}"
        )
    return wanted


def resolves(growth: Growth, remainder: Float[np.ndarray, "orbit k"]) -> bool:
    """Whether every QR decomposition left enough of every vector to tell its length."""
    lengths = np.asarray(growth.log_lengths)
    return bool(
        np.all(remainder >= RESOLVED_SHARE**2) and not np.any(np.isposinf(lengths) | np.isnan(lengths))
    )


def finite(growth: Growth) -> bool:
    """Whether no direction is stretched or collapsed beyond float64."""
    return bool(np.isfinite(np.asarray(growth.log_lengths)).all())
