"""Attack a run and a sweep as a folder from a stranger could, and call the commands on it: none of it may succeed.

    python scripts/check_strangers.py
    python scripts/check_strangers.py --sample 8     8 attacks from all of the list

An attack succeeds where something outside of the folder is read into a result, changed or made, where shell or pickled
objects would run, where a command does not end or takes all memory, where it ends in another way than with its code
and one line, or where a control character reaches the terminal.
"""

import argparse
import contextlib
import io
import os
import resource
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import stranger_runs  # noqa: F401
import stranger_sweeps  # noqa: F401
from small_runs import COMMAND, KILLED, RUN, WORDS, inside, print_table, run_apart
from stranger_folders import ATTACKS, OUTSIDE, Call

from rnnchaos.cli import main as command_line
from rnnchaos.escaping import escaped
from rnnchaos.runs import RunFolder
from rnnchaos.sweeps import worker

_SECONDS, _BYTES = 300, 8 * 2**30
# What a job of Slurm would load, or its script would do, is noted outside.
_SLURM = {
    "sinfo": "echo cpu",
    "squeue": "true",
    "srun": "true",
    "sbatch": """
folder=$(sed -n 's/.*submitit.core._submit //p' "$1")
if [ -e "$folder/31_submitted.pkl" ] || grep -q "^touch\\|owned" "$1"; then touch ../outside/owned; fi
echo Submitted batch job 31""",
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sample", type=int, default=len(ATTACKS), help="how many attacks; all by default")
    parser.add_argument("--only", default="", help="attacks with these letters in their names")
    wanted = parser.parse_args()
    names = [name for name in ATTACKS if wanted.only in name]
    chosen = names[:: max(1, -(-len(names) // wanted.sample))]
    rows = [("attack", "tried", "outcome")]
    with tempfile.TemporaryDirectory() as folder, _limits(), inside(Path(folder)):
        prepare(Path("base"))
        for name in chosen:
            shutil.rmtree("tried", ignore_errors=True)
            shutil.copytree("base", "tried/here", symlinks=True, ignore=shutil.ignore_patterns("finished"))
            tried, succeeded = attempt(name, Path("tried"))
            rows.append(
                (name, tried, f"SUCCEEDED: {succeeded}" if succeeded else "refused, or without effect")
            )
    print_table(rows)
    count = sum(row[-1].startswith("SUCCEEDED") for row in rows)
    print(f"{len(chosen)} attacks, {count} succeeded")
    sys.exit(count > 0)


def prepare(base: Path) -> None:
    """A run that was killed, the same one finished, and a finished sweep."""
    run_apart(base, *KILLED, "train", *WORDS)
    shutil.copytree(base / "o", base / "finished" / "o", symlinks=True)
    words = ["name=many", "seed=0,1", "hydra.launcher.n_jobs=1"]
    for done in (
        run_apart(base / "finished", *COMMAND, "resume", str(RUN)),
        run_apart(base, *COMMAND, "train", "-m", *WORDS, *words),
    ):
        if done.returncode:
            raise SystemExit(done.stderr)
    (base / "bin").mkdir()
    for name, shell in _SLURM.items():
        (base / "bin" / name).write_text(f"#!/bin/sh\n{shell}\n")
        (base / "bin" / name).chmod(0o755)


def attempt(name: str, folder: Path) -> tuple[str, str]:
    """Try one attack: the commands, and in which way it succeeded, if it did."""
    (folder / "outside").mkdir()
    (folder / "outside" / "kept").write_text("kept: 1\n")
    with inside(folder / "here"):
        calls = ATTACKS[name]()
        before = _outside()
        wrong = [said for call in calls if (said := _wrong(call))]
        if (after := _outside()) != before:
            wrong.append(f"outside: {sorted(set(after.items()) ^ set(before.items()))}")
    tried = ", ".join(
        dict.fromkeys(" ".join(call.words[: 2 if call.words[0] == "sweep" else 1]) for call in calls)
    )
    return tried, escaped("; ".join(wrong)).replace("\n", " ")[:300]


def _wrong(call: Call) -> str:
    """What is wrong with the end of a command; nothing where it is as it should be."""
    try:
        with _deadline():
            code, out, said = _called(call.words)
    except BaseException as error:
        return f"{call.words[0]}: {type(error).__name__}: {error}"
    lines = [line for line in said.splitlines() if line.startswith("rnnchaos: error: ")]
    if code not in call.codes:
        return f"exit code {code}: {out[-200:]} {said[-200:]}"
    if "Traceback" in said or (code == 2 and len(lines) != 1):
        return f"more than a line: {said}"
    if escaped(out + said) != out + said:
        return f"control characters: {out + said!r}"
    return "" if call.says in out + said else f"it does not say {call.says!r} but {said}"


def _called(words: tuple[str, ...]) -> tuple[int, str, str]:
    """Exit code and output of a command, in this process; two more words read what no command reads alone."""
    readers = {"verify": RunFolder.verify, "arrays": lambda run: run.load_arrays("free_run")}
    if words[0] in readers:
        try:
            readers[words[0]](RunFolder.open(Path(words[1])))
        except ValueError as error:
            return 2, "", f"rnnchaos: error: {error}"
        return 0, "", ""
    out, said, before = io.StringIO(), io.StringIO(), sys.argv
    worker._sweep.cache_clear()
    worker._journal.cache_clear()
    path = os.environ["PATH"]
    try:
        sys.argv = ["rnnchaos", *words]
        os.environ["PATH"] = f"{Path('bin').absolute()}{os.pathsep}{path}"
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(said):
            command_line()
    except SystemExit as ended:
        return int(ended.code or 0), out.getvalue(), said.getvalue()
    finally:
        sys.argv = before
        os.environ["PATH"] = path
    return 0, out.getvalue(), said.getvalue()


def _outside() -> dict[str, object]:
    """All that lies outside of the folder, with its content."""
    return {
        str(path): path.read_bytes() if path.is_file() else "folder" for path in sorted(OUTSIDE.rglob("*"))
    }


@contextlib.contextmanager
def _limits() -> Iterator[None]:
    """Memory beyond which an attack has succeeded; much of what JAX reserves it never uses."""
    with open("/proc/self/statm", encoding="ascii") as file:
        now = int(file.read().split()[0]) * resource.getpagesize()
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (now + _BYTES, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


@contextlib.contextmanager
def _deadline() -> Iterator[None]:
    def late(number, frame):
        raise TimeoutError(f"not done in {_SECONDS} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


if __name__ == "__main__":
    main()
