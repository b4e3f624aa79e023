"""Drawing what a folder holds into a folder of the user's, figure by figure; what cannot be drawn costs one line."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console

from rnnchaos.errors import ConfigError
from rnnchaos.escaping import one_line
from rnnchaos.nearest import did_you_mean
from rnnchaos.outcome import Outcome
from rnnchaos.redrawing.run_figures import Wanted, figures_of, not_drawn_again
from rnnchaos.redrawing.sweep_figures import figures_of_sweep
from rnnchaos.runs import RunFolder, layout
from rnnchaos.runs.atomic import replacing
from rnnchaos.sweeps.sweep import Sweep


def redraw(
    folder: Path, output: Path | None, formats: Sequence[str], only: Sequence[str], console: Console
) -> Outcome:
    """Write the figures of a run or a sweep, or `only` some, in the look in use to files NAME.FORMAT in `output`.

    Raises ConfigError for what is neither, for an `output` that is no place for them, and for nothing to draw.
    """
    name, wanted, missing = _wanted(folder)
    known = [each.name for each in wanted]
    for word in only:
        if word not in known:
            near = did_you_mean(word, known) or f" (there are: {', '.join(known)})"
            raise ConfigError(f"--only: there is no figure {word} here{near}")
    if not known:
        raise ConfigError(f"{folder} holds no arrays that a figure shows")
    target = _made(Path(f"{name}-figures") if output is None else output)
    written: list[Path] = []
    lacking = [] if only else [f"{stem}: the folder holds no arrays of it" for stem in missing]
    for each in wanted:
        if only and each.name not in only:
            continue
        try:
            written += _written(each, target, formats)
        except ConfigError as error:
            lacking.append(f"{each.name}: {error}")
        except Exception as error:  # of arrays from elsewhere, in a form that nobody foresaw
            lacking.append(f"{each.name}: {one_line(f'{type(error).__name__}: {error}')}")
    for line in lacking:
        console.print(f"not drawn: {one_line(line)}", highlight=False, soft_wrap=True, markup=False)
    if not written:
        raise ConfigError(f"{folder} holds no arrays that a figure shows whole")
    files = ", ".join(file.name for file in written)
    console.print(f"written to {target}: {files}", highlight=False, soft_wrap=True, markup=False)
    return Outcome(0, {"folder": str(target), "files": [str(file) for file in written], "not_drawn": lacking})


def _wanted(folder: Path) -> tuple[str, list[Wanted], list[str]]:
    """A name for the figures, the figures, and the names of those that were drawn once and cannot be now."""
    if (sweep := Sweep.at(folder)) is not None:
        return f"{sweep.study.name}-{sweep.path.name}", list(figures_of_sweep(sweep)), []
    run = RunFolder.open(folder)
    wanted = list(figures_of(run))
    missing = not_drawn_again(run, {each.name for each in wanted})
    return f"{run.record.name}-v{run.record.version:04d}", wanted, missing


def _written(wanted: Wanted, target: Path, formats: Sequence[str]) -> Iterator[Path]:
    from rnnchaos.figures import save_figure

    figure = wanted.make()
    for kind in formats:
        file = target / f"{wanted.name}.{kind}"
        with replacing(file) as temporary:
            save_figure(figure, temporary)
        yield file


def _made(target: Path) -> Path:
    """The folder. Raises ConfigError for a file, and for one inside of a run folder, which runs alone write."""
    if target.exists() and not target.is_dir():
        raise ConfigError(f"--output must be a folder, and {target} is a file")
    inside = target.resolve()
    if any((folder / layout.RUN).exists() for folder in (inside, *inside.parents)):
        raise ConfigError(f"--output must lie outside of run folders, which runs alone write, got {target}")
    try:
        target.mkdir(exist_ok=True)
    except OSError as error:
        raise ConfigError(f"--output: cannot make {target}: {error.strerror or error}") from None
    return target
