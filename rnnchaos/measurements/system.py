"""rnnchaos lyapunov of a system with known equations, or of a measured series."""

import time

import numpy as np
from rich.console import Console

from rnnchaos.measurements.automatic_embedding import resolve_embedding
from rnnchaos.measurements.exponents import findings
from rnnchaos.measurements.findings import Findings, record_measurement
from rnnchaos.measurements.series import findings_of_series
from rnnchaos.measurements.spectra import checks_of_system, spectrum_of_system, starts_of_system
from rnnchaos.measurements.tangent_space import along_orbits
from rnnchaos.measurements.truth import Truth
from rnnchaos.outcome import Outcome
from rnnchaos.settings import build
from rnnchaos.settings.schema import SystemSettings
from rnnchaos.systems import AbstractSystem


def lyapunov_of_system(settings: SystemSettings, console: Console) -> Outcome:
    """Measure the exponents of the dataset's source and store them in a run folder of their own."""
    source = build.source(settings)
    started = time.process_time()
    if isinstance(source, AbstractSystem):
        found = _of_equations(source, settings)
    else:
        settings, embedding = resolve_embedding(source, settings)
        if embedding is not None:
            console.print(embedding, highlight=False, soft_wrap=True)
        found = findings_of_series(source, settings)
    return record_measurement(
        found,
        settings,
        console,
        outputs=settings.outputs,
        name=settings.name,
        kind="lyapunov",
        started=started,
    )


def _of_equations(system: AbstractSystem, settings: SystemSettings) -> Findings:
    wanted, transient = settings.diagnostics.lyapunov, settings.dataset.preparation.transient
    spectrum = spectrum_of_system(
        system,
        wanted,
        transient=transient,
        target_stderr=settings.diagnostics.target_stderr,
        target_relative_error=settings.diagnostics.target_relative_error,
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
