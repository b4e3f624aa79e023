"""All regularisation of a protocol, as its config node holds it."""

import equinox as eqx
import jax
from jaxtyping import Array, Float, PRNGKeyArray

from rnnchaos.models import Network
from rnnchaos.protocols.flossing import GradientFlossing
from rnnchaos.protocols.invariant_measure import InvariantMeasure
from rnnchaos.protocols.jacobian_matching import JacobianMatching
from rnnchaos.protocols.manifold_attractor import ManifoldAttractor
from rnnchaos.protocols.penalty import AbstractPenalty
from rnnchaos.protocols.schedules import as_data
from rnnchaos.setting import Auto, NotNegative, check_fields, within


class Regularization(eqx.Module):
    """What a protocol adds to the loss and to the data, whatever its forcing. Nothing by default.

    A field that is a penalty is one: its name is that of its settings and of its trace.
    """

    input_noise: NotNegative | Auto = "auto"
    """Standard deviation of noise on the data that is put into the state, in units of the scaled data; auto takes
    .001 where the state stands for several observations (model.embedding_dimension), else none."""
    flossing: GradientFlossing = GradientFlossing()
    manifold_attractor: ManifoldAttractor = ManifoldAttractor()
    jacobian_matching: JacobianMatching = JacobianMatching()
    invariant_measure: InvariantMeasure = InvariantMeasure()

    def __check_init__(self) -> None:
        check_fields(self)

    @property
    def all_penalties(self) -> dict[str, AbstractPenalty]:
        """By name."""
        return {name: part for name, part in vars(self).items() if isinstance(part, AbstractPenalty)}

    @property
    def noise(self) -> float | Float[Array, ""]:
        """The standard deviation of the noise: none where nothing has been put in place of auto."""
        return 0.0 if isinstance(self.input_noise, str) else self.input_noise

    @property
    def is_noisy(self) -> bool:
        """Whether there is any noise; as data it is never 0."""
        return isinstance(self.noise, jax.Array) or self.noise > 0

    def as_data(self) -> "Regularization":
        """The same with its numbers as data of the program; what is not there stays as it is."""
        noise = as_data(self.noise) if self.is_noisy else 0.0
        parts = {"input_noise": noise} | {name: part.as_data() for name, part in self.penalties.items()}
        return eqx.tree_at(lambda whole: [getattr(whole, name) for name in parts], self, [*parts.values()])

    @property
    def penalties(self) -> dict[str, AbstractPenalty]:
        """Those that have any strength, by name."""
        return {name: part for name, part in self.all_penalties.items() if part.is_there}

    @property
    def uses_equations(self) -> bool:
        """Whether any of them knows more than data: the equations behind them."""
        return any(penalty.uses_equations for penalty in self.penalties.values())

    def describe(self) -> str:
        """What is added, in words that follow others; nothing where nothing is."""
        noise = [f"noise of {self.noise:g} on what it hears"] if self.is_noisy else []
        return "".join(
            f", with {what}" for what in (*noise, *(p.describe() for p in self.penalties.values()))
        )

    def check(self, network: Network, *, window: int) -> None:
        """Raise SettingError where a penalty has no meaning for `network` in windows of so many steps."""
        for name, penalty in self.penalties.items():
            with within(name):
                penalty.check(network, window=window)

    def heard(
        self, windows: Float[Array, "batch time dimension"], *, key: PRNGKeyArray
    ) -> Float[Array, "batch time dimension"]:
        """What is put into the state: `windows`, with Gaussian noise where there is any.

        Bishop (1995), Neural Comput. 7, 108: for small noise a penalty on the derivative of the network.
        """
        if not self.is_noisy:
            return windows
        return windows + self.noise * jax.random.normal(key, windows.shape, windows.dtype)
