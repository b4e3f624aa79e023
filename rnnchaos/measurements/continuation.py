"""What a trained network says comes after given data, in the data's own units."""

import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike

from rnnchaos.data import DataUnits
from rnnchaos.errors import ConfigError
from rnnchaos.given import check_unmasked
from rnnchaos.models import Network
from rnnchaos.models.simulation import free_run
from rnnchaos.setting import whole


def continued(
    units: DataUnits,
    network: Network,
    history: ArrayLike,
    num_steps: int,
    *,
    inputs: ArrayLike | None = None,
    history_inputs: ArrayLike | None = None,
) -> Float[np.ndarray, "time axis"]:
    """The `num_steps` rows after the rows `history`. Raises ConfigError as `history_of` and `driving_of` do."""
    num_steps = whole("num_steps", num_steps, least=1, unit="step")
    seen = history_of(units, network, history)
    driving = driving_of(units, network, num_steps, inputs=inputs, history_inputs=history_inputs)
    return units.observed(free_run(network, seen, num_steps=num_steps, inputs=driving))


def driving_of(
    units: DataUnits,
    network: Network,
    num_steps: int,
    *,
    inputs: ArrayLike | None,
    history_inputs: ArrayLike | None,
) -> Float[np.ndarray, "steps input"] | None:
    """What drives the steps from the network's history on, scaled; None for a network without inputs.

    `inputs` are those of the steps after the history, in their own units, and `history_inputs` those of its rows, for a
    network that has to listen. Raises ConfigError where they are missing, too few, or not finite.
    """
    if network.num_inputs == 0:
        if inputs is not None:
            raise ConfigError("inputs must be left out: this network has none")
        return None
    assert units.input_scaling is not None  # the data has inputs, since the network was trained with them
    driven = f"this network is driven by {', '.join(units.input_names)}"
    if inputs is None:
        raise ConfigError(f"inputs must be given for the {num_steps} steps to come: {driven}")
    rows = _rows(inputs, units.input_names, "inputs")
    if len(rows) < num_steps:
        raise ConfigError(
            f"inputs must have a row for each of the {num_steps} steps to come, got {len(rows)}"
        )
    rows, heard = rows[:num_steps], network.history - 1
    if heard:
        if history_inputs is None:
            raise ConfigError(
                f"history must have columns of its inputs: {driven}, and listens to {heard} steps"
            )
        before = _rows(history_inputs, units.input_names, "inputs of the history")
        if len(before) < heard:
            raise ConfigError(
                f"history must have inputs in at least {heard} rows, to which this network listens, got {len(before)}"
            )
        rows = np.concatenate([before[-heard:], rows])
    for row, axis in np.argwhere(~np.isfinite(rows)):
        raise ConfigError(
            f"inputs must be finite, got {rows[row, axis]} in row {row - heard} of {units.input_names[axis]}"
        )
    return units.input_scaling.apply(rows)


def history_of(
    units: DataUnits, network: Network, history: ArrayLike
) -> Float[np.ndarray, "history dimension"]:
    """What the network has to see to go on after the rows `history`, which are in the data's own units.

    Raises ConfigError for rows that are too few, have other axes, or are not finite.
    """
    rows = _rows(history, units.axis_names, "history")
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


def _rows(given: ArrayLike, names: tuple[str, ...], what: str) -> Float[np.ndarray, "time axis"]:
    check_unmasked(what, given)
    if np.iscomplexobj(given):
        raise ConfigError(f"{what} must be rows of real numbers, got {np.asarray(given).dtype}")
    try:
        rows = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ConfigError(f"{what} must be rows of numbers: {error}") from None
    if rows.ndim == 1:
        rows = rows[:, None] if len(names) == 1 else rows[None, :]
    if rows.ndim != 2 or rows.shape[1] != len(names):
        axes = f"the axis {names[0]}" if len(names) == 1 else f"the {len(names)} axes {', '.join(names)}"
        raise ConfigError(f"{what} must be rows of {axes}, got shape {np.shape(given)}")
    return rows
