"""The command that writes the network of a run for others."""

from collections.abc import Callable
from typing import Annotated

import typer

from rnnchaos.cli.options import Force, Json, Output, Run
from rnnchaos.outcome import Outcome


def add_export(app: typer.Typer, finish: Callable[[Callable[[], Outcome], bool], None]) -> None:
    """Make the command; `finish` runs it and exits with its code."""

    @app.command()
    def export(
        run: Run,
        to: Annotated[
            str,
            typer.Option(
                "--to", metavar="npz|safetensors|torch", show_default=False, help="The form, by who reads it."
            ),
        ],
        output: Output = None,
        force: Force = False,
        json: Json = False,
    ) -> None:
        """Write the network of a run to a file that other programs read.

        \b
        rnnchaos export outputs/NAME/v0001 --to torch

        RNN, GRU and LSTM under the names of PyTorch's layers, piecewise-linear networks under those of their papers,
        with the observation matrix, the scaling of the data and the time step (docs/foreign.md has loaders). The same
        file is read by weights=FILE.
        """

        def command() -> Outcome:
            from rnnchaos import measurements
            from rnnchaos.console import Console

            return measurements.export_run(run, to, output, replace=force, console=Console())

        finish(command, json)
