"""What is refused before anything is computed or written: by settings alone, and by shapes in place of weights."""

import dataclasses

from rnnchaos.data import Dataset, SeriesFile, Source, check_equations
from rnnchaos.diagnostics.evaluation import forecast_horizon, free_run_steps
from rnnchaos.errors import ConfigError
from rnnchaos.models import AbstractRegressedCell, IdentityObservation, Network
from rnnchaos.setting import LARGEST, SettingError, within
from rnnchaos.settings import build
from rnnchaos.settings.components import find_class
from rnnchaos.settings.optimizers import check_optimizer
from rnnchaos.settings.own_classes import check_cell, check_forcing
from rnnchaos.settings.recipe import NEWTON, descent, filled
from rnnchaos.settings.schema import Settings
from rnnchaos.settings.sizes import check_training as check_size
from rnnchaos.training.trainer import AbstractForcedTrainer


def check(settings: Settings) -> None:
    """Raise the ConfigError of any part that cannot be built, before anything is computed or written."""
    series = build.source(settings)
    if not isinstance(settings.tau, str):
        build.trainer(settings)
    if settings.optimizer.name != "gauss_newton":
        check_optimizer(settings)
    if settings.logging is not None:
        build.instance(settings.logging, "logging")
    check_fit_in_closed_form(settings)
    _check_seeds(settings)
    if not isinstance(series, SeriesFile):  # the axes of a file are known once it is read
        check_shapes(settings, *axes_of(series))


def check_shapes(settings: Settings, num_axes: int, num_inputs: int) -> None:
    """Raise ConfigError where the network does not fit a source of so many axes and inputs, memory, or its training."""
    preparation = settings.dataset.preparation
    observed = num_axes if preparation.axes is None else len(preparation.axes)
    delays = preparation.embedding_dimension
    dimension = observed * (delays if isinstance(delays, int) else 1)  # auto: at least as many
    network = build.shapes(settings, dimension, num_inputs)
    check_size(settings, build.source(settings), dimension, network, build.trainer(settings, auto_tau=1))
    _check_lengths(settings, network)
    check_attempts(settings, driven=num_inputs > 0)
    check_trainable(settings, _smallest(settings, network, dimension), longest=preparation.train_length)


def check_trainable(settings: Settings, network: Network, *, longest: int | None) -> None:
    """Raise ConfigError where a network, whose weights may be shapes, cannot be trained or measured as asked for.

    `longest` is the longest window that a rule of the forcing interval may come to; None where that is not known.
    """
    check_cell(network.cell)
    found = build.trainer(settings, auto_tau=1)
    if isinstance(settings.tau, str) and settings.training.window == "auto":
        found = dataclasses.replace(found, window=longest or LARGEST)
    if isinstance(found, AbstractForcedTrainer):
        check_forcing(found.forcing, network.unfolded().state_size, found.window)
    with within("protocol"):
        found.check(network.unfolded())
    if network.num_inputs:
        with within("diagnostics"):
            settings.diagnostics.check_driven()
    _check_jacobians(settings)


def _check_lengths(settings: Settings, network: Network) -> None:
    """Raise ConfigError where the series of a system, whose lengths are given, are too short."""
    preparation, free_run = settings.dataset.preparation, settings.diagnostics.free_run
    test, validation = preparation.test_length, preparation.validation_length
    if network.num_inputs and test is not None:  # of a file in pieces no more than this
        free_run.along(test - network.history - free_run.transient)
    if isinstance(build.source(settings), SeriesFile) or test is None or preparation.train_length is None:
        return
    check_starts(
        network, test=test, validation=preparation.train_length if validation is None else validation
    )
    settings.diagnostics.prediction.longest(test, of=test)


def check_prepared(settings: Settings, dataset: Dataset, network: Network | None = None) -> None:
    """Raise ConfigError where a training on this dataset, with what is measured after it, cannot be.

    `network` has the shapes of what is trained; where it is not given, settings may be left to be found.
    """
    given = network or build.shapes(settings, dataset.dimension, len(dataset.input_names))
    check_starts(given, test=dataset.test.longest, validation=dataset.validation.longest)
    forecast_horizon(dataset, settings.diagnostics, heard=given.history)
    free_run_steps(given, dataset, settings.diagnostics)
    least = network or _smallest(settings, given, dataset.dimension)
    check_trainable(settings, least, longest=len(dataset.train))


