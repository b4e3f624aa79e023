"""What a stranger can do to a folder before somebody else calls a command on it: the tools of check_strangers.py."""

import dataclasses
import json
import os
from collections.abc import Callable
from pathlib import Path

import yaml
from small_runs import RUN, copied

from rnnchaos.runs import checksums, jsonfile
from rnnchaos.runs.lines import to_line

SWEEP = Path("o", "many.sweep", "v0001")
OUTSIDE = Path("..", "outside")
"""What nobody may read into a result, change or make; seen from the folder in which the commands are called."""
FINISHED = Path("..", "..", "base", "finished")
ESCAPE = "\x1b]0;owned\x07\x1b[2J [/x] \x9b31m"


@dataclasses.dataclass(frozen=True)
class Call:
    """A command on the folder, with the codes that it may end with, and what it has to say."""

    words: tuple[str, ...]
    codes: tuple[int, ...] = (2,)
    says: str = ""


Attack = Callable[[], list[Call]]
ATTACKS: dict[str, Attack] = {}


def attack(made: Attack) -> Attack:
    """Its name says what is tried; it prepares the folder, and gives the commands that fall for it."""
    ATTACKS[made.__name__.replace("_", " ")] = made
    return made


def call(*words: object, codes: tuple[int, ...] = (2,), says: str = "") -> Call:
    return Call(tuple(map(str, words)), codes, says)


def resume(codes: tuple[int, ...] = (2,), says: str = "") -> list[Call]:
    return [call("resume", RUN, codes=codes, says=says)]


def link(file: Path, to: Path | None = None) -> None:
    """In place of a file or folder, one that leads outside."""
    target = (OUTSIDE / "kept").absolute() if to is None else to
    if file.is_dir() and not file.is_symlink():
        file.rename(file.with_name(f"{file.name}-before"))
    file.unlink(missing_ok=True)
    file.symlink_to(target if str(target) == "nowhere" else target.absolute())


def pipe(file: Path) -> None:
    file.unlink(missing_ok=True)
    os.mkfifo(file)


def sparse(file: Path) -> None:
    with file.open("r+b") as opened:
        opened.truncate(2**42)


def config(text: str) -> None:
    """Another config, with the digest that fits it, which anyone can compute."""
    (RUN / "config.yaml").write_text(text)
    record(config_sha256=checksums.digest(text.encode()))


def record(run: Path = RUN, **changed: object) -> None:
    values = jsonfile.unsealed(json.loads((run / "run.json").read_text()))
    (run / "run.json").write_text(jsonfile.to_text(jsonfile.sealed(values | changed)))


def setting(name: str, value: object) -> None:
    found = yaml.safe_load((RUN / "config.yaml").read_text())
    group, _, key = name.partition(".")
    found[group][key] = value
    config(yaml.safe_dump(found))


def lines(file: Path, change: Callable[[dict], dict]) -> None:
    """Other lines, with the digests that fit them."""
    found = [change(jsonfile.unsealed(json.loads(line))) for line in file.read_text().splitlines()]
    file.write_text("".join(to_line(line) for line in found))


def finished() -> None:
    """The run has ended, before the stranger came."""
    copied(FINISHED / RUN, RUN)
