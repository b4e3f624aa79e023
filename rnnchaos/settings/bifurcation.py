"""The settings of `rnnchaos bifurcation`."""

import re
from dataclasses import dataclass
from typing import Literal

from rnnchaos.errors import ConfigError

_NAME = re.compile(r"([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)(?:\[(\d+(?:, ?\d+)*)\])?")


@dataclass(frozen=True)
class BifurcationSettings:
    """What the free run does while one weight of the trained network is changed, and nothing else."""

    weight: str = "cell.weight"
    """An array of the cell by its name in weights.safetensors, or a part of it: `cell.bias[3]`, `cell.weight[2,5]`."""
    change: Literal["scale", "shift"] = "scale"
    """Whether the values multiply the weight or are added to it; an array is changed as a whole."""
    lowest: float = 0.5
    highest: float = 1.5
    num_values: int = 101
    """Evenly spaced from `lowest` to `highest`."""
    num_steps: int = 10_000
    """Steps per value, after the transient."""
    transient: int = 2_000
    """Steps that do not count, from a state forced to the data."""
    num_exponents: int = 1

    def __post_init__(self) -> None:
        if _NAME.fullmatch(self.weight) is None:
            raise ConfigError(
                "diagnostics.bifurcation.weight must be a name such as cell.weight, cell.bias[3] or "
                f"cell.weight[2,5], got {self.weight!r}"
            )
        # With one exponent block for each, the standard error needs this many steps.
        bounds = {"num_values": (2, "values"), "num_steps": (8, "steps"), "transient": (0, "steps"),
                  "num_exponents": (1, "exponent")}  # fmt: skip
        for name, (minimum, unit) in bounds.items():
            if getattr(self, name) < minimum:
                raise ConfigError(
                    f"diagnostics.bifurcation.{name} must be at least {minimum} {unit}, got {getattr(self, name)}"
                )
        if self.lowest >= self.highest:
            raise ConfigError(
                "diagnostics.bifurcation.lowest must be less than diagnostics.bifurcation.highest "
                f"({self.highest:g}), got {self.lowest:g}"
            )

    @property
    def array(self) -> str:
        """The name of the array that is changed, or that a part is changed of."""
        return self._parts()[0]

    @property
    def index(self) -> tuple[int, ...]:
        """Which part of the array is changed; empty for all of it."""
        return tuple(int(number) for number in (self._parts()[1] or "").split(",") if number)

    @property
    def trained_value(self) -> float:
        """The value that leaves the network as it was trained."""
        return 1.0 if self.change == "scale" else 0.0

    def _parts(self) -> tuple[str, str | None]:
        matched = _NAME.fullmatch(self.weight)
        assert matched is not None
        return matched[1], matched[2]
