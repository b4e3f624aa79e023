"""One sweep on several machines and on a disk that fills up: every cell ends once, and none is lost.

    python scripts/check_shared_sweep.py [CHECK]

Needs root on Linux: each machine is a process with a host name of its own (unshare), the disk a small tmpfs. Three
checks: a second machine joins while the first works; a machine dies in the middle of a cell, and another goes on with
it once its last sign of life is old; a disk is full in the middle of a sweep, and has room again.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from rnnchaos.runs.claim import STALE
from rnnchaos.sweeps.sweep import Sweep

_COMMAND = [sys.executable, "-c", "from rnnchaos.cli import main; main()"]
_WORDS = [
    "experiment=smoke", "training.num_steps=4000", "training.record_every=20", "training.checkpoint_every=100",
    "model=lstm", "protocol.tau=10", "diagnostics.figures=false", "hydra.launcher.n_jobs=1",
]  # fmt: skip
_PATIENCE = 300.0


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for check in (check_two_machines, check_a_machine_that_dies, check_a_full_disk):
            if sys.argv[1:] and check.__name__ not in sys.argv[1:]:
                continue
            (folder / check.__name__).mkdir()
            print(f"{check.__name__}: {check(folder / check.__name__)}", flush=True)


def check_two_machines(folder: Path) -> str:
    """A second machine joins while the first works: they share the cells, and each cell ends once."""
    first = on_host("first", train_words(folder, 6))
    wait_for(lambda: running_cells(folder))
    second = on_host("second", ["sweep", "run", str(folder / "smoke.sweep"), "--n-jobs=1"])
    said = [process.communicate(timeout=_PATIENCE)[0] for process in (first, second)]
    by_host: dict[str, list[str]] = {}
    for line in journal_lines(folder):
        if line["status"] == "finished":
            by_host.setdefault(line["host"], []).append(line["cell"])
    ended = [cell for cells in by_host.values() for cell in cells]
    require(set(by_host) == {"first", "second"}, f"both take part: {by_host}", *said)
    require(len(ended) == len(set(ended)) == 6, f"each of 6 cells ends once: {by_host}", *said)
    require(first.returncode == second.returncode == 0 or "running" in "".join(said), "exit codes", *said)
    return ", ".join(f"{host} ended {len(cells)}" for host, cells in by_host.items())


def check_a_machine_that_dies(folder: Path) -> str:
    """Another machine leaves a dead one's cell alone while its last sign of life is young, then resumes it."""
    dying = on_host("dying", train_words(folder, 2))
    (cell,) = wait_for(lambda: [cell for cell in running_cells(folder) if any(cell.glob("checkpoints/*"))])
    os.killpg(dying.pid, signal.SIGKILL)
    dying.wait()
    words = ["sweep", "run", str(folder / "smoke.sweep"), "--n-jobs=1", "--json"]
    early = on_host("other", words)
    said, _ = early.communicate(timeout=_PATIENCE)
    require(
        counts(said) == {"running": 1, "finished": 1}, "its cell is left alone, the other is trained", said
    )
    claim = max(cell.glob(".claim-*"))
    old = time.time() - STALE - 1
    os.utime(claim, (old, old))
    late = on_host("other", words)
    said, _ = late.communicate(timeout=_PATIENCE)
    require(late.returncode == 0 and counts(said) == {"finished": 2}, "all end", said)
    provenance = json.loads((cell / "provenance.json").read_text())
    require(
        [each["host"] for each in provenance["resumed"]] == ["other"], "resumed by the other machine", said
    )
    return "left alone for five minutes, then resumed"


def check_a_full_disk(folder: Path) -> str:
    """Cells that had ended stay, the message names the disk, and the sweep goes on where there is room again."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)], check=True)
    try:
        sweep = on_host("full", train_words(folder, 3))
        wait_for(lambda: sum(line["status"] == "finished" for line in journal_lines(folder)) >= 1)
        ballast = folder / "ballast"
        with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
        said, _ = sweep.communicate(timeout=_PATIENCE)
        require(sweep.returncode == 1, f"exit code 1, got {sweep.returncode}", said)
        require("No space left on device; free some space" in said, "the message names the disk", said)
        require("Traceback" not in said, "no traceback", said)
        done = [cell for cell in Sweep.open(folder / "smoke.sweep").ids if has_finished(folder, cell)]
        require(bool(done), "what had ended stays", said)
        before = {cell: (run_file(folder, cell)).stat().st_mtime_ns for cell in done}
        ballast.unlink()
        again = on_host("full", ["sweep", "run", str(folder / "smoke.sweep"), "--n-jobs=1", "--retry-failed"])
        more, _ = again.communicate(timeout=_PATIENCE)
        require(again.returncode == 0, f"it goes on, exit code {again.returncode}", said, more)
        require(
            all(run_file(folder, cell).stat().st_mtime_ns == time for cell, time in before.items()),
            "what had ended is not trained again", more,
        )  # fmt: skip
        return f"{len(done)} of 3 had ended; the others ended after there was room"
    finally:
        subprocess.run(["umount", str(folder)], check=False)


def train_words(folder: Path, cells: int) -> list[str]:
    return ["train", "-m", *_WORDS, f"seed=range({cells})", f"outputs={folder}"]


def on_host(name: str, words: Sequence[str]) -> subprocess.Popen[str]:
    """A command on a machine of that name; its output comes together."""
    shell = ["unshare", "--uts", "sh", "-c", 'hostname "$0" && exec "$@"', name, *_COMMAND, *words]
    return subprocess.Popen(
        shell, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )


def journal_lines(folder: Path) -> list[dict[str, str]]:
    """All lines of the journals, with the host in the name of each."""
    return [
        json.loads(text) | {"host": file.name.split("-")[0]}
        for file in folder.glob("smoke.sweep/journal/*.jsonl")
        for text in file.read_text().splitlines()
        if text.endswith("}")
    ]


def running_cells(folder: Path) -> list[Path]:
    records = {
        file.parent: json.loads(file.read_text()) for file in folder.glob("smoke.sweep/cells/*/*/run.json")
    }
    return [cell for cell, record in records.items() if record["status"] == "running"]


def run_file(folder: Path, cell: str) -> Path:
    return Sweep.open(folder / "smoke.sweep").folder(cell) / "run.json"


def has_finished(folder: Path, cell: str) -> bool:
    file = run_file(folder, cell)
    return file.exists() and json.loads(file.read_text())["status"] == "finished"


def counts(said: str) -> dict[str, int]:
    return json.loads(said.splitlines()[-1])["counts"]


def wait_for(found: Callable[[], object]):
    began = time.monotonic()
    while not (value := found()):
        if time.monotonic() - began > _PATIENCE:
            raise SystemExit(f"nothing has come within {_PATIENCE:.0f} s")
        time.sleep(0.1)
    return value


def require(holds: bool, what: str, *said: str) -> None:
    if not holds:
        raise SystemExit(f"not so: {what}\n" + "\n".join(said))


if __name__ == "__main__":
    main()
