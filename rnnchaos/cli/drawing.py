"""The command that draws figures again, and what commands that draw to a file of the user's check before they work."""

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from rnnchaos.cli.options import Dpi, Json, Style, Width
from rnnchaos.errors import ConfigError
from rnnchaos.figures.formats import format_of
from rnnchaos.outcome import Outcome


def add_figures(app: typer.Typer, finish: Callable[[Callable[[], Outcome], bool], None]) -> None:
    """Make the command; `finish` runs it and exits with its code."""

    @app.command()
    def figures(
        folder: Annotated[Path, typer.Argument(metavar="RUN|SWEEP", help="Its folder.")],
        format: Annotated[str, typer.Option(metavar="pdf,svg,png", help="One format, or several.")] = "pdf",
        style: Style = "paper",
        width: Width = None,
        dpi: Dpi = None,
        output: Annotated[
            Path | None,
            typer.Option(
                metavar="FOLDER", show_default=False, help="Where to; by default named after the run, here."
            ),
        ] = None,
        only: Annotated[
            str | None, typer.Option(metavar="NAME,…", show_default=False, help="These figures alone.")
        ] = None,
        json: Json = False,
    ) -> None:
        """Draw the figures of a run or a sweep again, as a journal takes them.

        \b
        rnnchaos figures outputs/NAME/v0001
        rnnchaos figures outputs/NAME.sweep --format pdf,svg --style paper --width one

        From the arrays that the folder holds: nothing is computed again. PDF has its fonts in it, SVG its text; equal
        arrays give equal files (docs/figures.md).
        """

        def command() -> Outcome:
            from rnnchaos.console import Console
            from rnnchaos.figures.formats import formats_of
            from rnnchaos.figures.look import look_of, using
            from rnnchaos.redrawing.drawing import redraw

            formats = formats_of(format)
            with using(look_of(style=style, width=width, dpi=dpi)):
                return redraw(folder, output, formats, only.split(",") if only else [], Console())

        finish(command, json)


def check_file(file: Path | None, setting: str) -> None:
    """Raise ConfigError, before any work, for a file that no figure can be written to."""
    if file is None:
        return
    format_of(file, setting=setting)
    if file.is_dir():
        raise ConfigError(f"{setting} must be a file, and {file} is a folder")
    if not file.parent.is_dir():
        raise ConfigError(f"{setting} must lie in a folder that exists, got {file}")
    if not os.access(file if file.exists() else file.parent, os.W_OK):
        raise ConfigError(f"{setting}: {file} cannot be written")


@contextlib.contextmanager
def drawn_with(file: Path | None, *, style: str, width: str | None, dpi: int | None) -> Iterator[None]:
    """The look that is asked for, where a figure is. Raises ConfigError for what is none."""
    if file is None:
        yield
        return
    from rnnchaos.figures.look import look_of, using

    with using(look_of(style=style, width=width, dpi=dpi)):
        yield
