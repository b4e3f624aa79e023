"""The network that named arrays make, whatever it was trained with."""

from collections.abc import Mapping, Sequence

import numpy as np

from rnnchaos.errors import ConfigError
from rnnchaos.models.foreign.layers import has_layers
from rnnchaos.models.foreign.names import WeightsOrder, listed, ordered
from rnnchaos.models.foreign.network import ImportedNetwork
from rnnchaos.models.foreign.plrnn import SPELT, PLRNNKind, family_of, plrnn_network
from rnnchaos.models.foreign.readout import Feedback
from rnnchaos.models.foreign.recurrent import GatedKind, recurrent_network
from rnnchaos.models.rnn import Activation
from rnnchaos.models.shallow_rnn import SmoothActivation

ImportedKind = GatedKind | PLRNNKind


def network_from_arrays(
    arrays: Mapping[str, np.ndarray],
    *,
    origin: str,
    kind: ImportedKind | None = None,
    activation: Activation | SmoothActivation = "tanh",
    readout: str | None = "auto",
    feedback: Feedback = "all",
    rectified: int | None = None,
    weights_order: WeightsOrder = "out_in",
    ignore: Sequence[str] = (),
) -> ImportedNetwork:
    """The network that named arrays make, under any prefix.

    Recurrent layers have the names of PyTorch's layers (`weight_hh_l0`, `weight_hh_l1`, …) or cells (`weight_hh`), or
    of equinox's cells; several are stacked by their numbers. `readout` names the linear layer whose output is the next
    input (its `weight` and, if there is one, `bias`); "auto" takes the one that reads the hidden units, None feeds
    nothing back. `feedback` says which inputs it fills; the others come from outside. `activation` is that of an RNN or
    of smooth units.

    Piecewise-linear networks have the names of their papers: `A`, `W`, `h`; `A`, `W1`, `W2`, `h1`, `h2`; `A`, `W`, `h`,
    `alpha`, `H`; beside them `C` for inputs and `B` for the observation. Several kinds share these, so that `kind` must
    say which; `rectified` is the P of an AL-RNN. Of other networks, `kind` is checked.

    `weights_order` in_out takes every matrix as inputs × outputs. `ignore` names arrays, or modules, that are left out.

    Raises ConfigError for arrays that are missing, do not fit each other or are not finite, for a second direction or a
    projection, for a readout that does not fit the input, and for arrays that would not be used.
    """
    arrays = ordered(arrays, weights_order, ignore, origin)
    if has_layers(arrays):
        return recurrent_network(
            arrays,
            origin=origin,
            kind=kind,
            activation="relu" if activation == "relu" else "tanh",
            readout=readout,
            feedback=feedback,
        )
    if family_of(arrays, origin):
        return plrnn_network(arrays, origin=origin, kind=kind, rectified=rectified, activation=activation)
    raise ConfigError(
        f"weights must hold weight_hh_l0 or weight_hh, as PyTorch and equinox name them, or {SPELT}, under any prefix; "
        f"{origin} holds {listed(sorted(arrays)) or 'nothing'}{_of_others(arrays)}"
    )


def _of_others(arrays: Mapping[str, np.ndarray]) -> str:
    """What to do with the names of a run of this package, or of Keras and Flax."""
    if "cell.weight" in arrays:
        return "; measure the run itself by naming its folder"
    if any("kernel" in name for name in arrays):
        return (
            "; kernels of Keras or Flax have to be transposed, put into PyTorch's order of gates and renamed"
        )
    return ""
