"""rnnchaos judge: whether a network has learned the attractor, in one sentence."""

from typing import TYPE_CHECKING, ClassVar

from rnnchaos.diagnostics.base import AbstractDiagnostic

if TYPE_CHECKING:
    from rnnchaos.diagnostics.findings import Findings
    from rnnchaos.diagnostics.subjects import TrainedNetwork


class Judge(AbstractDiagnostic):
    """Whether a run has learned the attractor, in one sentence."""

    name: ClassVar[str] = "judge"

    def of_run(self, network: "TrainedNetwork") -> "Findings":
        """Learned or not, what the network does instead, what to try, and which numbers tell networks apart."""
        from rnnchaos.diagnostics.network_judged import findings_of_judgement

        return findings_of_judgement(network)

    def after_training(self, network: "TrainedNetwork") -> "Findings":
        """The same."""
        return self.of_run(network)
