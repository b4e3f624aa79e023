"""Our networks under the names that others read: those of PyTorch's layers, or of the papers on PLRNNs."""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from rnnchaos.errors import ConfigError
from rnnchaos.models.almost_linear_rnn import AlmostLinearRNN
from rnnchaos.models.base import AbstractCell
from rnnchaos.models.dendritic_plrnn import DendriticPLRNN
from rnnchaos.models.foreign.readout import OBSERVATION
from rnnchaos.models.gru import GRU
from rnnchaos.models.lstm import LSTM
from rnnchaos.models.mean_centered_plrnn import MeanCenteredPLRNN
from rnnchaos.models.network import Network
from rnnchaos.models.piecewise_linear import AbstractPLRNN
from rnnchaos.models.plrnn import PLRNN
from rnnchaos.models.rnn import RNN
from rnnchaos.models.shallow_plrnn import ShallowPLRNN
from rnnchaos.models.shallow_rnn import ShallowRNN
from rnnchaos.models.simulation import measured


class Exported(NamedTuple):
    """A network as arrays in float64, with what it says of itself."""

    arrays: dict[str, np.ndarray]
    metadata: dict[str, str]
    """`model`, and what the shapes do not tell: `activation`, `rectified`, `equation`."""


def exported(network: Network) -> Exported:
    """The network with its observation matrix: `network_from_arrays` makes the same map of it.

    Raises ConfigError for a cell that neither PyTorch nor a paper on PLRNNs has.
    """
    name, network = type(network.cell).__name__, measured(network)
    with jax.enable_x64(True):
        write = next((write for kind, write in _WRITERS.items() if isinstance(network.cell, kind)), None)
        if write is None:
            names = ", ".join(kind.__name__ for kind in _WRITERS)
            raise ConfigError(
                f"neither PyTorch nor the papers on PLRNNs have the cell {name}; "
                f"export writes {names} and OrthogonalRNN, and weights.safetensors in the run has the arrays of all"
            )
        drive = None if network.drive is None else network.drive.weight
        arrays, metadata = write(network.cell, drive)
        observed = "B" if isinstance(network.cell, AbstractPLRNN | ShallowRNN) else f"{OBSERVATION}.weight"
        arrays[observed] = network.observation.matrix()
        return Exported({key: np.asarray(array, np.float64) for key, array in arrays.items()}, metadata)


_Written = tuple[dict[str, Any], dict[str, str]]


def _layer(drive: Any, **arrays: Any) -> dict[str, Any]:
    """One layer of PyTorch, whose input of one number, held at 0, stands in for none."""
    given = jnp.zeros((len(arrays["weight_hh"]), 1)) if drive is None else drive
    arrays = {"weight_ih": given} | arrays
    return {f"rnn.{name}_l0": array for name, array in arrays.items()}


def _rnn(cell: RNN, drive: Any) -> _Written:
    arrays = {"weight_hh": cell.weight, "bias_ih": jnp.zeros_like(cell.bias), "bias_hh": cell.bias}
    metadata = {
        "model": "rnn",
        "activation": cell.activation,
        "equation": f"torch.nn.RNN, nonlinearity={cell.activation}",
    }
    return _layer(drive, **arrays), metadata


def _lstm(cell: LSTM, drive: Any) -> _Written:
    arrays = {"weight_hh": cell.weight, "bias_ih": jnp.zeros_like(cell.bias), "bias_hh": cell.bias}
    return _layer(drive, **arrays), {"model": "lstm", "equation": "torch.nn.LSTM"}


def _gru(cell: GRU, drive: Any) -> _Written:
    outside = jnp.concatenate([jnp.zeros(2 * cell.hidden_size), cell.candidate_bias])  # of the reset gate
    arrays = {"weight_hh": cell.weight, "bias_ih": outside, "bias_hh": cell.bias}
    return _layer(drive, **arrays), {"model": "gru", "equation": "torch.nn.GRU"}


def _plrnn(cell: AbstractPLRNN, drive: Any, **metadata: str) -> _Written:
    arrays: dict[str, Any] = {"A": cell.diagonal, "W": cell.coupling(), "h": cell.bias}
    return arrays | ({} if drive is None else {"C": drive}), metadata


def _almost_linear(cell: AlmostLinearRNN, drive: Any) -> _Written:
    equation = f"A z + W phi(z) + h, the last {cell.rectified} units of phi rectified"
    return _plrnn(cell, drive, model="alrnn", rectified=str(cell.rectified), equation=equation)


def _shallow(cell: ShallowPLRNN, drive: Any) -> _Written:
    layer = "(relu(W2 z + h2) - relu(W2 z))" if cell.clipped else "relu(W2 z + h2)"
    arrays, metadata = _plrnn(cell, drive, model=_clipped(cell, "shplrnn"), equation=f"A z + W1 {layer} + h1")
    renamed = {"W": "W1", "h": "h1"}
    arrays = {renamed.get(name, name): array for name, array in arrays.items()}
    return arrays | {"W2": cell.layer_weight, "h2": cell.layer_bias}, metadata


def _smooth(cell: ShallowRNN, drive: Any) -> _Written:
    layer = "(phi(W2 z + h2) - phi(W2 z))" if cell.bounded else "phi(W2 z + h2)"
    arrays = {
        "A": cell.diagonal,
        "W1": cell.weight,
        "h1": cell.bias,
        "W2": cell.layer_weight,
        "h2": cell.layer_bias,
    }
    metadata = {
        "model": "bounded_shrnn" if cell.bounded else "shrnn",
        "activation": cell.activation,
        "equation": f"A z + W1 {layer} + h1, phi = {cell.activation}",
    }
    return arrays | ({} if drive is None else {"C": drive}), metadata


def _dendritic(cell: DendriticPLRNN, drive: Any) -> _Written:
    unit = "(relu(z - H_b) - relu(z))" if cell.clipped else "relu(z - H_b)"
    equation = f"A z + W sum_b alpha_b {unit} + h"
    arrays, metadata = _plrnn(cell, drive, model=_clipped(cell, "dendplrnn"), equation=equation)
    return arrays | {"alpha": cell.slopes, "H": cell.thresholds}, metadata


def _clipped(cell: ShallowPLRNN | DendriticPLRNN, name: str) -> str:
    return f"clipped_{name}" if cell.clipped else name


_WRITERS: dict[type[AbstractCell], Callable[[Any, Any], _Written]] = {
    RNN: _rnn,
    GRU: _gru,
    LSTM: _lstm,
    PLRNN: lambda cell, drive: _plrnn(cell, drive, model="plrnn", equation="A z + W relu(z) + h"),
    MeanCenteredPLRNN: lambda cell, drive: _plrnn(
        cell, drive, model="mcplrnn", equation="A z + W relu(z - mean(z)) + h"
    ),
    AlmostLinearRNN: _almost_linear,
    ShallowPLRNN: _shallow,
    ShallowRNN: _smooth,
    DendriticPLRNN: _dendritic,
}
