"""The free run of a trained network while one of its weights is changed: rnnchaos bifurcation."""

from typing import TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from rnnchaos.cycles import Bifurcation, bifurcation_diagram
from rnnchaos.data import Dataset
from rnnchaos.diagnostics.findings import Findings, with_figures
from rnnchaos.diagnostics.tables import number
from rnnchaos.errors import ConfigError
from rnnchaos.models import Network, weights
from rnnchaos.models.recorded import refuse_driven
from rnnchaos.models.simulation import histories
from rnnchaos.nearest import did_you_mean
from rnnchaos.typing import Step

if TYPE_CHECKING:
    from rnnchaos.diagnostics.bifurcation import BifurcationSettings

_WEIGHT = "diagnostics.bifurcation.weight"
# More points above one value only blacken the figure and fill the file.
_MOST_POINTS = 400
_CHANGED = {"scale": "scaled", "shift": "shifted"}


def bifurcation_of_network(network: Network, dataset: Dataset, settings: "BifurcationSettings") -> Findings:
    """Points of the orbit and the leading exponents at each value, all started from the same point of the data.

    Raises ConfigError where the cell has no such weight, or where it is zero and no factor would change it.
    """
    refuse_driven(network, "bifurcation diagrams")
    trained = _trained(network, settings)
    network = network.astype(np.float64)
    values = np.linspace(settings.lowest, settings.highest, settings.num_values)
    with jax.enable_x64(True):
        (history,) = histories(network, dataset.test, np.zeros(1, dtype=int))
        start = np.asarray(network.start(jnp.asarray(history)))
    try:
        found = bifurcation_diagram(
            lambda value: changed_step(network, settings, value),
            lambda state: network.observe(state)[0],
            values,
            np.tile(start, (len(values), 1)),
            num_steps=settings.num_steps,
            transient=settings.transient,
            num_exponents=settings.num_exponents,
        )
    except ConfigError as error:
        # It begins with the name of the setting, which has the same name here.
        raise ConfigError(f"diagnostics.bifurcation.{error}") from None
    return _findings(found, dataset, settings, trained)


def changed_step(network: Network, settings: "BifurcationSettings", value: Float[Array, ""]) -> Step:
    """The step of the network whose weight is scaled or shifted by `value`."""

    def change(array: Array) -> Array:
        part = array.at[settings.index]
        return part.multiply(value) if settings.change == "scale" else part.add(value)

    return weights.changed(network, settings.array, change).prepared().step


def _trained(network: Network, settings: "BifurcationSettings") -> float | None:
    """The weight as it was trained, None for several numbers. Raises ConfigError where there is none to be changed."""
    arrays = weights.to_arrays(network)
    # The observation has no part in the free run: nothing would come of changing it.
    names = [name for name, array in arrays.items() if name.startswith("cell.") and array.dtype.kind == "f"]
    if settings.array not in names:
        hint = did_you_mean(settings.array, names) or f"; it has {', '.join(names)}"
        raise ConfigError(f"{_WEIGHT}: the cell has no weight {settings.array}{hint}")
    array, index = arrays[settings.array], settings.index
    if len(index) > array.ndim:
        most = "1 index" if array.ndim == 1 else f"{array.ndim} indices"
        raise ConfigError(f"{_WEIGHT}: {settings.array} takes at most {most}, got {len(index)}")
    for axis, (place, size) in enumerate(zip(index, array.shape, strict=False), start=1):
        if place >= size:
            raise ConfigError(
                f"{_WEIGHT}: index {axis} of {settings.array} must be at most {size - 1}, got {place}"
            )
    if settings.change == "scale" and not np.any(array[index]):
        raise ConfigError(
            f"{_WEIGHT}: {settings.weight} is 0, which no factor changes; "
            "diagnostics.bifurcation.change=shift adds to it"
        )
    return float(array[index]) if len(index) == array.ndim else None


def _findings(
    found: Bifurcation,
    dataset: Dataset,
    settings: "BifurcationSettings",
    trained: float | None,
) -> Findings:
    exponents = found.exponents / dataset.time_per_step
    errors = found.standard_error / dataset.time_per_step
    mean, scale = dataset.scaling.mean[0], dataset.scaling.scale[0]
    points = [each[-_MOST_POINTS:] * scale + mean for each in found.points(maxima=dataset.continuous)]

    findings = Findings(
        summary={
            "bifurcation": {
                "weight": settings.weight,
                "change": settings.change,
                "trained_weight": trained,
                "values": found.parameters,
                "lambda_max_per_time_unit": exponents[:, 0],
                "lambda_max_standard_error": errors[:, 0],
                "escaped": int(found.escaped.sum()),
                "chaotic": int(found.chaotic.sum()),
                "steps": found.series.shape[1],
            }
        },
        arrays={
            "bifurcation": {
                "value": found.parameters,
                "exponents": exponents,
                "standard_error": errors,
                "escaped": found.escaped,
                "point_value": np.repeat(found.parameters, [len(each) for each in points]),
                "point": np.concatenate(points),
                "axis_names": np.array(dataset.axis_names[:1]),
                "connected": np.array(dataset.continuous),
            }
        },
        shown=_said(found, exponents[:, 0], errors[:, 0], settings),
    )
    return with_figures(findings, ("bifurcation", "bifurcation"))


def _said(
    found: Bifurcation,
    largest: Float[np.ndarray, " value"],
    errors: Float[np.ndarray, " value"],
    settings: "BifurcationSettings",
) -> tuple[str, ...]:
    chaotic, escaped = int(found.chaotic.sum()), int(found.escaped.sum())
    changed = f"{settings.weight} {_CHANGED[settings.change]} by"
    counted = (
        f"{changed} {settings.lowest:g} to {settings.highest:g}: of {len(largest)} values {chaotic} chaotic, "
        f"{len(largest) - chaotic - escaped} not, {escaped} where the run escapes to infinity"
    )
    if found.escaped.all():
        return (counted,)
    top = int(np.nanargmax(largest))
    return (
        counted,
        f"largest λ_max {number(largest[top], errors[top])} nats per time unit, {changed} {found.parameters[top]:.4g}",
    )
