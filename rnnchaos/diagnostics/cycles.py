"""rnnchaos cycles: the fixed points and cycles of a trained network."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

from annotated_types import Ge

from rnnchaos.diagnostics.base import AbstractDiagnostic
from rnnchaos.setting import Auto, Positive, Steps, Unit, check_fields

if TYPE_CHECKING:
    from rnnchaos.diagnostics.findings import Findings
    from rnnchaos.diagnostics.subjects import ForeignNetwork, TrainedNetwork


@dataclass(frozen=True)
class CyclesSettings:
    """The fixed points and cycles of a trained network."""

    max_period: Steps = 2
    """All periods up to this one, in steps."""
    num_starts: Annotated[int, Ge(1), Unit("start")] = 200
    """Starting points of the search for each period."""
    bound: Positive | Auto = "auto"
    """Largest |z_i| of the box in which cycles are sought; auto: 1.5 times the largest of the free run."""
    time_limit: Positive = 60.0
    """Seconds that the enumeration of each period may take."""

    def __post_init__(self) -> None:
        check_fields(self)


class Cycles(AbstractDiagnostic):
    """Fixed points and cycles of a run, with their stability."""

    name: ClassVar[str] = "cycles"
    settings: ClassVar[type | None] = CyclesSettings

    def of_run(self, network: "TrainedNetwork") -> "Findings":
        """The cycles of every period, by search and, where the network is piecewise-linear, by enumeration."""
        from rnnchaos.diagnostics.network_cycles import cycles_of_network

        wanted, free_run = network.settings.of(CyclesSettings), network.settings.free_run
        return cycles_of_network(network.network, network.dataset, wanted, free_run, seed=network.seed)

    def of_weights(self, network: "ForeignNetwork") -> "Findings":
        """The same, around an orbit of the main attractor; the inputs are held at 0."""
        from rnnchaos.diagnostics.network_cycles import cycles_of_import

        wanted, start = network.settings.of(CyclesSettings), network.attractors.main.states[0]
        length = network.settings.free_run.num_steps
        num_steps = network.settings.lyapunov.num_steps if length == "auto" else length
        return cycles_of_import(network.network, start, wanted, num_steps=num_steps, seed=network.seed)
