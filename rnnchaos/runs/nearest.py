"""What to say to someone who named a folder that is no run."""

from pathlib import Path

from rnnchaos.nearest import spelt_like
from rnnchaos.runs import layout


def describe_missing_run(path: Path) -> str:
    """One line that says what is wrong with `path`, and which run may have been meant."""
    problem = f"{path} is not a run folder" if path.exists() else f"there is no run folder {path}"
    nearest = _nearest(path)
    return problem if nearest is None else f"{problem}; did you mean {nearest}?"


def _nearest(path: Path) -> Path | None:
    around = next((parent for parent in path.parents if (parent / layout.RUN).is_file()), None)
    if around is not None:
        return around  # a file inside a run
    if path.is_dir():
        return _newest_run(path) or _newest_run_of_all(path)
    return _newest_run(path.parent) or _newest_run_of_like_name(path)


def _newest_run(parent: Path) -> Path | None:
    """The highest version under `parent` that has a record."""
    numbers = (layout.version_number(file.parent.name) for file in parent.glob(f"v*/{layout.RUN}"))
    newest = max((number for number in numbers if number is not None), default=None)
    return None if newest is None else layout.version_folder(parent, newest)


def _newest_run_of_all(outputs: Path) -> Path | None:
    runs = [run for entry in outputs.iterdir() if (run := _newest_run(entry)) is not None]
    return max(runs, key=lambda run: (run / layout.RUN).stat().st_mtime, default=None)


def _newest_run_of_like_name(path: Path) -> Path | None:
    if not path.parent.is_dir():
        return None
    matches = spelt_like(path.name, (entry.name for entry in path.parent.iterdir()), most=3)
    runs = (_newest_run(path.parent / name) for name in matches)
    return next((run for run in runs if run is not None), None)
