"""Small trainings for the checks of durability, by the command in this process or another; compared file by file."""

import contextlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from rnnchaos import environment

environment.prepare()  # before JAX is imported

import jax  # noqa: E402

from rnnchaos.cli import main  # noqa: E402
from rnnchaos.runs import RunFolder, layout  # noqa: E402
from rnnchaos.sweeps import worker  # noqa: E402

COMMAND = [sys.executable, "-c", "from rnnchaos.cli import main; main()"]
# The same, and it kills itself before a training ends, with two checkpoints.
KILLED = [
    sys.executable,
    "-c",
    """
import os, signal
from rnnchaos.cli import main
from rnnchaos.trainings.recording import Recorder
def record(self, state, records, record=Recorder.record):
    record(self, state, records)
    if self.step == 25:
        os.kill(os.getpid(), signal.SIGKILL)
Recorder.record = record
main()
""",
]
# One training of seconds, with several checkpoints.
WORDS = [
    "experiment=smoke", "name=small", "model=lstm", "model.hidden_size=4", "protocol.tau=10", "training.window=30",
    "dataset.train_length=800", "dataset.test_length=400", "training.num_steps=30", "training.record_every=5",
    "training.checkpoint_every=10", "diagnostics.figures=false", "diagnostics.free_run.num_steps=300",
    "diagnostics.lyapunov.num_steps=100", "diagnostics.prediction.num_starts=5", "diagnostics.cycles.num_starts=5",
    "diagnostics.bifurcation.num_values=3", "outputs=o",
]  # fmt: skip
RUN = Path("o", "small", "v0001")
# Two trainings that end alike differ in these.
_OWN = re.compile(r"\.claim-\d+|log\.txt|run\.json|provenance\.json|SHA256SUMS")
_CLAIM = re.compile(r"\.claim-\d+")
_CALLS_BETWEEN_CLEANING = 20
_calls = 0


def rnnchaos(*words: str) -> tuple[int, str]:
    """The command in this process: its exit code, and what it says on stderr."""
    global _calls
    said, before = io.StringIO(), sys.argv
    _calls += 1
    if _calls % _CALLS_BETWEEN_CLEANING == 0:
        jax.clear_caches()  # the programs of 150 trainings are more pieces of memory than Linux gives to one process
    worker._sweep.cache_clear()
    worker._journal.cache_clear()
    try:
        sys.argv = ["rnnchaos", *words]
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(said):
            main()
    except SystemExit as ended:
        return int(ended.code or 0), said.getvalue().strip()
    finally:
        sys.argv = before
    return 0, ""


def run_apart(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """A command in a process and a folder of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@contextlib.contextmanager
def inside(folder: Path) -> Iterator[None]:
    """Relative paths begin in `folder` within the block: stored configs then are alike."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def litter(outputs: Path) -> list[str]:
    """Hidden files that no run needs."""
    return [f"left over: {path}" for path in outputs.rglob(".*") if not _CLAIM.fullmatch(path.name)]


def differences(run: Path, whole: Path) -> list[str]:
    """The files in which a run folder differs from that of a training that nobody cut off; empty where in none."""
    try:
        RunFolder.open(run).verify()
    except Exception as error:
        return [str(error)]
    ours, theirs = (
        {name for name in _files(each) if not _OWN.fullmatch(Path(name).name)} for each in (run, whole)
    )
    alike = sorted(ours & theirs)
    return sorted(ours ^ theirs) + [name for name in alike if _content(run / name) != _content(whole / name)]


def _files(run: Path) -> list[str]:
    """All but older checkpoints: which are kept hangs on when a signal made one."""
    older = {layout.checkpoint_file(run, step) for step in layout.checkpoint_steps(run)[:-1]}
    return [
        path.relative_to(run).as_posix() for path in run.rglob("*") if path.is_file() and path not in older
    ]


def _content(file: Path) -> object:
    """What has to be the same, bit for bit; CPU time is not."""
    if file.name == "summary.json":
        summary = json.loads(file.read_text(encoding="utf-8"))
        return {key: value for key, value in summary.items() if not key.startswith("cpu_seconds")}
    if file.parent.name == "checkpoints":
        found = RunFolder.open(file.parents[1]).load_checkpoint(int(file.stem.removeprefix("step_")))
        arrays = {
            name: np.asarray(array).tobytes()
            for name, array in found.tensors.items()
            if "cpu_seconds" not in name
        }
        return arrays, found.history
    return file.read_bytes()


def copied(source: Path, target: Path) -> Path:
    """A copy of a folder in place of another one, links as links; nothing where there is none."""
    shutil.rmtree(target, ignore_errors=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.exists():
        shutil.copytree(source, target, symlinks=True)
    return target


def print_table(rows: list[tuple[object, ...]]) -> None:
    """Columns under each other."""
    texts = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    for row in texts:
        print(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip(), flush=True
        )
