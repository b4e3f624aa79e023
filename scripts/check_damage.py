"""Flip bits in the files of a run and cut files off: what is damaged is named, or is made good, or does no harm.

    python scripts/check_damage.py       1000 flips and 200 truncations each of a killed run, a finished one and a sweep
    python scripts/check_damage.py --flips 50 --truncations 10 --resume 2
    python scripts/check_damage.py --only sweep --resume 0

Silent is damage after which a reader, or a resumed training, gives something else than without it and says nothing;
uncaught is what ends with a traceback or with a line that names no file. Everything of a finished run is read, of a
killed one what `rnnchaos resume` reads, and `--resume` of them are resumed to the end and held against a whole one.
Of a sweep with two cells that are done and one that was killed, status, table, what would be trained, and the list of
runs are read; what differs from a whole one has to be named by its file.
"""

import argparse
import json
import logging
import os
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from small_runs import (
    COMMAND,
    KILLED,
    RUN,
    WORDS,
    copied,
    differences,
    inside,
    print_table,
    rnnchaos,
    run_apart,
)

from rnnchaos.errors import ConfigError
from rnnchaos.runs import RunFolder, list_runs, notices
from rnnchaos.sweeps.standing import standings
from rnnchaos.sweeps.sweep import Sweep
from rnnchaos.sweeps.table import table_of

_RUNS = ("killed", "finished")
_STUDY = Path("o", "small.sweep")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--flips", type=int, default=1000)
    parser.add_argument("--truncations", type=int, default=200)
    parser.add_argument("--resume", type=int, default=20, help="damaged runs that are resumed to the end")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", choices=[*_RUNS, "sweep"])
    wanted = parser.parse_args()
    random.seed(wanted.seed)
    rows: list[tuple[object, ...]] = [("run", "damaged", "refused by name", "no harm", "silent", "uncaught")]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if wanted.only != "sweep":
            done = run_apart(folder / "finished", *COMMAND, "train", *WORDS)
            if done.returncode:
                raise SystemExit(done.stderr)
            run_apart(folder / "killed", *KILLED, "train", *WORDS)
        for kind in [kind for kind in _RUNS if wanted.only in (None, kind)]:
            with inside(folder / kind):
                rows.append((kind, *look(kind, wanted.flips, wanted.truncations)))
        if wanted.only in (None, "sweep"):
            sweep = [*WORDS, "-m", "hydra.launcher.n_jobs=1"]
            run_apart(folder / "sweep", *COMMAND, "train", *sweep, "seed=0,1")
            run_apart(folder / "sweep", *KILLED, "train", *sweep, "seed=0,1,2")
            with inside(folder / "sweep"):
                rows.append(("sweep", *look_at_sweep(wanted.flips, wanted.truncations)))
        if wanted.only == "sweep":
            wanted.resume = 0
        if wanted.resume:
            rows.append(("resumed", *resume(folder, wanted.resume)))
    print_table(rows)
    sys.exit(any(row[-1] or row[-2] for row in rows[1:]))


def damaged(number: int, flips: int, files: Sequence[Path]) -> str:
    """Flip one bit of a file, or cut a file off; which."""
    file = random.choice(files)
    content = bytearray(file.read_bytes())
    place = random.randrange(len(content))
    if number < flips:
        content[place] ^= 1 << random.randrange(8)
    else:
        del content[place:]
    file.write_bytes(content)
    return f"{file} at byte {place}{'' if number < flips else ', cut off'}"


def files_in(folder: Path) -> list[Path]:
    """Those that can be damaged."""
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and path.stat().st_size]


def look(kind: str, flips: int, truncations: int) -> tuple[int, int, int, int, int]:
    """What readers say of each damage: how many, refused, without harm, silent, uncaught."""
    counts: Counter[str] = Counter()
    whole, right = copied(RUN, Path("whole")), readings(RUN, kind)
    for number in range(flips + truncations):
        copied(whole, RUN)
        what = damaged(number, flips, files_in(RUN))
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


def look_at_sweep(flips: int, truncations: int) -> tuple[int, int, int, int, int]:
    """The same of a sweep; half of the damage is to the files that its commands read before those of the runs."""
    counts: Counter[str] = Counter()
    heard: list[str] = []
    listener = logging.Handler()
    listener.emit = lambda record: heard.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger("rnnchaos").addHandler(listener)
    logging.getLogger("rnnchaos").propagate = False
    whole, right = _STUDY, readings_of_sweep(_STUDY)
    lists = [file for file in files_in(whole) if file.suffix in (".json", ".jsonl") or ".claim" in file.name]
    read = [file for file in files_in(whole) if file.suffix not in (".npz", ".safetensors")]
    for number in range(flips + truncations):
        file = random.choice(random.choice([lists, read]))
        content, stat = file.read_bytes(), file.stat()
        heard.clear()
        notices.say_once.cache_clear()
        what = damaged(number, flips, [file])
        found = readings_of_sweep(whole)
        wrong = {name: value for name, value in found.items() if value != right.get(name)}
        errors = [value for value in wrong.values() if isinstance(value, Exception)]
        if any(not isinstance(error, ConfigError) for error in errors):
            verdict = "uncaught"
        elif str(file.parent if "cells" in file.parts else file) in " ".join(
            [*heard, *map(str, wrong.values())]
        ):
            verdict = "refused" if wrong else "no harm"
        else:
            verdict = "silent" if wrong else "no harm"
        if verdict in ("silent", "uncaught"):
            print(f"sweep: {what}: {verdict}: {wrong}"[:400], flush=True)
        counts[verdict] += 1
        file.write_bytes(content)
        os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    return (counts.total(), counts["refused"], counts["no harm"], counts["silent"], counts["uncaught"])


def readings_of_sweep(study: Path) -> dict[str, object]:
    """What the commands on a sweep read of it; in place of what is refused, the error."""
    found: dict[str, object] = {}

    def read(name, reader):
        try:
            found[name] = reader()
        except Exception as error:
            found[name] = error

    def to_train(sweep, index):
        """What `sweep run` would train: settings by their name, unless they are refused."""
        sweep.cell(index).check()
        return json.dumps(sweep.cell(index).config, sort_keys=True)

    for version in ("v0001", "v0002"):
        read(version, lambda version=version: Sweep.open(study / version))
        sweep = found.pop(version)
        if not isinstance(sweep, Sweep):
            found[version] = sweep
            continue
        found[version] = None
        read(f"{version} status", lambda sweep=sweep: standings(sweep))
        read(f"{version} rebuilt", lambda sweep=sweep: standings(sweep, rebuild=True))
        read(f"{version} table", lambda sweep=sweep: table_of(sweep).to_dicts())
        for index in range(len(sweep.ids)):
            read(
                f"{version} cell {index}",
                lambda sweep=sweep, index=index: (sweep.ids[index], to_train(sweep, index)),
            )
    read("runs", lambda: [run[:3] for run in list_runs(study.parent)])
    return found


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
            what = damaged(number, count - count // 4, files_in(RUN))
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
