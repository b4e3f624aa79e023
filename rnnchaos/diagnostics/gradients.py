"""rnnchaos gradients: how gradients of a trained network grow with the time that they bridge."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

from annotated_types import Ge

from rnnchaos.diagnostics.base import AbstractDiagnostic
from rnnchaos.setting import Unit, check_fields

if TYPE_CHECKING:
    from rnnchaos.diagnostics.findings import Findings
    from rnnchaos.diagnostics.subjects import ForeignNetwork, TrainedNetwork


@dataclass(frozen=True)
class GradientSettings:
    """The growth of ‖dz_T/dz_1‖ with the lag T."""

    max_lag: Annotated[int, Ge(10), Unit("step")] = 10_000
    """Longest lag T in steps."""
    num_starts: Annotated[int, Ge(1), Unit("start")] = 10
    """Starting points, one an orbit, on each attractor; as many as it has orbits where those are fewer."""

    def __post_init__(self) -> None:
        check_fields(self)


class Gradients(AbstractDiagnostic):
    """Growth of gradients with the lag, for a run."""

    name: ClassVar[str] = "gradients"
    settings: ClassVar[type | None] = GradientSettings

    def of_run(self, network: "TrainedNetwork") -> "Findings":
        """‖dz_T/dz_1‖ and ‖dL_T/dθ‖ against T, their slopes, and the theorem that applies, on each attractor.

        Of a driven network along the inputs of the test series, to which no theorem applies.
        """
        from rnnchaos.diagnostics.driven_gradients import gradients_along_inputs
        from rnnchaos.diagnostics.gradient_growth import gradients_of_network

        wanted = network.settings.of(GradientSettings)
        if network.network.num_inputs:
            return gradients_along_inputs(network.network, network.dataset, wanted)
        return gradients_of_network(network.network, network.dataset, network.attractors, wanted)

    def of_weights(self, network: "ForeignNetwork") -> "Findings":
        """‖dz_T/dz_1‖ against T alone: without data there is no loss."""
        from rnnchaos.diagnostics.gradient_growth import gradients_of_step

        wanted = network.settings.of(GradientSettings)
        return gradients_of_step(network.network.step, network.attractors, wanted)

    def after_training(self, network: "TrainedNetwork") -> "Findings":
        """The same as of a stored run."""
        return self.of_run(network)
