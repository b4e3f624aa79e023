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

    def of_run(self, network: "TrainedNetwork") -> "Findings":
        """The spectrum beside the truth's, and how its exponents vary along the orbit."""
        from rnnchaos.diagnostics.spectra import starts_of_network
        from rnnchaos.diagnostics.tangent_space import along_orbits
        from rnnchaos.models.simulation import measured

        wanted, found = network.settings.lyapunov, self.after_training(network)
        step, starts = (
            measured(network.network).step,
            starts_of_network(network.network, network.dataset, wanted),
        )
        return found.joined(along_orbits(step, starts, network.spectrum, wanted, num_steps=wanted.num_steps))

    def of_source(self, source: "DataSource") -> "Findings":
        """The spectrum of the equations, or where there are none the largest exponent of the series."""
        from rnnchaos.diagnostics.series import findings_of_series
        from rnnchaos.diagnostics.system import findings_of_system
        from rnnchaos.systems import AbstractSystem

        if isinstance(source.source, AbstractSystem):
            return findings_of_system(source.source, source.settings, transient=source.preparation.transient)
        return findings_of_series(source.source, source.dataset, source.preparation)

    def of_weights(self, network: "ForeignNetwork") -> "Findings":
        """The spectrum, and how its exponents vary along the orbit."""
        from rnnchaos.diagnostics.exponents import findings
        from rnnchaos.diagnostics.tangent_space import along_orbits
        from rnnchaos.tangent import spectrum_checks

        wanted, spectrum = network.settings.lyapunov, network.spectrum
        checks = spectrum_checks(spectrum, flow=False)
        found = findings(spectrum, None, title=network.network.kind.upper(), checks=checks)
        step, starts = network.network.step, network.starts
        return found.joined(along_orbits(step, starts, spectrum, wanted, num_steps=wanted.num_steps))

    def after_training(self, network: "TrainedNetwork") -> "Findings":
        """The spectrum beside the truth's."""
        from rnnchaos.diagnostics.exponents import findings
        from rnnchaos.tangent import spectrum_checks

        checks = spectrum_checks(network.spectrum, flow=False)
        return findings(network.spectrum, network.truth, title="network", checks=checks)
