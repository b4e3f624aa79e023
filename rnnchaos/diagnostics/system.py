"""rnnchaos lyapunov of a system with known equations."""

import numpy as np

from rnnchaos.diagnostics.exponents import findings
from rnnchaos.diagnostics.findings import Findings
from rnnchaos.diagnostics.settings import DiagnosticsSettings
from rnnchaos.diagnostics.spectra import checks_of_system, spectrum_of_system, starts_of_system
from rnnchaos.diagnostics.tangent_space import along_orbits
from rnnchaos.diagnostics.truth import Truth
from rnnchaos.systems import AbstractSystem


def findings_of_system(system: AbstractSystem, settings: DiagnosticsSettings, *, transient: int) -> Findings:
    """The spectrum beside the published one, with its checks, and how its exponents vary along the orbit."""
    wanted = settings.lyapunov
    spectrum = spectrum_of_system(
        system,
        wanted,
        transient=transient,
        target_stderr=settings.target_stderr,
        target_relative_error=settings.target_relative_error,
    )
    checks = checks_of_system(system, spectrum, wanted, transient=transient)
    published = system.literature()
    reference = None
    if published is not None:
        reference = Truth(
            np.array(published.exponents),
            np.array(published.standard_error),
            system.time_per_step,
            published.source,
        )
    starts = starts_of_system(system, wanted, transient=transient)
    return findings(spectrum, reference, title=system.label, checks=checks).joined(
        along_orbits(system.step, starts, spectrum, wanted, num_steps=wanted.system_steps)
    )
