"""Options and words that several commands share."""

from pathlib import Path
from typing import Annotated, Any

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
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Check and list what would be trained; train and write nothing.")
]
Estimate = Annotated[
    bool,
    typer.Option("--estimate", help="As --dry-run, and say how long it will take, by short trainings."),
]
Detach = Annotated[
    bool, typer.Option("--detach", help="With hydra/launcher=slurm: submit the jobs and return.")
]


def words_of(metavar: str, text: str) -> Any:
    """Words of a command that are no options."""
    return typer.Argument(metavar=metavar, show_default=False, help=text)


def with_flags(words: list[str] | None, **flags: bool) -> list[str]:
    """The words, and those of the options that are given to a sweep."""
    return [*(words or []), *(f"hydra.launcher.{name}=true" for name, given in flags.items() if given)]


Overrides = Annotated[list[str] | None, words_of("SETTING=VALUE", "Settings to change, and flags of Hydra.")]
SystemOrRunWords = Annotated[
    list[str] | None, words_of("RUN|SETTING=VALUE", "A run folder, and settings to change.")
]
RunWords = Annotated[list[str], words_of("RUN|SETTING=VALUE", "The run folder, and settings to change.")]
