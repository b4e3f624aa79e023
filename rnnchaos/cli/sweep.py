"""The commands on a sweep: how it stands, going on with it, its table."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rnnchaos.cli.logging_words import choose_logging
from rnnchaos.cli.options import Dpi, Json, Style, Width
from rnnchaos.errors import ConfigError
from rnnchaos.outcome import Outcome

if TYPE_CHECKING:
    from rnnchaos.console import Console
    from rnnchaos.sweeps.sweep import Sweep

SUBCOMMANDS = ("status", "run", "table", "plot")

_Path = Annotated[Path, typer.Argument(metavar="SWEEP", help="A folder NAME.sweep, or a version in it.")]


def sweep_app(finish: Callable[[Callable[[], Outcome], bool], None]) -> typer.Typer:
    """The commands; `finish` runs one and exits with its code."""
    app = typer.Typer(rich_markup_mode=None, help="See how a sweep stands, go on with it, make its table.")

    @app.command()
    def status(sweep: _Path, json: Json = False) -> None:
        """Count the cells by how they stand. The exit code is 1 while any has no result.

        \b
        rnnchaos sweep status outputs/NAME.sweep
        """

        def command() -> Outcome:
            from rnnchaos.console import Console
            from rnnchaos.sweeps.running import report
            from rnnchaos.sweeps.sweep import Sweep

            opened, console = Sweep.open(sweep), Console()
            return _concluded(opened, report(opened, console), console)

        finish(command, json)

    @app.command()
    def run(
        sweep: _Path,
        words: Annotated[
            list[str] | None,
            typer.Argument(
                metavar="hydra/launcher=NAME|hydra.launcher.SETTING=VALUE|logging=NAME",
                show_default=False,
                help="Where to train, as the sweep was begun unless given; where progress goes as well.",
            ),
        ] = None,
        n_jobs: Annotated[
            int | None,
            typer.Option(metavar="N", show_default=False, help="Processes at a time; one a core unless set."),
        ] = None,
        retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Failed cells, too.")] = False,
        detach: Annotated[bool, typer.Option("--detach", help="Submit to Slurm and return.")] = False,
        json: Json = False,
    ) -> None:
        """Go on with a sweep: train the cells that have no result, and resume those that were cut off.

        \b
        rnnchaos sweep run outputs/NAME.sweep --n-jobs 4
        rnnchaos sweep run outputs/NAME.sweep hydra/launcher=slurm hydra.launcher.partition=cpu
        """

        def command() -> Outcome:
            from rnnchaos.sweeps.sweep import Sweep

            if n_jobs is not None and n_jobs < 1:
                raise ConfigError(f"--n-jobs must be at least 1, got {n_jobs}")
            opened = Sweep.open(sweep)
            left = choose_logging(words or [])
            return go_on_with(opened, left, n_jobs=n_jobs, retry_failed=retry_failed, detach=detach)

        finish(command, json)

    @app.command()
    def table(
        sweep: _Path,
        by: Annotated[
            str | None,
            typer.Option(metavar="COLUMN,…", show_default=False, help="Medians over groups of cells."),
        ] = None,
        csv: Annotated[bool, typer.Option("--csv", help="Print all columns as CSV.")] = False,
        parquet: Annotated[
            bool, typer.Option("--parquet", help="Print the path of the Parquet file alone.")
        ] = False,
        rebuild: Annotated[
            bool, typer.Option("--rebuild", help="Read every run folder, not the journals.")
        ] = False,
        json: Json = False,
    ) -> None:
        """One row for each cell: what varies, how it ended, all its numbers; also stored as table.parquet.

        \b
        rnnchaos sweep table outputs/NAME.sweep --by model,protocol.tau
        """

        def command() -> Outcome:
            from rnnchaos.sweeps.sweep import Sweep
            from rnnchaos.sweeps.table import Form, tabulate

            if csv and parquet:
                raise ConfigError("--csv and --parquet exclude each other")
            form: Form = "csv" if csv else "path" if parquet else "text"
            return tabulate(Sweep.open(sweep), by=by.split(",") if by else [], form=form, rebuild=rebuild)

        finish(command, json)

    @app.command()
    def plot(
        sweep: _Path,
        x: Annotated[str, typer.Option("--x", metavar="COLUMN", help="What varies.")] = "protocol.tau",
        y: Annotated[str, typer.Option("--y", metavar="COLUMN", help="What is drawn.")] = "d_stsp",
        hue: Annotated[
            str | None, typer.Option(metavar="COLUMN", show_default=False, help="A line for each value.")
        ] = None,
        log_x: Annotated[bool, typer.Option("--log-x", help="Logarithmic axis.")] = False,
        log_y: Annotated[bool, typer.Option("--log-y", help="Logarithmic axis.")] = False,
        output: Annotated[
            Path | None,
            typer.Option(
                metavar="FILE", show_default=False, help="PNG, PDF or SVG; in the sweep's folder unless set."
            ),
        ] = None,
        style: Style = "screen",
        width: Width = None,
        dpi: Dpi = None,
        json: Json = False,
    ) -> None:
        """Draw a column of the table against another: medians with quartiles, and every cell as a point.

        \b
        rnnchaos sweep plot outputs/NAME.sweep --x protocol.tau --y d_stsp --hue model --log-y
        """

        def command() -> Outcome:
            from rnnchaos.cli.drawing import check_file
            from rnnchaos.console import Console
            from rnnchaos.figures.look import look_of, using
            from rnnchaos.sweeps.plot import Axes, plot
            from rnnchaos.sweeps.sweep import Sweep

            check_file(output, "--output")
            wanted = Axes(x, y, hue, (log_x, log_y))
            with using(look_of(style=style, width=width, dpi=dpi)):
                return plot(Sweep.open(sweep), Console(), wanted, output=output)

        finish(command, json)

    return app


def go_on_with(
    sweep: "Sweep", words: Sequence[str], *, n_jobs: int | None, retry_failed: bool, detach: bool
) -> Outcome:
    """Train what is missing of a sweep, where `words` say, or as it was trained last."""
    from rnnchaos.console import Console
    from rnnchaos.sweeps.launchers import go_on

    console = Console()
    outcome = go_on(sweep, words, console, n_jobs=n_jobs, retry_failed=retry_failed, detach=detach)
    return _concluded(sweep, outcome, console)


def _concluded(sweep: "Sweep", outcome: Outcome, console: "Console") -> Outcome:
    """Of a search, with what it has found; not where its jobs were only submitted."""
    if not sweep.search or "counts" not in outcome.record:
        return outcome
    from rnnchaos.search.report import conclude

    return conclude(sweep, outcome, console)
