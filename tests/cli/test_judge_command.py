"""rnnchaos judge of anything, as it is typed: words that are models, settings, and what is refused."""

from pathlib import Path

import numpy as np
import pytest

from rnnchaos.cli.completion import candidates


@pytest.fixture
def files(rnnchaos):
    """A truth and two models, in the folder where the command runs."""
    rows = np.random.default_rng(0).standard_normal((1200, 2)).cumsum(axis=0) % 7
    np.save("test.npy", rows[:600])
    np.save("a.npy", rows[600:900])
    np.save("b=1.npy", rows[900:])
    return rnnchaos


def test_files_stand_by_themselves_and_settings_among_them(files):
    record = files("judge", "a.npy", "against=test.npy", "b=1.npy", "diagnostics.figures=false", "name=pair",
                   "--json").record()  # fmt: skip
    assert list(record["models"]) == ["a", "b=1"]
    assert Path(record["run"]).parts[-2:] == ("pair", "v0001")
    assert set(record["rivals"]) == {"copy of the past", "floor"}


def test_the_config_is_shown(files):
    shown = files("judge", "a.npy", "against=test.npy", "--cfg", "job").out
    assert "against: test.npy\n" in shown
    assert "scaled: false\n" in shown


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["a.npy"], "against must be a file or a run folder, or dataset=… name the truth, got null"),
        (["against=test.npy"], "subjects must be files or run folders, or weights be given, got []"),
        (["a.npy", "against=test.npy", "scled=true"], "scled is not a setting; did you mean scaled?"),
        (["a.npy", "against=test.npy", "dt=0"], "dt must be greater than 0 time units, got 0"),
        (["a.npy", "a.npy", "against=test.npy"], "subjects must name each model once, got 'a.npy'"),
        (["c.npy", "against=test.npy"], "there is no file or run folder c.npy to judge"),
        (["a.npy", "against=."], ". is not a run folder"),
        (
            ["a.npy", "against=test.npy", "-m"],
            "-m has no meaning for judge: it holds all its words against one truth",
        ),
        (
            ["a.npy", "against=test.npy", "starts=[590]"],
            "starts must be rows up to 299 of the truth with 300 rows after them, which it has 600 of, got 590",
        ),
    ],
)
def test_bad_input_is_one_line_and_nothing_is_written(files, words, message):
    result = files("judge", *words)
    assert result.exit_code == 2
    assert result.out == ""
    assert result.err.startswith(f"rnnchaos: error: {message}")
    assert result.err.count("\n") == 1
    assert not Path("outputs").exists()


def test_its_settings_are_completed(files):
    assert candidates("rnnchaos judge a.npy agai") == ["against="]
    assert candidates("rnnchaos judge a.npy scaled=t") == ["scaled=true"]
    assert "dataset=lorenz63" in candidates("rnnchaos judge a.npy dataset=lor")
    assert candidates("rnnchaos judge ") == candidates("rnnchaos judge a.n") == []


def test_its_help_names_the_settings_and_the_examples(rnnchaos):
    told = rnnchaos("judge", "--help").out
    assert "rnnchaos judge free_run.npy against=test.npy dt=0.01" in told
    assert "  scaled=false  " in told
    assert "  against  " in told
