"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout, all else on stderr.")]
Run = Annotated[Path, typer.Argument(metavar="RUN", help="The run folder.")]
Output = Annotated[
    Path | None,
    typer.Option(metavar="FILE", show_default=False, help="Where to; by default named after the run, here."),
]
Force = Annotated[bool, typer.Option("--force", help="Replace a file that is there already.")]
