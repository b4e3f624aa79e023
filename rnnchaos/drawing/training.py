"""Figures of a training: its course, what its protocol changed, and how its gradients grow."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from rnnchaos.drawing.exponents import reference
from rnnchaos.drawing.stored import Lacking, Stored, array, mapping, number, words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MOST_TRACES = 12  # panels
_PRODUCTS = ("log_jacobian_over_tau", "log_jacobian_over_window")
# Of the arrays of a training, those that are not what its protocol changed.
_OF_EVERY = {"loss", "gradient_norm", "weight_norm", "attempt", "record_step", *_PRODUCTS}


def record_arrays(lines: Sequence[Mapping[str, Any]]) -> dict[str, np.ndarray]:
    """Of the records of a history, the columns that the figure of a training shows; NaN where one is not a number."""

    def column(key: str) -> np.ndarray:
        found = [number(line.get(key)) for line in lines]
        return np.array([np.nan if each is None else each for each in found])

    steps = np.array([int(line["step"]) for line in lines], dtype=int)
    return {"record_step": steps, **{key: column(key) for key in _PRODUCTS}} if len(steps) else {}


def losses(stored: Stored) -> "Figure":
    from rnnchaos.figures import training_figure

    arrays = stored.arrays("training")
    return training_figure(
        array(stored, "training", "loss"),
        arrays.get("gradient_norm"),
        record_steps=arrays.get("record_step"),
        log_jacobian_over_tau=arrays.get("log_jacobian_over_tau"),
        log_jacobian_over_window=arrays.get("log_jacobian_over_window"),
        attempt=arrays.get("attempt"),
    )


def traces(stored: Stored) -> "Figure":
    """Raises Lacking where the protocol changed nothing."""
    from rnnchaos.figures import traces_figure

    changed = {name: values for name, values in stored.arrays("training").items() if name not in _OF_EVERY}
    changed = dict(list(changed.items())[:_MOST_TRACES])
    if not changed:
        raise Lacking("nothing that the protocol changed was recorded")
    return traces_figure(changed)


def spectra(stored: Stored) -> "Figure":
    from rnnchaos.figures import spectra_over_training_figure

    arrays = stored.arrays("spectra_over_training")
    known = "reference" in arrays
    return spectra_over_training_figure(
        array(stored, "spectra_over_training", "step"),
        array(stored, "spectra_over_training", "exponents_per_time_unit"),
        reference=arrays["reference"] if known else reference(stored),
        reference_label=words(stored, "spectra_over_training", "reference_label")[0]
        if known
        else "true system",
    )


def gradients(stored: Stored) -> "Figure":
    from rnnchaos.figures import gradients_figure

    arrays, told = stored.arrays("gradients"), mapping(stored.summary.get("gradients"))
    return gradients_figure(
        array(stored, "gradients", "lags"),
        np.atleast_2d(array(stored, "gradients", "log_jacobian_norm")),
        arrays.get("loss_lags"),
        arrays.get("log_loss_gradient_norm"),
        exponent=number(told.get("lambda_max_per_step")),
        slope=number(told.get("slope_state_per_step")),
        slope_error=number(told.get("slope_state_error_per_step")),
    )
