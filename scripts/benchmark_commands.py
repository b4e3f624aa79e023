"""How commands start and how long they take: CPU seconds of whole processes, with a warm compilation cache.

    python scripts/benchmark_commands.py                        all commands, five times, as rows of docs/speed.md
    python scripts/benchmark_commands.py --only systems train --repeats 3
    python scripts/benchmark_commands.py --beside ../before     as well with the package of another checkout
    python scripts/benchmark_commands.py --only train --train model=shplrnn optimizer=adamw --beside ../before

Every command runs once to fill the cache, then all of them in turn. `first step` is a training that ends after it.
What is written goes into a temporary folder. Beside another checkout the ratios are of the medians, its to this one's;
compare them rather than seconds, as a loaded machine takes up to twice as long.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
_MAIN = "from rnnchaos.cli import main; main()"
# Imports in the order of the command, so that what is read from the environment is set first.
_ONE_STEP = """
import os
from rnnchaos import environment
environment.prepare()
import jax
from rnnchaos.cli import main
from rnnchaos.trainings import loop
run_members = loop.run_members
def one_step(*given):
    jax.block_until_ready([state.step for state, _ in next(iter(run_members(*given)))])
    os._exit(0)
loop.run_members = one_step
main()
"""
_RUN = "outputs/run/v0001"


class Command(NamedTuple):
    """What is typed, and what runs it."""

    words: tuple[str, ...]
    program: str = _MAIN


COMMANDS = {
    "help": Command(("--help",)),
    "systems": Command(("systems",)),
    "train": Command(("train", "name=run")),
    "first step": Command(("train", "name=cut", "training.record_every=1"), _ONE_STEP),
    "evaluate": Command(("evaluate", _RUN)),
    "lyapunov": Command(("lyapunov", "dataset=lorenz63")),
    "gradients": Command(("gradients", _RUN)),
    "report": Command(("report", _RUN, "--force")),
}
"""In the order in which they run: those that measure need the run of `train`."""


def main() -> None:
    wanted = arguments()
    trees = [ROOT, *([wanted.beside.resolve()] if wanted.beside else [])]
    for tree in trees:
        if not (tree / "rnnchaos" / "cli").is_dir():
            raise SystemExit(f"--beside must be a checkout of rnnchaos, got {tree}")
    COMMANDS["train"] = Command((*COMMANDS["train"].words, *wanted.train))
    with tempfile.TemporaryDirectory() as folder:
        places = {tree: Path(folder) / str(index) for index, tree in enumerate(trees)}
        seconds = measure(places, wanted.only, wanted.repeats)
    print("\n".join(table(seconds)))


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--only", nargs="+", choices=list(COMMANDS), default=list(COMMANDS))
    parser.add_argument("--train", nargs="+", default=[], metavar="WORD", help="said to `train` as well")
    parser.add_argument("--beside", type=Path, metavar="PATH", help="another checkout")
    return parser.parse_args()


def measure(places: Mapping[Path, Path], names: list[str], repeats: int) -> dict[str, list[list[float]]]:
    """CPU seconds of each command, for each tree those of all repeats; the trees take turns."""
    needed = [name for name in COMMANDS if name in names or (name == "train" and needs_run(names))]
    for tree, place in places.items():
        place.mkdir()
        for name in needed:
            cpu_seconds(COMMANDS[name], tree, place)
    found: dict[str, list[list[float]]] = {name: [[] for _ in places] for name in COMMANDS if name in names}
    for index in range(repeats):
        for name, of_trees in found.items():
            for taken, (tree, place) in zip(of_trees, places.items(), strict=True):
                taken.append(cpu_seconds(COMMANDS[name], tree, place))
            print(f"{index + 1} of {repeats}: {name}", file=sys.stderr, flush=True)
    return found


def needs_run(names: list[str]) -> bool:
    """Whether any command is of the run of a training."""
    return any(_RUN in COMMANDS[name].words for name in names)


def cpu_seconds(command: Command, tree: Path, place: Path) -> float:
    """User and system time of one command and of what it starts, with the package of `tree`, in the folder `place`."""
    environment = {**os.environ, "PYTHONPATH": str(tree)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # a user's start compiles no sources
    log = place / "log"
    with log.open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-c", command.program, *command.words],
            cwd=place, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said,
        )  # fmt: skip
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(
            f"rnnchaos {' '.join(command.words)}: exit code {process.returncode}\n{log.read_text('utf-8', 'replace')}"
        )
    return used.ru_utime + used.ru_stime


def table(seconds: Mapping[str, list[list[float]]]) -> list[str]:
    """Rows for docs/speed.md."""
    beside = any(len(of_trees) > 1 for of_trees in seconds.values())
    head = ["command", "CPU seconds", "range", *(["beside", "range", "ratio"] if beside else [])]
    rows = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    for name, of_trees in seconds.items():
        cells = [cell for taken in of_trees for cell in (digits(statistics.median(taken)), span(taken))]
        if beside:
            ours, theirs = map(statistics.median, of_trees)
            cells.append(f"{theirs / ours:.2f}")
        rows.append(f"| {typed(name)} | {' | '.join(cells)} |")
    return rows


def typed(name: str) -> str:
    """A command as a user types it."""
    words = " ".join(COMMANDS[name].words).replace(_RUN, "RUN").replace(" name=run", "")
    return f"`rnnchaos {words}`" if name != "first step" else "`rnnchaos train`, to its first step"


def span(taken: list[float]) -> str:
    return f"{digits(min(taken))}–{digits(max(taken))}"


def digits(seconds: float) -> str:
    """Hundredths below 10 s, else tenths."""
    return f"{seconds:.2f}" if seconds < 10 else f"{seconds:.1f}"


if __name__ == "__main__":
    main()
