"""What a training knows of the Jacobians behind its series, where its protocol asks for them."""

from rnnchaos.data import Dataset, Source, tangents_of_data, tangents_of_equations
from rnnchaos.pieces import Pieces
from rnnchaos.protocols import JacobianMatching
from rnnchaos.setting import within
from rnnchaos.settings.schema import Settings
from rnnchaos.systems import AbstractSystem
from rnnchaos.typing import Tangents

_GROUP = "protocol.jacobian_matching"


def known_jacobians(source: Source, dataset: Dataset, settings: Settings) -> Tangents | None:
    """The derivatives that Jacobian matching is to match; None where it has no strength.

    Raises SettingError where they are not in the data.
    """
    matching = _matching(settings)
    if matching is None:
        return None
    series, off = dataset.train, dataset.off_attractor
    if off is not None:
        series = Pieces.joined([series, off.series])
    with within(_GROUP):
        if not matching.uses_equations:
            return tangents_of_data(series, steps=matching.steps)
        assert isinstance(source, AbstractSystem)  # it has been checked
        axes = settings.dataset.preparation.axes
        steps, perturbation = matching.steps, matching.perturbation
        return tangents_of_equations(
            source, series, dataset.scaling, axes, steps=steps, perturbation=perturbation
        )


def _matching(settings: Settings) -> JacobianMatching | None:
    matching = settings.protocol.regularization.jacobian_matching
    return matching if matching.strength > 0 else None
