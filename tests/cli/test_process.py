"""The command as a process of its own: what it imports, what it sets, and completion in a real bash."""

import json
import os
import pty
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.main import get_command

from rnnchaos.cli.app import app, command_names
from rnnchaos.cli.completion import SCRIPTS, candidates
from rnnchaos.environment import prepare

ROOT = Path(__file__).parents[2]
SCRIPT = Path(__file__).parent / "stand_in.py"
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT)}


def python(*words: str, **options) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, *words], capture_output=True, text=True, env=ENVIRONMENT, timeout=120, **options
    )


@pytest.mark.parametrize(
    "words", [["--help"], ["train", "--help"], ["--version"], ["complete", "rnnchaos train model=l"]]
)
def test_help_and_completion_import_nothing_heavy(words):
    code = """
import sys, time
from rnnchaos.cli import main
try:
    main()
finally:
    heavy = {"jax", "hydra", "omegaconf", "numpy", "matplotlib", "equinox"} & set(sys.modules)
    print("HEAVY", sorted(heavy), time.process_time(), file=sys.stderr)
"""
    result = python("-c", code, *words)
    assert result.returncode == 0
    assert result.stdout != ""
    _, heavy, seconds = result.stderr.split(maxsplit=2)
    assert heavy == "[]"
    # CPU time, so that other work on the machine does not count; half of it is Python and Typer themselves.
    assert float(seconds) < 0.5


def test_importing_the_rooms_imports_nothing_heavy():
    code = "import sys, rnnchaos.cli, rnnchaos.settings; print({'jax', 'hydra', 'numpy'} & set(sys.modules))"
    assert python("-c", code).stdout == "set()\n"


def test_a_run_from_end_to_end(tmp_path):
    result = python(str(SCRIPT), "train", "seed=5", "--json", cwd=tmp_path)
    assert (result.returncode, result.stdout.count("\n")) == (0, 1)
    assert json.loads(result.stdout)["seed"] == 5
    assert result.stderr == "training\na stray print\n"  # and no warning of Hydra's, JAX's or Python's
    assert list(tmp_path.iterdir()) == []


def test_a_failure_from_end_to_end(tmp_path):
    result = python(str(SCRIPT), "train", "protocol.tau=0", cwd=tmp_path)
    expected = "rnnchaos: error: protocol.tau must be at least 1 step, got 0\n"
    assert (result.returncode, result.stdout, result.stderr) == (2, "", expected)


