"""Settings to the objects that a workflow works with."""

import dataclasses
import inspect
from typing import Any

import equinox as eqx
import jax
from jaxtyping import PRNGKeyArray

from rnnchaos.data import Dataset, Preparation, Source, prepare
from rnnchaos.errors import ConfigError
from rnnchaos.models import (
    AbstractCell,
    AbstractRegressedCell,
    Delays,
    IdentityObservation,
    InputTerm,
    LinearObservation,
    Network,
)
from rnnchaos.protocols import AbstractForcing
from rnnchaos.setting import SettingError, chosen, within
from rnnchaos.settings.components import find_class
from rnnchaos.settings.groups import Component
from rnnchaos.settings.optimizers import optimizer
from rnnchaos.settings.own_classes import check_system
from rnnchaos.settings.recipe import DESCENT, LONGEST_NEWTON_INTERVAL, filled
from rnnchaos.settings.schema import Settings, SystemSettings
from rnnchaos.systems import AbstractSystem
from rnnchaos.training import AbstractTrainer, GaussNewton, Trainer, WindowSolver

# An automatic window holds this many forcing intervals, but no fewer steps than the second number.
_INTERVALS_PER_WINDOW = 4
_SHORTEST_AUTO_WINDOW = 100
# Gauss–Newton steps see many short windows, which are more unlike than few long ones, of so many steps in all.
_SHORTEST_NEWTON_WINDOW = 5
_NEWTON_STEPS = 520
_FEWEST_WINDOWS = 4


def source(settings: Settings | SystemSettings) -> Source:
    """What the series comes from: a system with known equations, a flow of dysts, or a file.

    Raises ConfigError for a system from outside that is none.
    """
    found = instance(settings.dataset.source, "dataset")
    if isinstance(found, AbstractSystem):
        check_system(found)
    return found


def dataset(source: Source, preparation: Preparation) -> Dataset:
    """What `source` gives, prepared; raises as `rnnchaos.data.prepare` does."""
    with within("dataset"):
        return prepare(source, preparation)


def network(settings: Settings, dimension: int, num_inputs: int = 0, *, key: PRNGKeyArray) -> Network:
    """An untrained float64 network for `dimension` observed dimensions and its delays, its weights drawn with `key`.

    With `num_inputs` it is driven by as many inputs. Raises ConfigError for a cell that takes none.
    """
    cell_key, observation_key = jax.random.split(key)
    cell_class = find_class(settings.model.cell.target, "model")
    delays = settings.model.past
    with within("model"):
        _check_delays(delays, cell_class, dimension)
    observed, dimension = dimension, len(delays.columns(dimension))
    supplied = {"dimension": dimension, "num_inputs": num_inputs, "key": cell_key}
    taken = {name: supplied[name] for name in supplied if name in inspect.signature(cell_class).parameters}
    with within("model"):
        cell = cell_class(**settings.model.cell.arguments, **taken)
        drive = _input_term(cell, num_inputs, key=jax.random.fold_in(key, 1)) if num_inputs else None
        if _observation(settings, cell_class) == "identity":
            unfolded = Network(cell, IdentityObservation(dimension, cell.hidden_size), drive)
        else:
            shown = LinearObservation(dimension, cell.hidden_size, key=observation_key)
            unfolded = Network(cell, shown, drive)
    return unfolded.folded(delays, observed)


def _check_delays(delays: Delays, cell_class: type[AbstractCell], dimension: int) -> None:
    if delays.number > 1 and issubclass(cell_class, AbstractRegressedCell):
        must = f"be 1 for {cell_class.__name__}, which remembers earlier observations by itself"
        raise SettingError("embedding_dimension", must, delays.number)
    if max(delays.axes or (0,)) >= dimension:
        must = f"be from 0 to {dimension - 1}, the observed dimensions"
        raise SettingError("embedding_axes", must, list(delays.axes or ()))


def _observation(settings: Settings, cell_class: type[AbstractCell]) -> str:
    """How the network is observed: as it is set, as a model that is fitted prescribes, or by a trained matrix."""
    wanted = settings.model.observation
    return getattr(cell_class, "observation", "linear") if wanted == "auto" else wanted


def _input_term(cell: AbstractCell, num_inputs: int, *, key: PRNGKeyArray) -> InputTerm:
    if cell.input_size == 0:
        raise ConfigError(
            f"dataset.inputs must be empty for model {type(cell).__name__}: it has no bias to which an input adds, "
            "nor an input_size of its own"
        )
    return InputTerm(cell.input_matrix(num_inputs, key=key))