def check_starts(network: Network, **longest: int) -> None:
    """Raise SettingError where the longest piece of a series, by its name, is too short to start from."""
    for name, steps in longest.items():
        if steps < network.history:
            must = f"be at least the {network.history} steps that this model starts from"
            raise SettingError(f"dataset.{name}_length", must, steps)


def _check_jacobians(settings: Settings) -> None:
    """Raise SettingError where equations are to be matched that the source does not have."""
    matching, preparation = settings.protocol.regularization.jacobian_matching, settings.dataset.preparation
    if not (matching.is_there and matching.uses_equations):
        return
    with within("protocol.jacobian_matching"):
        if preparation.embedding_dimension != "auto":  # it may come to 1
            check_equations(build.source(settings), preparation)
        if settings.model.past.number > 1:
            must = "be data for a network that stands for several observations (model.embedding_dimension)"
            raise SettingError("source", must, "equations")


def _smallest(settings: Settings, network: Network, dimension: int) -> Network:
    """Shapes of the smallest network that may come out of `auto`, which the data decide; `network` where none is."""
    size = len(settings.model.past.columns(dimension))
    newton = NEWTON._replace(hidden_size=size, observation="auto")
    recipe = newton if build.is_gauss_newton(settings) else descent(size)
    least = filled(settings, recipe)
    if least.model.cell != settings.model.cell:
        network = build.shapes(least, dimension, network.num_inputs)
    network = network.unfolded()
    hidden = network.cell.hidden_size
    if not build.is_gauss_newton(settings) or settings.model.observation != "auto" or hidden < size:
        return network
    return dataclasses.replace(network, observation=IdentityObservation(size, hidden))


def check_attempts(settings: Settings, *, driven: bool) -> None:
    """Raise SettingError where more attempts are asked for than can be told apart."""
    wanted = settings.training.attempts
    if driven and wanted not in ("auto", 1):
        must = "be 1 for a driven network, which has no attractor of its own to be tried"
        raise SettingError("training.attempts", must, wanted)
    if not build.is_drawn(settings) and wanted not in ("auto", 1):
        raise SettingError("training.attempts", f"be 1 {_undrawn(settings)}", wanted)


def _check_seeds(settings: Settings) -> None:
    """Raise SettingError for an ensemble of networks that would all be the same."""
    if not build.is_drawn(settings) and settings.ensemble.seeds > 1:
        raise SettingError("ensemble.seeds", f"be 1 {_undrawn(settings)}", settings.ensemble.seeds)


def _undrawn(settings: Settings) -> str:
    model = find_class(settings.model.cell.target, "model")
    return f"for {model.__name__}, none of whose weights is drawn: each would be the same network"


def axes_of(source: Source) -> tuple[int, int]:
    """Axes and inputs of a source; a file is read. Raises ConfigError where it cannot be as the settings say."""
    if not isinstance(source, SeriesFile):
        return source.num_axes, len(getattr(source, "input_names", ()))
    with within("dataset"):
        found = source.read()
    return len(found.names), len(found.input_names)


def check_fit_in_closed_form(settings: Settings) -> None:
    """Raise ConfigError unless model and protocol agree on whether the network is fitted by regression."""
    model = find_class(settings.model.cell.target, "model")
    regression = build.is_regression(settings)
    if issubclass(model, AbstractRegressedCell):
        if not regression:
            raise ConfigError(
                f"protocol must be closed_form for model {model.__name__}: it is fitted by regression"
            )
        if settings.model.observation not in ("auto", model.observation):
            raise SettingError(
                "model.observation",
                f"be {model.observation} for {model.__name__}",
                settings.model.observation,
            )
        _check_nothing_added(settings)
    elif regression:
        raise ConfigError(f"protocol=closed_form needs model=esn or model=ngrc, got {model.__name__}")


def _check_nothing_added(settings: Settings) -> None:
    """Raise SettingError for a penalty, or noise, that a fit in closed form would leave out."""
    added, why = (
        settings.protocol.regularization,
        "with protocol=closed_form, which is one regression on the data",
    )
    for name, penalty in added.penalties.items():
        raise SettingError(f"protocol.{name}.strength", f"be 0 {why}", penalty.strength)
    if added.is_noisy:
        raise SettingError(
            "protocol.input_noise", f"be auto or 0 {why}", added.input_noise, "dataset.noise adds some"
        )
