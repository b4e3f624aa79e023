"""Trainings per minute of one sweep, by the number of processes: how well a sweep uses the cores.

    python scripts/benchmark_throughput.py                   8 cells of the default training, by 1 and by 2 processes
    python scripts/benchmark_throughput.py --cells 16 --processes 1 4 8

The machine must have nothing else to do: what counts here is wall time.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_COMMAND = [sys.executable, "-c", "from rnnchaos.cli import main; main()"]
_WORDS = ["training.num_steps=4000", "diagnostics.figures=false"]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cells", type=int, default=8)
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=2, help="of which the fastest counts")
    wanted = parser.parse_args()
    sweep(1, 1)  # compiles, for the cache on the disk
    fastest: dict[int, float] = {}
    for _ in range(wanted.rounds):
        for count in wanted.processes:
            seconds = sweep(wanted.cells, count)
            fastest[count] = min(seconds, fastest.get(count, seconds))
    slowest = max(fastest.values())
    for count, seconds in fastest.items():
        print(
            f"{count} at a time: {wanted.cells} cells in {seconds:.1f} s, {60 * wanted.cells / seconds:.1f} a minute, "
            f"{slowest / seconds:.2f} times the slowest"
        )


def sweep(cells: int, processes: int) -> float:
    """Wall seconds of a whole `rnnchaos train -m`."""
    with tempfile.TemporaryDirectory() as folder:
        words = [f"seed=range({cells})", f"hydra.launcher.n_jobs={processes}", f"outputs={Path(folder)}"]
        began = time.monotonic()
        subprocess.run([*_COMMAND, "train", "-m", *_WORDS, *words], check=True, stdout=subprocess.DEVNULL)
        return time.monotonic() - began


if __name__ == "__main__":
    main()
