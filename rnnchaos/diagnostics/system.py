"""rnnchaos lyapunov of a system with known equations."""

import numpy as np

from rnnchaos.diagnostics.exponents import findings
from rnnchaos.diagnostics.findings import Findings
from rnnchaos.diagnostics.settings import DiagnosticsSettings
from rnnchaos.diagnostics.spectra import attractors_of_system, checks_of_system, chosen_starts_of_system
from rnnchaos.diagnostics.tangent_space import along_orbits
from rnnchaos.diagnostics.truth import Truth
from rnnchaos.systems import AbstractSystem


def findings_of_system(
    system: AbstractSystem, settings: DiagnosticsSettings, *, transient: int, seed: int
) -> Findings:
    """The spectra beside the published one, with their checks, and how exponents vary along the orbit."""
    wanted = settings.lyapunov
    found = attractors_of_system(
        system,
        wanted,
        chosen_starts_of_system(system, wanted, transient=transient, seed=seed),
        target_stderr=settings.target_stderr,
        target_relative_error=settings.target_relative_error,
    )
    checks = [checks_of_system(system, each, wanted) for each in found.attractors]
    published = system.literature()
    reference = None
    if published is not None:
        reference = Truth(
            np.array(published.exponents),
            np.array(published.standard_error),
            system.time_per_step,
            published.source,
        )
    main = found.main
    return findings(found, reference, title=system.label, checks=checks, of_network=False).joined(
        along_orbits(system.step, main.states, main.spectrum, wanted, num_steps=wanted.system_steps)
    )
