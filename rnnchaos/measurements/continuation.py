"""What a trained network says comes after given data, in the data's own units."""

import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike

from rnnchaos.data import DataUnits
from rnnchaos.errors import ConfigError
from rnnchaos.models import Network
from rnnchaos.models.simulation import free_run


def continued(
    units: DataUnits, network: Network, history: ArrayLike, num_steps: int
) -> Float[np.ndarray, "time axis"]:
    """The `num_steps` rows after the rows `history`. Raises ConfigError as `history_of` does."""
    if num_steps < 1:
        raise ConfigError(f"num_steps must be at least 1 step, got {num_steps}")
    return units.observed(free_run(network, history_of(units, network, history), num_steps=num_steps))


def history_of(
    units: DataUnits, network: Network, history: ArrayLike
) -> Float[np.ndarray, "history dimension"]:
    """What the network has to see to go on after the rows `history`, which are in the data's own units.

    Raises ConfigError for rows that are too few, have other axes, or are not finite.
    """
    rows = _rows(history, units.axis_names)
    needed = units.rows_for(network.history)
    if len(rows) < needed:
        raise ConfigError(
            f"history must have at least {needed} rows, which this network starts from, got {len(rows)}"
        )
    rows = rows[-needed:]
    for row, axis in np.argwhere(~np.isfinite(rows)):
        raise ConfigError(
            f"history must be finite, got {rows[row, axis]} in row {row - needed} of {units.axis_names[axis]}"
        )
    return units.seen(rows)


def _rows(history: ArrayLike, names: tuple[str, ...]) -> Float[np.ndarray, "time axis"]:
    try:
        rows = np.asarray(history, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ConfigError(f"history must be rows of numbers: {error}") from None
    if rows.ndim == 1:
        rows = rows[:, None] if len(names) == 1 else rows[None, :]
    if rows.ndim != 2 or rows.shape[1] != len(names):
        axes = f"the axis {names[0]}" if len(names) == 1 else f"the {len(names)} axes {', '.join(names)}"
        raise ConfigError(f"history must be rows of {axes}, got shape {np.shape(history)}")
    return rows
