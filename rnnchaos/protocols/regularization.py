"""All regularisation of a protocol, as its config node holds it."""

import dataclasses

from rnnchaos.errors import ConfigError
from rnnchaos.models import Network
from rnnchaos.protocols.flossing import GradientFlossing
from rnnchaos.protocols.manifold_attractor import ManifoldAttractor


@dataclasses.dataclass(frozen=True)
class Regularization:
    """What a protocol adds to the loss and to the data, whatever its forcing. Nothing by default."""

    input_noise: float = 0.0
    """Standard deviation of noise on the data that is put into the state, in units of the scaled data."""
    flossing: GradientFlossing = dataclasses.field(default_factory=GradientFlossing)
    manifold_attractor: ManifoldAttractor = dataclasses.field(default_factory=ManifoldAttractor)

    def __post_init__(self) -> None:
        if not self.input_noise >= 0:
            raise ConfigError(f"protocol.input_noise must be at least 0, got {self.input_noise:g}")

    def describe(self) -> str:
        """What is added, in words that follow others; nothing where nothing is."""
        added = {
            f"noise of {self.input_noise:g} on its inputs": self.input_noise,
            "gradient flossing": self.flossing.strength,
            "manifold-attractor regularisation": self.manifold_attractor.strength,
        }
        return "".join(f", with {what}" for what, amount in added.items() if amount > 0)

    def check(self, network: Network) -> None:
        """Raise ConfigError where a penalty has no meaning for `network`."""
        self.flossing.check(network)
        self.manifold_attractor.check(network)
