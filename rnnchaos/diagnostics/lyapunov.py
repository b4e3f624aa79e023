"""rnnchaos lyapunov: the Lyapunov exponents of a system, of a series, or of a network."""

from typing import TYPE_CHECKING, ClassVar

from rnnchaos.diagnostics.base import AbstractDiagnostic
from rnnchaos.diagnostics.settings import LyapunovSettings

if TYPE_CHECKING:
    from rnnchaos.diagnostics.findings import Findings
    from rnnchaos.diagnostics.subjects import DataSource, ForeignNetwork, TrainedNetwork


class Lyapunov(AbstractDiagnostic):
    """Lyapunov exponents of a system or a run.

    Of a system with known equations, of a measured series, of the network of a run, or of a file of weights.
    """

    name: ClassVar[str] = "lyapunov"
    settings: ClassVar[type | None] = LyapunovSettings
    takes_input: ClassVar[bool] = True

    def of_run(self, network: "TrainedNetwork") -> "Findings":
        """The spectrum beside the truth's, how its exponents vary along the orbit, and that of the forced network."""
        from rnnchaos.diagnostics.forced import forced_findings
        from rnnchaos.diagnostics.tangent_space import along_orbits
        from rnnchaos.models.simulation import measured

        found, wanted = self.after_training(network), network.settings.lyapunov
        if network.network.num_inputs == 0:
            step, main = measured(network.network).step, network.attractors.main
            found = found.joined(
                along_orbits(step, main.states, main.spectrum, wanted, num_steps=wanted.num_steps)
            )
        return found.joined(forced_findings(network)) if wanted.forced else found

    def of_source(self, source: "DataSource") -> "Findings":
        """The spectrum of the equations, or where there are none the largest exponent of the series."""
        from rnnchaos.diagnostics.series import findings_of_series
        from rnnchaos.diagnostics.system import findings_of_system
        from rnnchaos.systems import AbstractSystem

        if isinstance(source.source, AbstractSystem):
            return findings_of_system(
                source.source, source.settings, transient=source.preparation.transient, seed=source.seed
            )
        return findings_of_series(source.source, source.dataset, source.preparation)

    def of_weights(self, network: "ForeignNetwork") -> "Findings":
        """The spectrum, and how its exponents vary along the orbit; along an input the conditional one."""
        from rnnchaos.diagnostics.exponents import findings
        from rnnchaos.diagnostics.tangent_space import along_orbits

        if network.inputs:
            return _along_input(network)
        main, wanted = network.attractors.main, network.settings.lyapunov
        found = findings(network.attractors, None, title=network.network.title)
        step = network.network.step
        return found.joined(
            along_orbits(step, main.states, main.spectrum, wanted, num_steps=wanted.num_steps)
        )

    def after_training(self, network: "TrainedNetwork") -> "Findings":
        """The spectrum beside the truth's; of a driven network the conditional one, along the test series' inputs."""
        from rnnchaos.diagnostics.driven import driven_findings
        from rnnchaos.diagnostics.exponents import findings

        if network.network.num_inputs:
            return driven_findings(network.driven, network.truth, title="network")
        return findings(network.attractors, network.truth, title="network")


def _along_input(network: "ForeignNetwork") -> "Findings":
    import numpy as np

    from rnnchaos.diagnostics.driven import along_inputs, driven_findings
    from rnnchaos.models.contraction_bound import contraction_bound

    found = along_inputs(
        network.network.step,
        network.network.state_size,
        network.inputs,
        network.settings.lyapunov,
        bound=contraction_bound(network.network, np.concatenate(network.inputs)),
        seed=network.seed,
        time_per_step=network.time_per_step,
    )
    return driven_findings(found, None, title=network.network.title)
