"""A diagnostic of what a series comes from: a system with known equations, a file, or a flow of dysts."""

import dataclasses
import time

from rich.console import Console

from rnnchaos.data import SeriesFile
from rnnchaos.diagnostics import AbstractDiagnostic, DataSource
from rnnchaos.measurements.automatic_embedding import resolve_embedding
from rnnchaos.measurements.recording import record
from rnnchaos.outcome import Outcome
from rnnchaos.runs import check_writable
from rnnchaos.settings import build
from rnnchaos.settings.schema import SystemSettings
from rnnchaos.settings.sizes import check_source
from rnnchaos.systems import AbstractSystem


def measure_source(
    diagnostic: type[AbstractDiagnostic], settings: SystemSettings, console: Console
) -> Outcome:
    """Measure the dataset's source, and store what is found in a run folder of its own."""
    check_writable(settings.outputs, settings.name)
    source = build.source(settings)
    if (long := check_source(settings, source, diagnostic.name)) is not None:
        console.print(long, highlight=False, soft_wrap=True)
    started = time.process_time()
    if isinstance(source, SeriesFile) and source.test_path is None:  # nothing is trained: every row counts
        of_all = settings.dataset.preparation.of_all_rows()
        settings = dataclasses.replace(
            settings, dataset=dataclasses.replace(settings.dataset, preparation=of_all)
        )
    if not isinstance(source, AbstractSystem):
        settings, embedding = resolve_embedding(source, settings)
        if embedding is not None:
            console.print(embedding, highlight=False, soft_wrap=True)
    # Nothing is chosen on a validation series here: its points are better used for the exponents.
    preparation = settings.dataset.preparation.without_training()
    subject = DataSource(
        source, preparation, settings.diagnostics, lambda: build.dataset(source, preparation), settings.seed
    )
    return record(
        diagnostic().of_source(subject),
        settings,
        console,
        outputs=settings.outputs,
        name=settings.name,
        kind=diagnostic.name,
        started=started,
    )
