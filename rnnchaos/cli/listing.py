"""The commands that list what there is: systems and runs."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from rnnchaos.cli.drawing import check_file, drawn_with
from rnnchaos.cli.options import Dpi, Json, Style, Width
from rnnchaos.errors import ConfigError
from rnnchaos.outcome import Outcome


def add_listings(app: typer.Typer, finish: Callable[[Callable[[], Outcome], bool], None]) -> None:
    """Make the commands; `finish` runs one and exits with its code."""

    @app.command()
    def systems(
        name: Annotated[
            str | None,
            typer.Argument(
                metavar="[SYSTEM]", show_default=False, help="Its name, or a YAML file of equations."
            ),
        ] = None,
        figure: Annotated[
            Path | None,
            typer.Option(
                metavar="FILE", show_default=False, help="Draw the system to a PNG, PDF or SVG file."
            ),
        ] = None,
        style: Style = "screen",
        width: Width = None,
        dpi: Dpi = None,
        json: Json = False,
    ) -> None:
        """List the systems with known equations, or show one with its picture.

        \b
        rnnchaos systems
        rnnchaos systems lorenz63 --figure lorenz.png
        """

        def command() -> Outcome:
            from rnnchaos import listings
            from rnnchaos.console import Console

            check_file(figure, "--figure")
            if name is not None:
                with drawn_with(figure, style=style, width=width, dpi=dpi):
                    return listings.show_system(name, Console(), figure=figure)
            if figure is not None:
                raise ConfigError("--figure draws one system; name it, as in rnnchaos systems lorenz63")
            return listings.list_systems(Console())

        finish(command, json)

    @app.command()
    def runs(
        words: Annotated[
            list[str] | None,
            typer.Argument(metavar="[outputs=FOLDER]", show_default=False, help="Where they lie."),
        ] = None,
        clean: Annotated[
            bool, typer.Option("--clean", help="Remove the folders of runs that were never begun.")
        ] = False,
        json: Json = False,
    ) -> None:
        """List the runs of a folder, `outputs` unless another is named.

        \b
        rnnchaos runs
        rnnchaos runs outputs=results
        """

        def command() -> Outcome:
            from rnnchaos import listings
            from rnnchaos.console import Console

            folder = _outputs_folder(words or [])
            return listings.clean_runs(folder, Console()) if clean else listings.list_runs(folder, Console())

        finish(command, json)


def _outputs_folder(words: list[str]) -> Path:
    folder = "outputs"
    for word in words:
        setting, equals, folder = word.partition("=")
        if setting != "outputs" or not equals or not folder:
            raise ConfigError(f"runs takes outputs=FOLDER, got {word!r}")
    return Path(folder)