def shapes(settings: Settings, dimension: int, num_inputs: int = 0) -> Network:
    """The same with shapes in place of weights: none is drawn. Raises ConfigError as `network` does."""
    return eqx.filter_eval_shape(
        lambda: network(settings, dimension, num_inputs, key=jax.random.key(0))  # no program for the key
    )


def trainer(settings: Settings, *, auto_tau: int | None = None) -> AbstractTrainer:
    """What trains the network: the protocol, where it is a trainer, or gradient descent under its forcing.

    `auto_tau` is what `protocol.tau=auto` stands for, in steps.
    """
    settings = filled(settings, DESCENT)  # as far as nothing else has been put in the place of auto
    protocol, points = _resolved(settings, auto_tau), window(settings, auto_tau=auto_tau)
    solver = _solver(settings)
    if is_regression(settings):
        return instance(protocol, "protocol", window=points)
    chosen_protocol, training = instance(protocol, "protocol"), settings.training
    forcing = chosen_protocol.forcing()
    if not isinstance(forcing, AbstractForcing):
        must = "give a Forcing, or another AbstractForcing"
        raise ConfigError(
            f"forcing of {type(chosen_protocol).__name__} must {must}, got {type(forcing).__name__}"
        )
    shared: dict[str, Any] = {
        "forcing": forcing,
        "batch_size": batch_size(settings, points),
        "window": points,
        "num_steps": chosen(training.num_steps),
        "regularization": settings.protocol.regularization,
    }
    with within("protocol"):
        if is_gauss_newton(settings):
            return GaussNewton(**shared, **settings.optimizer.options)
        return Trainer(**shared, optimizer=optimizer(settings), solver=solver)


def _solver(settings: Settings) -> WindowSolver:
    """How windows are run. Raises SettingError where the trainer has a way of its own."""
    training = settings.training
    if training.solver == "deer":
        must = "be sequential or auto"
        if is_regression(settings):
            why = "with protocol=closed_form, which runs no windows"
            raise SettingError("training.solver", f"{must} {why}", training.solver)
        if is_gauss_newton(settings):
            why = "with optimizer=gauss_newton, which carries slopes along each window"
            raise SettingError("training.solver", f"{must} {why}", training.solver, "optimizer=adamw")
    return WindowSolver(training.solver, training.newton_steps, training.jacobian_memory, training.segments)


def is_gauss_newton(settings: Settings) -> bool:
    """Whether training takes Gauss–Newton steps; a fit in closed form takes none, whatever the optimiser."""
    return settings.optimizer.name == "gauss_newton" and not is_regression(settings)


def batch_size(settings: Settings, window: int) -> int:
    """Windows per optimiser step; `auto` is worked out from their length."""
    wanted = settings.training.batch_size
    if wanted != "auto":
        return wanted
    return max(_FEWEST_WINDOWS, round(_NEWTON_STEPS / window)) if is_gauss_newton(settings) else 8


def window(settings: Settings, *, auto_tau: int | None = None) -> int:
    """Predicted steps per training window; `auto` is worked out from the forcing interval."""
    if settings.training.window == "auto":
        arguments = _resolved(settings, auto_tau).arguments
        if is_gauss_newton(settings):
            return max(_SHORTEST_NEWTON_WINDOW, arguments.get("tau", LONGEST_NEWTON_INTERVAL))
        return max(_SHORTEST_AUTO_WINDOW, _INTERVALS_PER_WINDOW * arguments.get("tau", 1))
    return settings.training.window


def _resolved(settings: Settings, auto_tau: int | None) -> Component:
    """The forcing with a number, `auto_tau`, in place of a rule for its interval."""
    protocol = settings.protocol.forcing
    if not isinstance(protocol.arguments.get("tau"), str):
        return protocol
    assert auto_tau is not None  # the caller has found it
    return dataclasses.replace(protocol, arguments={**protocol.arguments, "tau": auto_tau})


def instance(part: Component, group: str, **supplied: Any) -> Any:
    """The object that one component of a config stands for, with what the program supplies."""
    with within(group):
        return find_class(part.target, group)(**part.arguments, **supplied)


def is_drawn(settings: Settings) -> bool:
    """Whether another seed makes another network."""
    model = find_class(settings.model.cell.target, "model")
    return not issubclass(model, AbstractRegressedCell) or model.drawn


def is_regression(settings: Settings) -> bool:
    """Whether the network is fitted in closed form."""
    return issubclass(find_class(settings.protocol.forcing.target, "protocol"), AbstractTrainer)
