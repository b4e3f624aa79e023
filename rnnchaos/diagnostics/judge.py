"""rnnchaos judge: whether a network has learned the attractor, in one sentence."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

from annotated_types import Gt, Lt

from rnnchaos.diagnostics.base import AbstractDiagnostic
from rnnchaos.setting import check_fields

if TYPE_CHECKING:
    from rnnchaos.diagnostics.findings import Findings
    from rnnchaos.diagnostics.subjects import TrainedNetwork


@dataclass(frozen=True)
class JudgeSettings:
    """What counts as learned."""

    exponents: Annotated[float, Gt(0), Lt(1)] = 0.1
    """Exponents agree within this share of their size, or of λ_max if larger; of a series, within 0.3 at least."""
    geometry: Annotated[float, Gt(0), Lt(1)] = 0.05
    """A metric agrees up to this share of the way from its floor to its ceiling."""

    def __post_init__(self) -> None:
        check_fields(self)


class Judge(AbstractDiagnostic):
    """Whether a run, or any other model, has learned the attractor.

    Of a run alone: in one sentence, from its own data. Of anything against a truth: trajectories in files (arrays of
    (time, axis) or (piece, time, axis), tables, free_run.npz and forecasts.npz of a run), run folders, or a file of
    weights, each a row with its metrics beside the floor, its exponent and a verdict, in a table with a copy of the
    past. The truth is a file, a run folder, or dataset=....
    """

    name: ClassVar[str] = "judge"
    settings: ClassVar[type | None] = JudgeSettings
    against_any: ClassVar[bool] = True

    def of_run(self, network: "TrainedNetwork") -> "Findings":
        """Learned or not, what the network does instead, what to try, and which numbers tell networks apart."""
        from rnnchaos.diagnostics.network_judged import findings_of_judgement

        return findings_of_judgement(network, network.settings.of(JudgeSettings))

    def after_training(self, network: "TrainedNetwork") -> "Findings":
        """The same."""
        return self.of_run(network)
