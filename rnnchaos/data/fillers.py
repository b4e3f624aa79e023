"""Numbers that are written where nothing was measured."""

import numpy as np
from jaxtyping import Float

from rnnchaos.errors import ConfigError

# Numbers that are written where nothing was measured.
_FILLERS = {sign * number for sign in (1.0, -1.0) for number in (99.99, 999.0, 999.9, 999.99, 1e20, 1e30)}
_FILLERS |= {sign * float("9" * digits) for sign in (1, -1) for digits in range(3, 10)}


def check_measured(rows: Float[np.ndarray, "time axis"], origin: str) -> None:
    """Raise ConfigError where an axis has a number that is written for missing ones."""
    for axis, values in enumerate(rows.T):
        if (row := filler_row(values)) is not None:
            raise ConfigError(
                f"{origin}: row {row} of axis {axis} is {values[row]:g}, far from all others, as what is written for a "
                "missing value; give the pieces between"
            )


def filler_row(values: Float[np.ndarray, " time"]) -> int | None:
    """The first row whose value is one that is written for missing ones, and out of the range of all others."""
    known = values[~np.isnan(values)]
    ends = {float(known.min()), float(known.max())} if len(known) else set()
    for filler in ends & _FILLERS:
        others = known[known != filler]
        if others.size and np.abs(others - filler).min() > max(np.ptp(others), 0.5 * abs(filler)):
            return int(np.flatnonzero(values == filler)[0])
    return None
