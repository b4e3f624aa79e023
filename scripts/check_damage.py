"""Flip bits in the files of a run and cut files off: what is damaged is named, or is made good, or does no harm.

    python scripts/check_damage.py             1000 flips and 200 truncations each of a killed and a finished run
    python scripts/check_damage.py --flips 50 --truncations 10 --resume 2

Silent is damage after which a reader, or a resumed training, gives something else than without it and says nothing;
uncaught is what ends with a traceback or with a line that names no file. Everything of a finished run is read, of a
killed one what `rnnchaos resume` reads, and `--resume` of them are resumed to the end and held against a whole one.
"""

import argparse
import json
import random
import sys
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
from small_runs import COMMAND, RUN, WORDS, copied, differences, inside, print_table, rnnchaos, run_apart

from rnnchaos.errors import ConfigError
from rnnchaos.runs import RunFolder

# Kills itself before it ends, with two checkpoints.
_KILLED = [
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
_KINDS = ("killed", "finished")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--flips", type=int, default=1000)
    parser.add_argument("--truncations", type=int, default=200)
    parser.add_argument("--resume", type=int, default=20, help="damaged runs that are resumed to the end")
    parser.add_argument("--seed", type=int, default=0)
    wanted = parser.parse_args()
    random.seed(wanted.seed)
    rows: list[tuple[object, ...]] = [("run", "damaged", "refused by name", "no harm", "silent", "uncaught")]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        done = run_apart(folder / "finished", *COMMAND, "train", *WORDS)
        if done.returncode:
            raise SystemExit(done.stderr)
        run_apart(folder / "killed", *_KILLED, "train", *WORDS)
        for kind in _KINDS:
            with inside(folder / kind):
                rows.append((kind, *look(kind, wanted.flips, wanted.truncations)))
        resumed = ("resumed", *resume(folder, wanted.resume))
        rows.append(resumed)
    print_table(rows)
    sys.exit(any(row[-1] or row[-2] for row in rows[1:]))


def damaged(number: int, flips: int) -> str:
    """Flip one bit of a file of the run, or cut a file off; which."""
    files = [path for path in sorted(RUN.rglob("*")) if path.is_file() and path.stat().st_size]
    file = random.choice(files)
    content = bytearray(file.read_bytes())
    place = random.randrange(len(content))
    if number < flips:
        content[place] ^= 1 << random.randrange(8)
    else:
        del content[place:]
    file.write_bytes(content)
    return f"{file.relative_to(RUN)} at byte {place}{'' if number < flips else ', cut off'}"


def look(kind: str, flips: int, truncations: int) -> tuple[int, int, int, int, int]:
    """What readers say of each damage: how many, refused, without harm, silent, uncaught."""
    counts: Counter[str] = Counter()
    whole, right = copied(RUN, Path("whole")), readings(RUN, kind)
    for number in range(flips + truncations):
        copied(whole, RUN)
        what = damaged(number, flips)
        found = readings(RUN, kind)
        wrong = {name: value for name, value in found.items() if value != right.get(name)}
        if any(
            isinstance(value, Exception) and not isinstance(value, ConfigError) for value in wrong.values()
        ):
            verdict = "uncaught"
        elif all(isinstance(value, ConfigError) and str(RUN) in str(value) for value in wrong.values()):
            verdict = "refused" if wrong else "no harm"
        else:
            verdict = "silent"
        if verdict in ("silent", "uncaught"):
            print(f"{kind}: {what}: {verdict}: {wrong}"[:300], flush=True)
        counts[verdict] += 1
    copied(whole, RUN)
    return (counts.total(), counts["refused"], counts["no harm"], counts["silent"], counts["uncaught"])


def readings(run: Path, kind: str) -> dict[str, object]:
    """Everything that commands read of a run; in place of what is refused, the error."""
    found: dict[str, object] = {}

    def read(name, reader):
        try:
            found[name] = reader()
        except Exception as error:
            found[name] = error

    read("folder", lambda: RunFolder.open(run).record)
    if isinstance(found["folder"], Exception):
        return found
    folder = RunFolder.open(run)
    read("config", lambda: folder.config_text)
    read("provenance", lambda: json.dumps(folder.provenance, sort_keys=True))
    for file in sorted(run.glob("checkpoints/step_*")):
        step = int(file.stem.removeprefix("step_"))
        read(file.name, lambda step=step: _plain(folder.load_checkpoint(step)))
    if kind == "finished":
        read("summary", lambda: json.dumps(folder.summary, sort_keys=True))
        read("history", lambda: json.dumps(folder.read_history()))
        read("weights", lambda: _plain(folder.load_weights()))
        for file in sorted(run.glob("arrays/*.npz")):
            read(file.name, lambda name=file.stem: _plain(folder.load_arrays(name)))
    return found


def _plain(found: object) -> object:
    if isinstance(found, dict):
        return {
            name: (array.dtype.str, array.shape, np.asarray(array).tobytes()) for name, array in found.items()
        }
    step, tensors, history = found  # type: ignore[misc]
    return step, _plain(tensors), history


def resume(folder: Path, count: int) -> tuple[int, int, int, int, int]:
    """Resume damaged copies of the killed run to their ends."""
    counts: Counter[str] = Counter()
    with inside(folder / "killed"):
        whole = copied(RUN, Path("whole"))
        for number in range(count):
            copied(whole, RUN)
            what = damaged(number, count - count // 4)
            code, said = rnnchaos("resume", str(RUN))
            verdict = "no harm" if code == 0 else "refused" if code == 2 and str(RUN) in said else "uncaught"
            if code == 0 and (different := differences(RUN, folder / "finished" / RUN)):
                verdict, said = "silent", str(different)
            if verdict in ("silent", "uncaught"):
                print(f"resumed: {what}: {verdict}: {said}"[:300], flush=True)
            counts[verdict] += 1
    return (counts.total(), counts["refused"], counts["no harm"], counts["silent"], counts["uncaught"])


if __name__ == "__main__":
    main()
