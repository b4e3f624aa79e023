"""States so large or so small that float64 holds no squares of them."""

import numpy as np
from jaxtyping import Float

LARGEST = 1e150
"""Of a state: beyond, distances and variances, which are squares, leave float64."""
OTHER_UNIT = "take a unit in which states are near 1"
# Products of few states of such a size, or of their reciprocals, leave float64.
_FAR = 1e75


def far_from_one(states: Float[np.ndarray, "*orbits state"]) -> str:
    """What else may be the reason that orbits left every bound: where they start; nothing where that is near 1."""
    sizes = np.abs(np.asarray(states))
    largest = float(sizes[np.isfinite(sizes)].max(initial=0.0))
    if largest == 0 or 1 / _FAR < largest < _FAR:
        return ""
    return f"; states start at {largest:.3g}, products of which may be beyond float64: {OTHER_UNIT}"