def test_the_environment_is_prepared_and_the_users_own_is_kept():
    fresh = {"XDG_CACHE_HOME": "/cache", "XLA_FLAGS": "--xla_dump_to=x"}
    prepare(fresh)
    assert fresh["JAX_COMPILATION_CACHE_DIR"] == "/cache/rnnchaos/jax"
    assert fresh["XLA_FLAGS"] == "--xla_dump_to=x --xla_cpu_multi_thread_eigen=false"
    assert (fresh["OPENBLAS_NUM_THREADS"], fresh["JAX_ENABLE_X64"]) == ("1", "1")
    own = {
        "JAX_COMPILATION_CACHE_DIR": "here",
        "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=true",
        "OPENBLAS_NUM_THREADS": "4",
    }
    prepared = dict(own)
    prepare(prepared)
    assert {name: prepared[name] for name in own} == own
    home = {"HOME": "unused"}
    prepare(home)
    assert home["JAX_COMPILATION_CACHE_DIR"] == str(Path.home() / ".cache/rnnchaos/jax")
    assert home["XLA_FLAGS"] == "--xla_cpu_multi_thread_eigen=false"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("rnnchaos tr", ["train"]),
        ("rnnchaos --v", ["--version"]),
        ("rnnchaos train model=l", ["model=lstm"]),
        ("rnnchaos train model=esn protocol=clo", ["protocol=closed_form"]),
        ("rnnchaos train -m model=lstm,p", ["model=lstm,plrnn"]),
        (
            "rnnchaos train mod",
            [
                "model=",
                "model.hidden_size=",
                "model.layer_size=",
                "model.activation=",
                "model.bounded=",
                "model.initial=",
                "model.observation=",
                "model.embedding_dimension=",
                "model.embedding_lag=",
                "model.embedding_axes=",
            ],
        ),
        ("rnnchaos train protocol.t", ["protocol.tau="]),
        ("rnnchaos train protocol=free protocol.t", []),
        ("rnnchaos train experiment=two_cycle protocol.t", []),
        ("rnnchaos train optimizer=sgd optimizer.m", ["optimizer.momentum="]),
        ("rnnchaos train seed=", []),
        ("rnnchaos train seed=3 'name=a b' precis", ["precision="]),
        ("rnnchaos train 'open protocol.t", ["protocol.tau="]),
        ("rnnchaos train --mu", ["--multirun"]),
        ("rnnchaos train -m --de", ["--detach"]),
        ("rnnchaos train -m hyd", ["hydra/launcher=", "hydra/sweeper="]),
        ("rnnchaos train -m hydra/launcher=sl", ["hydra/launcher=slurm", "hydra/launcher=slurm_gpu"]),
        ("rnnchaos sweep run ", []),
        ("rnnchaos sweep run x hydra/launcher=lo", ["hydra/launcher=local"]),
        ("rnnchaos sweep status x hydra/launcher=lo", []),
        ("rnnchaos train --cfg ", ["job", "hydra", "all"]),
        ("rnnchaos train --config-dir ", []),
        ("rnnchaos train --pl", ["--plugin"]),
        ("rnnchaos train --plugin ", []),
        ("rnnchaos --plugin no_such.py tr", ["train"]),
        ("rnnchaos train --plugin no_such.py --plugin=nor_this model=l", ["model=lstm"]),
        ("rnnchaos gradients --mu", []),
        ("rnnchaos gradients ", []),
        (
            "rnnchaos gradients outputs/x diagnostics.gr",
            ["diagnostics.gradients.max_lag=", "diagnostics.gradients.num_starts="],
        ),
        ("rnnchaos gradients outputs/x se", []),
        ("rnnchaos cycles ", []),
        ("rnnchaos cycles outputs/x diagnostics.cycles.b", ["diagnostics.cycles.bound="]),
        ("rnnchaos bifurcation ", []),
        ("rnnchaos bifurcation outputs/x diagnostics.bifurcation.w", ["diagnostics.bifurcation.weight="]),
        ("rnnchaos lyapunov dataset=henon dataset.", None),
        ("rnnchaos systems lorenz63", ["lorenz63", "lorenz63_paper"]),
        ("rnnchaos systems --f", ["--figure"]),
        ("rnnchaos runs ", ["outputs="]),
        ("rnnchaos completion z", ["zsh"]),
        ("rnnchaos paper duf", ["duffing_partial_tau", "duffing_tau"]),
        ("rnnchaos paper windowing protocol.t", []),
        ("rnnchaos paper lorenz_tau protocol.t", ["protocol.tau="]),
        ("rnnchaos paper lorenz_tau --dr", ["--dry-run"]),
        ("rnnchaos nonsense ", []),
        ("rnnchaos ", None),
    ],
)
def test_candidates(line, expected, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = candidates(line, command_names())
    if expected is not None:
        assert found == expected
    elif "henon" in line:
        assert {"dataset.a=", "dataset.b="} <= set(found)
        assert "dataset.rho=" not in found
    else:
        shown = [name for name, command in get_command(app).commands.items() if not command.hidden]
        assert sorted(found) == sorted([*shown, "--help", "--version", "--plugin"])


def test_a_folder_is_left_to_the_shells_own_file_names(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert candidates("rnnchaos lyapunov outp") == ["outputs="]
    (tmp_path / "outputs").mkdir()
    assert candidates("rnnchaos lyapunov outp") == []
    assert candidates("rnnchaos lyapunov outputs/") == []
    assert candidates(f"rnnchaos lyapunov {tmp_path}/o") == []


def test_choices_of_a_users_folder(tmp_path):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "mine.yaml").write_text("speed: 3\n")
    assert candidates(f"rnnchaos train --config-dir {tmp_path} model=mi") == ["model=mine"]
    assert candidates(f"rnnchaos train --config-dir {tmp_path} model=mine model.sp") == ["model.speed="]


@pytest.fixture
def bash(tmp_path):
    """`bash(line)` types a line and TAB into an interactive bash and gives back what the line has become."""
    if shutil.which("bash") is None:
        pytest.skip("no bash")
    command = tmp_path / "rnnchaos"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{SCRIPT}" "$@"\n')
    command.chmod(0o755)
    environment = ENVIRONMENT | {"PATH": f"{tmp_path}:{os.environ['PATH']}", "PS1": "$ ", "TERM": "dumb"}

    def press_tab(line: str, *, before: str = "") -> str:
        terminal, other_end = pty.openpty()
        words = ["bash", "--norc", "--noprofile", "-i"]
        shell = subprocess.Popen(
            words,
            stdin=other_end,
            stdout=other_end,
            stderr=other_end,
            env=environment,
            start_new_session=True,
        )
        os.close(other_end)
        try:
            os.write(terminal, b'eval "$(rnnchaos completion bash)"; ' + before.encode() + b'echo rea""dy\n')
            read_until(terminal, b"ready\r\n")
            # Ctrl-A and Ctrl-E put quotes around the completed line, and echo shows what it is.
            os.write(terminal, line.encode() + b"\t\x01echo '<\x05>'\n")
            shown = read_until(terminal, b">\r\n")
        finally:
            os.close(terminal)  # hangs the shell up
            shell.wait()
        return shown.rpartition(b"\n<")[2].partition(b">\r\n")[0].decode()

    return press_tab


def read_until(terminal: int, end: bytes) -> bytes:
    seen, deadline = b"", time.monotonic() + 20
    while end not in seen:
        assert time.monotonic() < deadline, seen
        if select.select([terminal], [], [], 0.1)[0]:
            seen += os.read(terminal, 4096)
    return seen


@pytest.mark.parametrize(
    ("line", "completed"),
    [
        ("rnnchaos tra", "rnnchaos train "),
        ("rnnchaos train model=l", "rnnchaos train model=lstm "),
        ("rnnchaos train protocol.t", "rnnchaos train protocol.tau="),
        ("rnnchaos train seed=3 -m model=lstm,g", "rnnchaos train seed=3 -m model=lstm,gru "),
    ],
)
def test_completion_in_a_real_bash(bash, line, completed):
    assert bash(line) == completed


def test_completion_where_bash_keeps_words_with_an_equals_sign_whole(bash):
    assert bash("rnnchaos train model=l", before="COMP_WORDBREAKS=${COMP_WORDBREAKS//=}; ") == (
        "rnnchaos train model=lstm "
    )


def test_there_is_a_script_for_each_shell():
    for shell in SCRIPTS:
        assert python(str(SCRIPT), "completion", shell).stdout == SCRIPTS[shell]


def test_tab_imports_no_plugin(tmp_path):
    trap = tmp_path / "trap.py"
    trap.write_text(f"from pathlib import Path\n\nPath({str(tmp_path)!r}, 'sprung').touch()\n")
    code = "from rnnchaos.cli import main; main()"
    for line in (
        "rnnchaos r",
        "rnnchaos train data",
        "rnnchaos reach x diag",
        f"rnnchaos runs --plugin {trap} o",
    ):
        environment = os.environ | {"RNNCHAOS_PLUGINS": str(trap)}
        words = [sys.executable, "-c", code, "complete", line]
        subprocess.run(words, env=environment, capture_output=True, check=True)
    assert not (tmp_path / "sprung").exists()
