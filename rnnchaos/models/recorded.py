"""Running a driven network along the inputs that were recorded with a series."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from rnnchaos.errors import ConfigError
from rnnchaos.models.network import Network
from rnnchaos.models.simulation import forecasts, free_run, histories, starting_rows
from rnnchaos.pieces import Pieces
from rnnchaos.setting import SettingError


def inputs_from(
    network: Network, series: Pieces, ends: Int[np.ndarray, " start"], *, num_steps: int
) -> Float[np.ndarray, "start steps input"] | None:
    """What drives a network that starts at `ends` (`histories`): within each history, then for `num_steps` steps.

    None for a network without inputs. Raises SettingError where the series has other inputs, or ends before.
    """
    if network.num_inputs == 0:
        return None
    inputs = 0 if series.inputs is None else series.inputs.shape[1]
    if inputs != network.num_inputs:
        raise SettingError("series", f"have the {network.num_inputs} inputs that drive this network", inputs)
    rows = starting_rows(network, series, ends)
    if not np.isin(rows, series.ends(after=num_steps)).all():
        raise SettingError("series", f"have inputs for {num_steps} steps after each start", series.longest)
    return series.input_windows(rows - network.history + 2, network.history - 1 + num_steps)


def refuse_driven(network: Network, what: str) -> None:
    """Raise ConfigError for `what` only a network has whose step is the same at all times."""
    if network.num_inputs:
        inputs = "an input" if network.num_inputs == 1 else f"{network.num_inputs} inputs"
        raise ConfigError(f"{what} are those of an autonomous network, and this one is driven by {inputs}")


class FreeRuns(NamedTuple):
    """A free run, or of a driven network one along the inputs of each piece of a series."""

    steps: Float[np.ndarray, "steps dimension"]
    """All of it, end to end."""
    kept: Pieces
    """Without the transient of each."""


def steps_along(network: Network, series: Pieces, *, transient: int) -> int:
    """Steps for which a driven network can be run along the inputs of a series, after a transient in each piece."""
    return sum(max(0, length - network.history - transient) for length in series.lengths)


def free_runs(network: Network, series: Pieces, *, transient: int, num_steps: int) -> FreeRuns:
    """`num_steps` steps after `transient`, from the beginning of the series.

    A driven network starts at the beginning of each piece anew, after whose last input it cannot go on. Raises
    SettingError where there are fewer inputs.
    """
    if network.num_inputs == 0:
        (history,) = histories(network, series, np.zeros(1, dtype=int))
        run = free_run(network, history, num_steps=transient + num_steps)
        return FreeRuns(run, Pieces.of(run[transient:]))
    starts, inputs, lengths = _along(network, series, transient=transient, num_steps=num_steps)
    together = forecasts(network, starts, num_steps=max(lengths), inputs=inputs)
    runs = [run[:length] for run, length in zip(together, lengths, strict=True)]
    return FreeRuns(np.concatenate(runs), Pieces.joined(Pieces.of(run[transient:]) for run in runs))


def _along(
    network: Network, series: Pieces, *, transient: int, num_steps: int
) -> tuple[Float[np.ndarray, "run history dimension"], Float[np.ndarray, "run steps input"], list[int]]:
    """From where each piece is followed, under which inputs (0 beyond the last one), and for how many steps."""
    heard = network.history
    begins: list[int] = []
    lengths: list[int] = []
    for first, length in zip(series.firsts.tolist(), series.lengths, strict=True):
        left = num_steps - sum(lengths) + transient * len(lengths)
        steps = min(transient + left, length - heard)
        if left > 0 and steps > transient:
            begins.append(first)
            lengths.append(steps)
    if series.inputs is None or sum(lengths) - transient * len(lengths) < num_steps:
        must = f"have inputs for {num_steps} steps of a free run"
        raise SettingError("series", must, steps_along(network, series, transient=transient))
    inputs = np.zeros((len(begins), heard - 1 + max(lengths), series.inputs.shape[1]))
    for index, (first, steps) in enumerate(zip(begins, lengths, strict=True)):
        inputs[index, : heard - 1 + steps] = series.inputs[first + 1 : first + heard + steps]
    return series.windows(np.array(begins), heard), inputs, lengths
