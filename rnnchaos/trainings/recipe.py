"""Which recipe a training follows: chosen by what the data show."""

from rnnchaos.data import Dataset
from rnnchaos.models import ShallowRNN
from rnnchaos.protocols import SparseForcing
from rnnchaos.series import one_step_error
from rnnchaos.settings.components import find_class
from rnnchaos.settings.recipe import DESCENT, NEWTON, OF_THE_OPTIMIZER, filled
from rnnchaos.settings.schema import Settings

# The state counts as seen where local linear predictions of the next point err by less, in standard deviations.
_SEEN = 0.01
# In more dimensions Gauss–Newton steps, which solve for all weights at once, take too long.
_MOST_DIMENSIONS = 6


def resolved(settings: Settings, dataset: Dataset) -> tuple[Settings, str | None]:
    """The settings without `auto`, and in one line why; None where there was nothing to choose.

    Where the data show the whole state without noise, its next value is a function to be found, and few units and
    Gauss–Newton steps find it. Units beside those that are observed stand for what is hidden, and average noise.
    """
    if settings.optimizer.name not in ("auto", "gauss_newton"):
        return filled(settings, DESCENT), None
    if settings.optimizer.name == "auto" and not _could_be_newton(settings, dataset):
        return filled(settings, DESCENT), None
    error = one_step_error(dataset.train)
    seen = error is not None and error < _SEEN
    recipe = NEWTON._replace(hidden_size=dataset.dimension) if seen else DESCENT
    if settings.optimizer.name == "gauss_newton":
        recipe = recipe._replace(**{name: getattr(NEWTON, name) for name in OF_THE_OPTIMIZER})
    found = filled(settings, recipe)
    return found, _told(found, error, seen=seen)


def _could_be_newton(settings: Settings, dataset: Dataset) -> bool:
    """Whether the model, the forcing and the dimension are those that Gauss–Newton steps are chosen for."""
    if settings.training.solver == "deer":
        return False
    if find_class(settings.model.cell.target, "model") is not ShallowRNN:
        return False
    if find_class(settings.protocol.forcing.target, "protocol") is not SparseForcing:
        return False
    units = settings.model.cell.arguments.get("hidden_size", "auto")
    return (
        units in ("auto", dataset.dimension)
        and settings.model.observation in ("auto", "identity")
        and dataset.dimension <= _MOST_DIMENSIONS
        and not settings.protocol.regularization.penalties
    )


def _told(settings: Settings, error: float | None, *, seen: bool) -> str:
    shows = "the data show the whole state" if seen else "the data hide a part of the state, or are noisy"
    how = (
        "are too short to tell"
        if error is None
        else f"local linear predictions err by {error:.2g} standard deviations"
    )
    arguments = settings.model.cell.arguments
    steps = (
        "Gauss–Newton steps"
        if settings.optimizer.name == "gauss_newton"
        else f"steps of {settings.optimizer.name}"
    )
    return (
        f"recipe: {shows} ({how}): {arguments.get('hidden_size')} units, a layer of {arguments.get('layer_size')}, "
        f"{settings.training.num_steps} {steps}"
    )
