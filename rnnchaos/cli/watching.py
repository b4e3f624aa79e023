"""The command that shows what is going on."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from rnnchaos.cli.options import Json
from rnnchaos.outcome import Outcome

_Port = Annotated[
    int | None,
    typer.Option(
        min=0, max=65535, metavar="N", show_default=False, help="Of this machine; any free one by default."
    ),
]
_Open = Annotated[
    bool | None,
    typer.Option(
        "--open/--no-open", show_default=False, help="Open a browser; by default where there is a screen."
    ),
]


def add_watch(app: typer.Typer, finish: Callable[[Callable[[], Outcome], bool], None]) -> None:
    """Make the command; `finish` runs it and exits with its code."""

    @app.command()
    def watch(
        folder: Annotated[
            Path, typer.Argument(metavar="RUN|SWEEP|OUTPUTS", help="The folder; all of outputs by default.")
        ] = Path("outputs"),
        port: _Port = None,
        open: _Open = None,
        json: Json = False,
    ) -> None:
        """Show a run, a sweep, or all of a folder in a browser, while they are going on.

        \b
        rnnchaos watch outputs/NAME/v0001
        rnnchaos watch outputs/NAME.sweep --port 8080
        rnnchaos watch

        The pages of rnnchaos report, which follow what they show, for this machine and who has the address alone,
        until Ctrl-C (docs/live.md). Nothing that is trained depends on it.
        """

        def command() -> Outcome:
            from rnnchaos.console import Console
            from rnnchaos.live.watching import watch

            return watch(folder, port=port or 0, show=open, console=Console())

        finish(command, json)
