"""Terminals, devices, encodings and users as they may be: one line, and the right exit code."""

import os
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from rnnchaos import environment
from rnnchaos.console import Console, coloured
from rnnchaos.escaping import escaped, one_line

ROOT = Path(__file__).parents[2]
MAIN = "from rnnchaos.cli import main; main()"
FULL = "rnnchaos: error: cannot write the output: No space left on device\n"


def command(*words, **options):
    environment_of_it = os.environ | {"PYTHONPATH": str(ROOT)} | options.pop("env", {})
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True} | options
    return subprocess.run(
        [sys.executable, "-c", MAIN, *words], env=environment_of_it, check=False, timeout=120, **options
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
@pytest.mark.parametrize("words", [["runs"], ["runs", "--json"], ["--help"]], ids=" ".join)
def test_a_full_device_is_one_line(tmp_path, words):
    with open("/dev/full", "w") as full:
        done = command(*words, stdout=full, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.endswith(FULL)


def test_a_reader_that_has_enough_is_no_failure(tmp_path):
    code = f"import sys; sys.argv = ['rnnchaos', 'train', '--help']; {MAIN}"
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    ) as process:
        process.stdout.close()  # before there is anything to read
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_streams_that_are_closed(tmp_path):
    shell = f'"{sys.executable}" -c "{MAIN}" runs >&- 2>&-'
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    assert subprocess.run(shell, shell=True, cwd=tmp_path, env=env, check=False).returncode == 0


def test_an_encoding_without_greek(tmp_path):
    done = command("systems", env={"PYTHONIOENCODING": "ascii"}, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Henon" in done.stdout


@pytest.mark.parametrize(
    "words",
    [
        ["{}"],
        ["resume", "{}"],
        ["train", "{}"],
        ["runs", "outputs={}"],
        ["train", "dataset=file", "dataset.path={}"],
    ],
    ids=" ".join,
)
def test_a_word_longer_than_names_may_be(tmp_path, words):
    done = command(*(word.format("x" * 300) for word in words), cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith("rnnchaos: error: ")
    assert list(tmp_path.iterdir()) == []


def test_a_user_without_a_home(monkeypatch):
    def nobody():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", nobody)
    prepared = {}
    environment.prepare(prepared)
    assert "JAX_COMPILATION_CACHE_DIR" not in prepared


def test_control_characters_and_markup_are_printed_as_they_are_spelt(capsys):
    assert escaped("a\x1b]0;x\x07\n\tb\u202e\udcff") == "a\\x1b]0;x\\x07\n\tb\\u202e\\udcff"
    assert one_line("a\nb\tc\r") == "a\\nb c\\x0d"
    console = Console(width=60)
    console.print("[/x] [red]:skull: \x1b[2J", highlight=False)
    console.print(coloured("[bold]", "red", ": \x9b[/]"))
    assert capsys.readouterr().out == "[/x] [red]:skull: \\x1b[2J\n[bold]: \\x9b[/]\n"


def test_runs_with_names_and_reasons_of_any_kind_are_listed(rnnchaos, tmp_path, monkeypatch):
    from rnnchaos import listings
    from rnnchaos.listings import runs
    from rnnchaos.runs import Kind, RunWriter, Status

    monkeypatch.setattr(listings, "list_runs", runs.list_runs)
    run = RunWriter.create(tmp_path / "[/x]", name="a", kind=Kind.TRAIN, config_text="", provenance={})
    run.finish(Status.FAILED, reason="[/x] \x1b[31m")
    result = rnnchaos("runs", "outputs=[/x]")
    assert result.exit_code == 0
    assert "[/x]/a/v0001" in result.out
    assert "failed: [/x] \\x1b[31m" in result.out
    run.path.rename(run.path.parent / "gone")
    assert "no runs under [/x]" in rnnchaos("runs", "outputs=[/x]").out


def test_the_compilation_cache_is_kept_small_the_least_used_first(tmp_path):
    for number in range(5):
        (tmp_path / f"program{number}").write_bytes(bytes(100))
        os.utime(tmp_path / f"program{number}", (1000 + (number - 2) ** 2, 900))
    environment.shrink(tmp_path, to=250)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["program0", "program4"]
    environment.shrink(tmp_path / "nowhere", to=0)
    cache = tmp_path / "rnnchaos" / "jax"
    cache.mkdir(parents=True)
    (cache / "program").write_bytes(bytes(100))
    environment.prepare({"XDG_CACHE_HOME": str(tmp_path), "RNNCHAOS_CACHE_BYTES": "99"})
    assert list(cache.iterdir()) == []


def test_a_damaged_compilation_cache_is_said_once(capsys, monkeypatch):
    monkeypatch.setattr(warnings, "showwarning", lambda *_: None)
    environment._say_once_that_the_cache_is_damaged()
    environment._say_once_that_the_cache_is_damaged()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        for name in "abc":
            warnings.warn(f"Error reading persistent compilation cache entry for {name}", stacklevel=1)
    assert capsys.readouterr().err.count("is damaged or cannot be written") == 1


def test_a_folder_that_was_removed_under_ones_feet_is_one_line(tmp_path, monkeypatch, rnnchaos):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    result = rnnchaos("train", "experiment=smoke", f"outputs={tmp_path}/o")
    assert result.exit_code == 2
    assert result.err == (
        "rnnchaos: error: the folder that this command was started in is gone: change to one that is there\n"
    )
