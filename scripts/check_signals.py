"""Send signals of six kinds at random moments to a training: none is lost, and none leaves what cannot be gone on with.

    python scripts/check_signals.py               100 signals
    python scripts/check_signals.py --count 6     one of each kind

The kinds: INT, TERM, HUP, USR1, USR2, and INT twice. Lost is a signal after which the process goes on, or ends with
another code than the run's status has; unresumable is what `rnnchaos resume` does not bring to the end, bit for bit, of
a training that nobody stopped.
"""

import argparse
import contextlib
import itertools
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from small_runs import (
    COMMAND,
    RUN,
    WORDS,
    copied,
    differences,
    inside,
    litter,
    print_table,
    rnnchaos,
    run_apart,
)

from rnnchaos.runs import Status, list_runs

_KINDS = {
    "INT": (signal.SIGINT,), "TERM": (signal.SIGTERM,), "HUP": (signal.SIGHUP,), "USR1": (signal.SIGUSR1,),
    "USR2": (signal.SIGUSR2,), "INT twice": (signal.SIGINT, signal.SIGINT),
}  # fmt: skip
_CODES = {
    Status.INTERRUPTED: (130,),
    Status.TIMED_OUT: (124,),
    Status.DEAD: (130,),
    Status.FINISHED: (0, 130, 124),
}
# How long a process may take to end after its signal, in lengths of a whole run.
_PATIENCE = 3


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    wanted = parser.parse_args()
    random.seed(wanted.seed)
    counts: dict[str, Counter[str]] = {kind: Counter() for kind in _KINDS}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        began = time.monotonic()
        done = run_apart(folder / "whole", *COMMAND, "train", *WORDS)
        if done.returncode:
            raise SystemExit(done.stderr)
        length = time.monotonic() - began
        for kind in itertools.islice(itertools.cycle(_KINDS), wanted.count):
            how, problem = stop(folder, kind, length)
            counts[kind][how] += 1
            if problem:
                print(f"{kind}: {how}: {problem}", flush=True)
    columns = ("nothing begun", "finished", "resumed", "lost", "unresumable")
    print_table(
        [("signal", *columns), *((kind, *(counts[kind][each] for each in columns)) for kind in _KINDS)]
    )
    total = sum(counts.values(), Counter())
    sys.exit(1 if total["lost"] or total["unresumable"] else 0)


def stop(folder: Path, kind: str, length: float) -> tuple[str, str]:
    """How a training that got a signal ended, and what is wrong with that."""
    with inside(folder):
        copied(Path("nothing"), Path("o"))
        process = subprocess.Popen(
            [*COMMAND, "train", *WORDS], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        with process:
            time.sleep(random.uniform(0.1, 1.0) * length)
            for number in _KINDS[kind]:
                with contextlib.suppress(ProcessLookupError):
                    process.send_signal(number)
                time.sleep(0.05)
            try:
                code = process.wait(timeout=60 + _PATIENCE * length)
            except subprocess.TimeoutExpired:
                process.kill()
                return "lost", "the process went on"
        listed = {run.path: run.status for run in list_runs(Path("o"))}
        if RUN not in listed or listed[RUN] is Status.UNBEGUN:
            rnnchaos("runs", "outputs=o", "--clean")
            left = list(Path("o").rglob("*"))
            # Before the command has its handlers, the system's own end the process.
            well = code in (130, 124) or -code in _KINDS[kind]
            return (
                ("nothing begun", "")
                if well and not left
                else ("lost", f"exit code {code}, left over: {left}")
            )
        status = listed[RUN]
        # Python lets go of the handlers at the very end, when there is nothing left to save.
        over = status is Status.FINISHED and -code in _KINDS[kind]
        if not over and code not in _CODES.get(status, ()):
            return "lost", f"exit code {code} of a run that is {status}"
        if status is not Status.FINISHED:
            code, said = rnnchaos("resume", str(RUN))
            if code:
                return "unresumable", said
        problems = differences(RUN, folder / "whole" / RUN) + litter(Path("o"))
        return (
            ("unresumable", str(problems))
            if problems
            else ("finished" if status is Status.FINISHED else "resumed", "")
        )


if __name__ == "__main__":
    main()
