"""rnnchaos evaluate: how like the truth a trained network is, in a free run and in forecasts."""

from typing import TYPE_CHECKING, ClassVar

from rnnchaos.diagnostics.base import AbstractDiagnostic
from rnnchaos.diagnostics.settings import PredictionSettings

if TYPE_CHECKING:
    from rnnchaos.diagnostics.findings import Findings
    from rnnchaos.diagnostics.subjects import TrainedNetwork


class Evaluate(AbstractDiagnostic):
    """Free run and forecasts of a run, against its data."""

    name: ClassVar[str] = "evaluate"
    settings: ClassVar[type | None] = PredictionSettings
    group: ClassVar[str] = "prediction"

    def of_run(self, network: "TrainedNetwork") -> "Findings":
        """The attractor of one free run, and the errors of forecasts."""
        from rnnchaos.diagnostics.evaluation import findings_of_evaluation

        return findings_of_evaluation(network.evaluation, network.dataset, network.truth, network.settings)

    def after_training(self, network: "TrainedNetwork") -> "Findings":
        """The same."""
        return self.of_run(network)
