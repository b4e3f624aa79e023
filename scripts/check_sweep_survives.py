"""Kill a sweep with -9 at random moments, start it again each time, and hold what it ends with against a whole one.

    python scripts/check_sweep_survives.py                       40 cells, 5 kills
    python scripts/check_sweep_survives.py --cells 6 --kills 2

The process that is killed is in turn the one that launches the cells, one that trains them, or all of them.
"""

import argparse
import contextlib
import itertools
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rnnchaos.sweeps.sweep import Sweep
from rnnchaos.sweeps.table import table_of

_COMMAND = [sys.executable, "-c", "from rnnchaos.cli import main; main()"]
# Long enough to be killed in the middle of training, with something to resume from.
_WORDS = [
    "experiment=smoke", "training.num_steps=800", "training.checkpoint_every=50", "model=lstm", "protocol.tau=10",
    "diagnostics.figures=false",
]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cells", type=int, default=40)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    wanted = parser.parse_args()
    random.seed(wanted.seed)
    with tempfile.TemporaryDirectory() as folder:
        whole, killed = (Path(folder) / name for name in ("whole", "killed"))
        began = time.monotonic()
        if subprocess.run(
            sweep_command(whole, wanted.cells), stdout=subprocess.DEVNULL, check=False
        ).returncode:
            raise SystemExit("the sweep fails even if nobody kills it")
        print(f"a whole sweep of {wanted.cells} cells: {time.monotonic() - began:.0f} s")
        # So early that the last kill still finds something to kill.
        latest = 0.5 * (time.monotonic() - began) / max(1, wanted.kills)
        for number, whom in zip(
            range(wanted.kills), itertools.cycle(["launcher", "worker", "all"]), strict=False
        ):
            kill_once(killed, wanted.cells, whom, after=random.uniform(0.3, 1.5) * max(8.0, latest))
            print(f"kill {number + 1}: {whom}; {standing(killed)}", flush=True)
        code = 1
        while code:  # processes that outlived their launcher may still be at a cell
            code = subprocess.run(
                sweep_command(killed, wanted.cells), stdout=subprocess.DEVNULL, check=False
            ).returncode
        print(f"in the end: {standing(killed)}")
        compare(Sweep.open(whole / "smoke.sweep"), Sweep.open(killed / "smoke.sweep"))


def sweep_command(outputs: Path, cells: int) -> list[str]:
    return [*_COMMAND, "train", "-m", *_WORDS, f"seed=range({cells})", f"outputs={outputs}"]


def kill_once(outputs: Path, cells: int, whom: str, *, after: float) -> None:
    """Start the sweep, and end some of its processes after some seconds."""
    with subprocess.Popen(
        sweep_command(outputs, cells),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as launcher:
        time.sleep(after)
        workers = trainers(launcher.pid)
        chosen = {"launcher": [launcher.pid], "worker": workers[:1], "all": [launcher.pid, *workers]}[whom]
        for pid in chosen:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if whom == "worker":  # the launcher goes on by itself, until it is stopped, too
            time.sleep(after)
            launcher.kill()


def trainers(launcher: int) -> list[int]:
    """The processes that a launcher has started to train cells."""
    children = Path(f"/proc/{launcher}/task/{launcher}/children")
    pids = [int(pid) for pid in children.read_text().split()] if children.exists() else []
    return [pid for pid in pids if b"popen_loky" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def standing(outputs: Path) -> str:
    """How the cells stand, by the command."""
    words = ["sweep", "status", str(outputs / "smoke.sweep"), "--json"]
    done = subprocess.run([*_COMMAND, *words], capture_output=True, text=True, check=False)
    return str(json.loads(done.stdout).get("counts"))


def compare(whole: Sweep, killed: Sweep) -> None:
    """Every cell ended once, with the same bits."""
    ended = [
        line["cell"]
        for journal in (killed.study / "journal").iterdir()
        for line in map(json.loads, journal.read_text().splitlines())
        if line["status"] == "finished"
    ]
    rows, folders = table_of(killed).height, sum(1 for _ in killed.study.glob("cells/*/*/run.json"))
    resumed = sum(
        len(json.loads((killed.folder(cell) / "provenance.json").read_text()).get("resumed", []))
        for cell in killed.ids
    )
    different = [
        f"{cell}/{name}"
        for cell in whole.ids
        for name in ("weights.safetensors", "history.jsonl", "arrays/training.npz", "arrays/lyapunov.npz")
        if (whole.folder(cell) / name).read_bytes() != (killed.folder(cell) / name).read_bytes()
    ]
    print(
        f"{len(killed.ids)} cells, {folders} run folders, {rows} rows; ended more than once: "
        f"{len(ended) - len(set(ended))}; resumed {resumed} times; files that differ: {len(different)}"
    )
    if different or folders != len(whole.ids) or rows != len(whole.ids) or len(ended) != len(set(ended)):
        raise SystemExit(f"not as a whole sweep: {different}")


if __name__ == "__main__":
    main()
