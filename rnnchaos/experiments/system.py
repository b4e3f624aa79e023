"""rnnchaos lyapunov of a system with known equations, or of a measured series."""

import time

import numpy as np
from rich.console import Console

from rnnchaos.config import build, stored
from rnnchaos.config.schema import SystemSettings
from rnnchaos.data import SeriesFile, prepare
from rnnchaos.diagnostics import lyapunov_from_data
from rnnchaos.experiments.exponents import findings
from rnnchaos.experiments.findings import Findings, store
from rnnchaos.experiments.outcome import Outcome
from rnnchaos.experiments.tables import number
from rnnchaos.experiments.truth import Truth, spectrum_of_system
from rnnchaos.runs import Kind, RunWriter, Status, collect_provenance
from rnnchaos.systems import AbstractSystem


def lyapunov_of_system(settings: SystemSettings, console: Console) -> Outcome:
    """Measure the exponents of the dataset's source and store them in a run folder of their own."""
    source = build.source(settings)
    started = time.process_time()
    found = (
        _of_series(source, settings) if isinstance(source, SeriesFile) else _of_equations(source, settings)
    )
    run = RunWriter.create(
        settings.outputs,
        name=settings.name,
        kind=Kind.LYAPUNOV,
        config_text=stored.to_yaml(settings),
        provenance=collect_provenance(seed=settings.seed, precision="float64")._asdict(),
    )
    with run:
        store(found, run, figures=settings.diagnostics.figures)
        summary = {**found.summary, "cpu_seconds": time.process_time() - started}
        run.finish(Status.FINISHED, summary)
    for shown in found.shown:
        console.print(shown, highlight=False)
    console.print(f"written to {run.path}", highlight=False, soft_wrap=True)
    return Outcome(0, {"run": str(run.path), **summary})


def _of_equations(system: AbstractSystem, settings: SystemSettings) -> Findings:
    spectrum = spectrum_of_system(
        system, settings.diagnostics.lyapunov, transient=settings.dataset.preparation.transient
    )
    published = system.literature()
    reference = None
    if published is not None:
        reference = Truth(
            np.array(published.exponents),
            np.array(published.standard_error),
            system.time_per_step,
            published.source,
        )
    return findings(spectrum, reference, title=type(system).__name__)


def _of_series(source: SeriesFile, settings: SystemSettings) -> Findings:
    dataset = prepare(source, settings.dataset.preparation)
    found = lyapunov_from_data(dataset.train, dt=dataset.time_per_step)
    first, last = found.fit_range

    def figure():
        from rnnchaos.figures import divergence_figure

        return divergence_figure(
            found.lags, found.divergence, fit_range=found.fit_range, exponent=found.exponent
        )

    return Findings(
        summary={
            "lambda_max": found.exponent,
            "lambda_max_standard_error": found.standard_error,
            "fit_from": first,
            "fit_to": last,
        },
        arrays={"divergence": {"lags": found.lags, "log_distance": found.divergence}},
        figures={"divergence": figure},
        shown=(
            f"λ_max {number(found.exponent, found.standard_error)} nats per time unit from the series, "
            f"fitted from {first:g} to {last:g} time units",
        ),
    )
