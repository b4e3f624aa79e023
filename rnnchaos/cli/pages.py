"""The command that makes a page of a run or of a sweep."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from rnnchaos.cli.options import Force, Json, Output
from rnnchaos.outcome import Outcome


def add_report(app: typer.Typer, finish: Callable[[Callable[[], Outcome], bool], None]) -> None:
    """Make the command; `finish` runs it and exits with its code."""

    @app.command()
    def report(
        folder: Annotated[Path, typer.Argument(metavar="RUN|SWEEP", help="The folder.")],
        output: Output = None,
        force: Force = False,
        json: Json = False,
    ) -> None:
        """Make one HTML page of a run, or of a sweep with all its trainings.

        \b
        rnnchaos report outputs/NAME/v0001
        rnnchaos report outputs/NAME.sweep --output study.html

        The verdict, the attractor to turn, forecasts, spectra, exponents, gradients, training and metrics, from what
        the folder holds: nothing is computed again. The file opens offline and can be mailed (docs/report.md).
        """

        def command() -> Outcome:
            from rnnchaos.console import Console
            from rnnchaos.report.making import make_report

            return make_report(folder, output, replace=force, console=Console())

        finish(command, json)
