"""Go on from every state that a run's files pass through, and hold the end against a training that nobody cut off.

    python scripts/check_crash_states.py               every state of a run, a resume, and a sweep of two members
    python scripts/check_crash_states.py --sample 10   ten of each, drawn at random
    python scripts/check_crash_states.py --only run

A copy of the outputs is made before each operation on a file, for a process may die there; where a file was appended
to, one more with half of what was added. Each copy has to be finished, or to be resumed to the same bits, or to be a
folder in which no run was begun, which `rnnchaos runs --clean` removes. Nothing else may be left over.
"""

import argparse
import os
import random
import sys
import tempfile
from pathlib import Path

from small_runs import (
    COMMAND,
    RUN,
    WORDS,
    copied,
    differences,
    inside,
    litter,
    main,
    print_table,
    rnnchaos,
    run_apart,
)  # fmt: skip

from rnnchaos.runs import Status, list_runs

_CHANGES = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate")
_OUTPUTS = Path("o")
_COMMANDS = {
    "run": ["train", *WORDS],
    "resume": ["resume", str(RUN)],
    "sweep": ["train", *WORDS, "ensemble.seeds=2", "hydra.launcher.n_jobs=1"],
}


def check_all() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sample", type=int, help="states of each kind; all without it")
    parser.add_argument("--only", choices=_COMMANDS, action="append")
    parser.add_argument("--seed", type=int, default=0, help="of the sample")
    wanted = parser.parse_args()
    random.seed(wanted.seed)
    rows: list[tuple[object, ...]] = [
        ("states of", "all", "tried", "finished", "resumed", "never begun", "wrong")
    ]
    with tempfile.TemporaryDirectory() as folder:
        for kind in wanted.only or _COMMANDS:
            counts, wrong = check(kind, Path(folder, kind), wanted.sample)
            rows.append((kind, *counts, len(wrong)))
            print(*wrong, sep="\n", end="\n" if wrong else "", flush=True)
    print_table(rows)
    sys.exit(any(row[2] == 0 or row[-1] for row in rows[1:]))


def check(kind: str, folder: Path, sample: int | None) -> tuple[list[int], list[str]]:
    """How many states there are, were tried, and ended how; and a line for each that is not as it should be."""
    whole = folder / "whole"
    _went_well(run_apart(whole, *COMMAND, *_COMMANDS["run" if kind == "resume" else kind]))
    states = recorded(kind, folder)
    chosen = states if sample is None else sorted(random.sample(states, min(sample, len(states))))
    counts, wrong = [len(states), len(chosen), 0, 0, 0], []
    for state in chosen:
        with inside(folder):
            copied(state, _OUTPUTS)
            how, problems = go_on(kind, whole)
        counts[2 + how] += 1
        wrong += [f"{kind}, state {state.name}: {problem}" for problem in problems]
    return counts, wrong


def recorded(kind: str, folder: Path) -> list[Path]:
    """The states that a command's outputs pass through."""
    words = _COMMANDS[kind]
    if kind == "resume":
        states = recorded("run", folder / "before")
        middle = next(state for state in states if len(list(state.glob("*/v0001/checkpoints/step*"))) == 2)
        copied(middle, folder / "recorded" / _OUTPUTS)
    script = [sys.executable, __file__, "--record", str(folder / "states"), *words]
    _went_well(run_apart(folder / "recorded", *script))
    return sorted((folder / "states").iterdir())


def _went_well(done) -> None:
    if done.returncode:
        raise SystemExit(f"{' '.join(done.args)}\nended with {done.returncode}:\n{done.stderr}")


def record(store: Path, words: list[str]) -> None:
    """Run a command in this process, and copy its outputs before each operation on one of its files."""
    store.mkdir(parents=True)
    sizes: dict[Path, int] = {}
    copying = False

    def copy() -> None:
        number = len(os.listdir(store))
        copied(_OUTPUTS, store / f"{number:04d}")
        for file in (*_OUTPUTS.rglob("*.jsonl"), *_OUTPUTS.rglob("log.txt")):
            size, before = file.stat().st_size, sizes.get(file, 0)
            sizes[file] = size
            if 0 < before < size:
                torn = copied(_OUTPUTS, store / f"{number:04d}-torn-{file.stem}")
                os.truncate(torn / file.relative_to(_OUTPUTS), (before + size) // 2)

    def before_each(event: str, arguments: tuple) -> None:
        nonlocal copying
        writes = (
            event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        )
        if not copying and (writes or event in _CHANGES) and any(map(_is_inside, arguments[:2])):
            copying = True
            copy()
            copying = False

    sys.argv = ["rnnchaos", *words]
    sys.addaudithook(before_each)
    main()


def _is_inside(path: object) -> bool:
    return isinstance(path, str | Path) and Path(path).parts[:1] == _OUTPUTS.parts


def go_on(kind: str, whole: Path) -> tuple[int, list[str]]:
    """Whether a state was finished, could be resumed or held no run (0, 1, 2), and what is wrong with its end."""
    listed = {each.path: each.status for each in list_runs(_OUTPUTS)}
    begun = kind == "sweep" and any(_OUTPUTS.glob("*.sweep/v*/sweep.json"))
    if not begun and set(listed.values()) <= {Status.UNBEGUN}:
        code, _ = rnnchaos("runs", "outputs=o", "--clean")
        left = [f"not removed: {path}" for path in _OUTPUTS.rglob("*")]
        return 2, left if code == 0 else ["rnnchaos runs --clean fails"]
    if kind == "sweep":
        code, said = rnnchaos(*_COMMANDS["sweep"])
        runs = sorted(file.parent.relative_to(whole) for file in whole.rglob("cells/*/*/run.json"))
    else:
        code, said, runs = 0, "", [RUN]
        finished = listed[RUN] is Status.FINISHED
        if finished:
            return 0, differences(RUN, whole / RUN) + litter(_OUTPUTS)
        code, said = rnnchaos("resume", str(RUN))
    if code:
        return 1, [f"it cannot be gone on with: {said}"]
    return 1, [problem for run in runs for problem in differences(run, whole / run)] + litter(_OUTPUTS)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--record"]:
        record(Path(sys.argv[2]), sys.argv[3:])
    else:
        check_all()
