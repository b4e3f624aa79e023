"""rnnchaos runs: what has been run, newest first."""

import contextlib
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from rnnchaos.escaping import one_line
from rnnchaos.outcome import Outcome
from rnnchaos.runs import ListedRun, remove_husks
from rnnchaos.runs import list_runs as read_runs

_WIDTH = 120
_LONGEST = 2000
# The numbers and words of a summary that a listing has room for, with their headings.
_SHOWN = {"tau_steps": "τ", "d_stsp_paper": "D_stsp", "lambda_max": "λ_max", "learned": "learned"}


def list_runs(outputs: Path, console: Console) -> Outcome:
    """Every run under `outputs` as a table, and as records for `--json`."""
    found = read_runs(outputs)
    if found:
        table = Table(box=SIMPLE_HEAD, pad_edge=False)
        table.add_column("run", no_wrap=True)
        for heading in ("kind", "status", "started", *_SHOWN.values()):
            table.add_column(heading)
        for run in found:
            table.add_row(*_row(run))
        # A path cut short could not be copied: a narrow terminal wraps the line instead.
        console.width = max(console.width, _WIDTH)
        console.print(table)
    else:
        console.print(f"no runs under {outputs}", highlight=False)
    return Outcome(0, {"runs": [_plain(run) for run in found]})


def clean_runs(outputs: Path, console: Console) -> Outcome:
    """Remove the folders under `outputs` in which no run was ever begun, and name them."""
    removed = remove_husks(outputs)
    for path in removed:
        console.print(
            f"removed {path}, where no run was begun", highlight=False, soft_wrap=True, markup=False
        )
    if not removed:
        console.print(f"nothing to remove under {outputs}", highlight=False, soft_wrap=True, markup=False)
    return Outcome(0, {"removed": list(map(str, removed))})


def _row(run: ListedRun) -> list[str]:
    headline = {} if run.record is None else run.record.headline
    values = [headline.get(key) for key in _SHOWN]
    numbers = list(map(_shown, values))
    share = headline.get("share")
    if isinstance(share, float) and share < 1:  # λ_max is that of one attractor among several
        numbers[[*_SHOWN].index("lambda_max")] += f" ({100 * share:.3g} %)"
    status = str(run.status) if run.reason is None else f"{run.status}: {run.reason}"
    kind = "" if run.record is None else str(run.record.kind)
    # Before their widths are measured.
    texts = one_line(str(run.path)), one_line(kind), one_line(status)[:_LONGEST]
    return [*texts, f"{run.started.astimezone():%Y-%m-%d %H:%M}", *numbers]


def _shown(value: object) -> str:
    """A number to four digits, or a word."""
    with contextlib.suppress(OverflowError):  # of an integer beyond every float
        if isinstance(value, int | float):
            return f"{value:.4g}"
    return one_line(str(value or ""))[:_LONGEST]


def _plain(run: ListedRun) -> dict[str, object]:
    record = {} if run.record is None else {"kind": str(run.record.kind), **run.record.headline}
    return {
        "run": str(run.path),
        "status": str(run.status),
        "reason": run.reason,
        "started": run.started.isoformat(),
        **record,
    }
