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
Style = Annotated[
    str,
    typer.Option(
        metavar="screen|paper|FILE.mplstyle", help="How figures look; a style file of matplotlib's."
    ),
]
Width = Annotated[
    str | None,
    typer.Option(
        metavar="one|two|LENGTH",
        show_default=False,
        help="Columns of 3.4 and 7 inches; or 86mm, 3.4in. Its own unless set.",
    ),
]
Dpi = Annotated[int | None, typer.Option(show_default=False, help="Dots per inch of PNG; 200 unless set.")]
