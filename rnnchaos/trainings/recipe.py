"""Which recipe a training follows: chosen by what the data show."""

import dataclasses

from rnnchaos.data import Dataset
from rnnchaos.models import ShallowPLRNN, ShallowRNN
from rnnchaos.numbers import counted
from rnnchaos.protocols import SparseForcing
from rnnchaos.settings import build, checks
from rnnchaos.settings.components import find_class
from rnnchaos.settings.recipe import NEWTON, OF_THE_OPTIMIZER, Recipe, descent, filled
from rnnchaos.settings.schema import Settings
from rnnchaos.trainings.delays import Shown, shown

# In more dimensions Gauss–Newton steps, which solve for all weights at once, take too long.
_MOST_DIMENSIONS = 6


def resolved(settings: Settings, dataset: Dataset) -> tuple[Settings, str | None]:
    """The settings without `auto`, and in one line why; None where there was nothing to choose.

    Where the data show the whole state without noise, at once or with delays, its next value is a function to be
    found, and few units and Gauss–Newton steps find it: smooth ones, or piecewise-linear ones as the function is.
    Units beside those that are observed stand for what is hidden, and average noise.
    """
    settings = _without_trial(settings, dataset)
    if not _could_be_newton(settings, dataset):
        if settings.model.embedding_dimension in ("auto", 1):
            return filled(settings, _of_the_optimizer(settings, descent(dataset.dimension))), None
        delays = shown(settings.model, dataset, most=None).delays
        recipe = _of_the_optimizer(settings, descent(len(delays.columns(dataset.dimension))))
        return filled(settings, recipe._replace(delays=delays)), None
    found = shown(settings.model, dataset, most=_most(settings))
    size = len(found.delays.columns(dataset.dimension))
    newton = found.whole and (found.delays.number == 1 or size <= _MOST_DIMENSIONS)
    recipe = NEWTON._replace(hidden_size=size, kinked=found.piecewise_linear) if newton else descent(size)
    chosen = filled(settings, _of_the_optimizer(settings, recipe)._replace(delays=found.delays))
    return chosen, _told(chosen, found)


def _without_trial(settings: Settings, dataset: Dataset) -> Settings:
    """With one attempt where another would not be tried, or not differ. Raises SettingError where more are given."""
    training, driven = settings.training, bool(dataset.input_names)
    checks.check_attempts(settings, driven=driven)
    if training.keep == "attractor" and not driven and build.is_drawn(settings):
        return settings
    return dataclasses.replace(settings, training=dataclasses.replace(training, attempts=1))


def _of_the_optimizer(settings: Settings, recipe: Recipe) -> Recipe:
    """With what belongs to Gauss–Newton steps, where these are asked for."""
    if not build.is_gauss_newton(settings):
        return recipe
    return recipe._replace(**{name: getattr(NEWTON, name) for name in OF_THE_OPTIMIZER})


def _most(settings: Settings) -> int | None:
    """Numbers that delayed observations may come to where they are chosen; None where none are."""
    if find_class(settings.model.cell.target, "model") is not ShallowRNN:
        return None
    units = settings.model.cell.arguments.get("hidden_size", "auto")
    delayed = settings.dataset.preparation.embedding_dimension not in (1, None)
    return _MOST_DIMENSIONS if units == "auto" and not delayed else None


def _could_be_newton(settings: Settings, dataset: Dataset) -> bool:
    """Whether the model, the forcing and the dimension are those that Gauss–Newton steps are chosen for."""
    if build.is_gauss_newton(settings):
        return True
    if settings.optimizer.name != "auto" or settings.training.solver == "deer":
        return False
    if find_class(settings.model.cell.target, "model") is not ShallowRNN:
        return False
    if find_class(settings.protocol.forcing.target, "protocol") is not SparseForcing:
        return False
    units = settings.model.cell.arguments.get("hidden_size", "auto")
    return (
        units in ("auto", len(settings.model.past.columns(dataset.dimension)))
        and settings.model.observation in ("auto", "identity")
        and dataset.dimension <= _MOST_DIMENSIONS
        and not settings.protocol.regularization.penalties
    )


def _told(settings: Settings, found: Shown) -> str:
    shows = "the data hide a part of the state, or are noisy"
    if found.whole:
        shows = "the data show the whole state"
    if found.whole and found.delays.number > 1:
        shows = f"the data hide a part of the state; with {found.delays}, they show it"
    how = (
        "are too short to tell"
        if found.error is None
        else f"local linear predictions err by {found.error:.2g} standard deviations"
    )
    if found.piecewise_linear:
        shows += " of a piecewise-linear map"
    cell = settings.model.cell
    kinked = "piecewise-linear " if find_class(cell.target, "model") is ShallowPLRNN else ""
    name, size = settings.optimizer.name, cell.arguments.get("layer_size")
    steps = "Gauss–Newton steps" if name == "gauss_newton" else f"steps of {name}"
    units = cell.arguments.get("hidden_size")
    sizes = [counted(units, "unit")] if isinstance(units, int) else []
    sizes += [f"a {kinked}layer of {size}"] if isinstance(size, int) else []
    return f"recipe: {shows} ({how}): {', '.join([*sizes, f'{settings.training.num_steps} {steps}'])}"
