"""The command lines of README and docs/ are understood: every option and setting in them exists, values are in bounds.

Lines that begin with `rnnchaos` in fenced blocks go through the whole command, with stand-ins for what trains and
measures; what takes no time is run as it is, and on a small run and a small sweep the slow test runs what opens them.
A block that cannot be understood without what its reader has says so in the page, and why:

    <!-- not run: REASON -->
"""

import itertools
import re
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
import pytest
import typer

import rnnchaos as package
from rnnchaos import measurements
from rnnchaos.cli import multirun
from rnnchaos.outcome import Outcome

ROOT = Path(package.__file__).parents[1]
PAGES = sorted([ROOT / "README.md", *ROOT.joinpath("docs").rglob("*.md")])
_BLOCK = re.compile(r"^(?:<!-- not run: (?P<reason>.+?) -->\n+)?```\w*\n(?P<text>.*?)^```", re.S | re.M)
_OF_THE_SHELL = {"|", ">", "2>", "&&", ";"}


class Line(NamedTuple):
    page: str
    words: tuple[str, ...]
    reason: str | None


def lines(page: Path) -> list[Line]:
    """The commands of a page, each without its comment and what a shell does with what it prints."""
    found = []
    for block in _BLOCK.finditer(page.read_text("utf-8")):
        prompt = "$ " if re.search(r"^\$ ", block["text"], re.M) else ""  # others are printed
        for line in block["text"].replace("\\\n", " ").splitlines():
            if line.startswith(f"{prompt}rnnchaos "):
                _, *words = shlex.split(line.removeprefix(prompt), comments=True)
                own = itertools.takewhile(lambda word: word not in _OF_THE_SHELL, words)
                found.append(Line(page.relative_to(ROOT).as_posix(), tuple(own), block["reason"]))
    return found


ALL = list(dict.fromkeys(line for page in PAGES for line in lines(page)))
# Many pages have the same line.
RUN = list({line.words: line for line in ALL if line.reason is None}.values())
# What is parsed alone: each of these opens runs and sweeps, which the slow test has.
_OPENS = ("resume", "export", "report", "watch", "figures", "sweep")


@pytest.fixture
def place(rnnchaos, tmp_path, monkeypatch):
    """The command, in a folder with the files that a line names, and at most two of the combinations of a sweep."""
    for name in ("measure_weights", "judge_models", "forecast_run", "show_data"):
        monkeypatch.setitem(vars(measurements), name, lambda *_: Outcome(0, {}))
    monkeypatch.setenv("RNNCHAOS_PLUGINS", "")  # a line that names some leaves none behind
    every = multirun.combinations
    monkeypatch.setattr(multirun, "combinations", lambda *words: every(*words)[:2])

    def run(*words):
        columns = re.findall(r"(?<=_column=)\w+|(?<=inputs=\[)\w+", " ".join(words))
        axes = re.findall(r"(?<=dataset\.columns=\[)[\w,]+", " ".join(words))
        columns += axes[0].split(",") if axes else ["x", "y", "z"]
        for word in words:
            make_files(tmp_path, word, columns)
        return rnnchaos(*words)

    return run


def make_files(folder: Path, word: str, columns: Sequence[str]) -> None:
    """What a word of a line names: a run folder, equations, or a series with the columns named."""
    if re.fullmatch(r"(outputs/.+/v\d+|RUN)", word):
        folder.joinpath(word).mkdir(parents=True, exist_ok=True)
    for name in re.findall(r"[\w./*-]+\.(?:csv|parquet|npy|npz|pt|safetensors|yaml|mat|mplstyle)\b", word):
        path = folder / name.replace("*", "1")
        path.parent.mkdir(parents=True, exist_ok=True)
        equations = ROOT / "docs" / "equations" / path.name
        series = {name: np.sin(np.arange(500) + i) for i, name in enumerate(columns)}
        series |= {name: np.arange(500.0) for name in ("t", "date") if name in columns}
        series |= {name: np.arange(500) // 250 for name in ("trial",) if name in columns}
        if path.suffix == ".yaml":
            path.write_text(
                (equations if equations.exists() else equations.with_name("jerk.yaml")).read_text()
            )
        elif path.suffix == ".csv":
            pl.DataFrame(series).write_csv(path)
        elif path.suffix == ".parquet":
            pl.DataFrame(series).write_parquet(path)
        elif path.suffix == ".npy":
            np.save(path, np.stack(list(series.values()), axis=1))
        else:
            path.touch()


def parse(words: tuple[str, ...]) -> None:
    """Hold a line against the declarations of its command. Raises typer.TyperException where it does not fit."""
    from rnnchaos.cli.app import app

    command = typer.main.get_command(app)
    for count, word in enumerate(words):
        command = command.commands[word]
        if not hasattr(command, "commands"):
            command.make_context(f"rnnchaos {word}", list(words[count + 1 :])).close()
            return


def dry(words: tuple[str, ...]) -> tuple[str, ...]:
    """The same, training nothing."""
    asks = {"--cfg", "--info", "--help", "--dry-run"} & {*words}
    if words[0] == "train" or (words[0] == "paper" and len(words) > 1):
        return tuple(word for word in words if word != "--estimate") + (() if asks else ("--dry-run",))
    return words


@pytest.mark.parametrize("line", RUN, ids=[f"{line.page}: {' '.join(line.words)}" for line in RUN])
def test_a_line_is_understood(line, place):
    parse(line.words)
    if line.words[0] not in _OPENS:
        said = place(*dry(line.words))
        assert said.exit_code == 0, said.err


def test_reasons_are_given_in_the_pages():
    assert all(len(line.reason.split()) > 2 for line in ALL if line.reason is not None)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("train", "protocol.tua=3"), "protocol.tau"),
        (("train", "protocol.tau=0"), "at least 1"),
        (("train", "-m", "model=lstm,gruu"), "gru"),
        (("lyapunov", "dataset=henon", "diagnostics.lyapunov.num_orbits=0"), "at least 1"),
    ],
)
def test_a_wrong_line_would_be_found(words, said, place):
    told = place(*dry(words))
    assert told.exit_code == 2
    assert said in told.err


def test_a_wrong_option_would_be_found():
    with pytest.raises(typer.TyperException, match="--hew"):
        parse(("sweep", "plot", "SWEEP", "--hew", "model"))
