"""rnnchaos bifurcation: the free run of a trained network while one of its weights is changed."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from annotated_types import Ge

from rnnchaos.diagnostics.base import AbstractDiagnostic
from rnnchaos.setting import AnySteps, SettingError, Unit, check_fields

if TYPE_CHECKING:
    from rnnchaos.diagnostics.findings import Findings
    from rnnchaos.diagnostics.subjects import TrainedNetwork

_NAME = re.compile(r"([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)(?:\[(\d+(?:, ?\d+)*)\])?")


@dataclass(frozen=True)
class BifurcationSettings:
    """What the free run does while one weight of the trained network is changed, and nothing else."""

    weight: str = "cell.weight"
    """An array of the cell by its name in weights.safetensors, or a part of it: `cell.bias[3]`, `cell.weight[2,5]`."""
    change: Literal["scale", "shift"] = "scale"
    """Whether the values multiply the weight or are added to it; an array is changed as a whole."""
    lowest: float = 0.5
    """First value; less than highest."""
    highest: float = 1.5
    """Last value."""
    num_values: Annotated[int, Ge(2), Unit("value")] = 101
    """Evenly spaced from `lowest` to `highest`."""
    # With one exponent block for each, the standard error needs this many steps.
    num_steps: Annotated[int, Ge(8), Unit("step")] = 10_000
    """Steps per value, after the transient."""
    transient: AnySteps = 2_000
    """Steps that do not count, from a state forced to the data."""
    num_exponents: Annotated[int, Ge(1), Unit("exponent")] = 1
    """Lyapunov exponents, the largest first."""

    def __post_init__(self) -> None:
        check_fields(self)
        if _NAME.fullmatch(self.weight) is None:
            raise SettingError(
                "weight", "be a name such as cell.weight, cell.bias[3] or cell.weight[2,5]", self.weight
            )
        if self.lowest >= self.highest:
            raise SettingError("lowest", f"be less than highest ({self.highest:g})", self.lowest)

    @property
    def array(self) -> str:
        """The name of the array that is changed, or that a part is changed of."""
        return self._parts()[0]

    @property
    def index(self) -> tuple[int, ...]:
        """Which part of the array is changed; empty for all of it."""
        return tuple(int(number) for number in (self._parts()[1] or "").split(",") if number)

    def _parts(self) -> tuple[str, str | None]:
        matched = _NAME.fullmatch(self.weight)
        assert matched is not None
        return matched[1], matched[2]


class Bifurcations(AbstractDiagnostic):
    """Bifurcations of a run: its free run as one weight changes."""

    name: ClassVar[str] = "bifurcation"
    settings: ClassVar[type | None] = BifurcationSettings

    def of_run(self, network: "TrainedNetwork") -> "Findings":
        """Points of the orbit and the leading exponents at each value of the weight."""
        from rnnchaos.diagnostics.changed_weight import bifurcation_of_network

        wanted = network.settings.of(BifurcationSettings)
        return bifurcation_of_network(network.network, network.dataset, wanted)
