"""A run that is told to stop leaves whole files."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "exit_code", "status"),
    [
        (signal.SIGTERM, 130, "interrupted"),
        (signal.SIGINT, 130, "interrupted"),
        (signal.SIGUSR1, 124, "timed out"),
        (signal.SIGUSR2, 124, "timed out"),
    ],
)
def test_a_stopped_run_keeps_what_it_has_learned(tmp_path, number, exit_code, status):
    words = ["train", "experiment=smoke", "training.num_steps=1000000", "name=stopped"]
    code = "from rnnchaos.cli import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", code, *words], cwd=tmp_path, stderr=subprocess.PIPE
    ) as process:
        run = tmp_path / "outputs" / "stopped" / "v0001"
        for _ in range(600):
            if (run / "checkpoints").is_dir():
                break
            time.sleep(0.2)
        os.kill(process.pid, number)
        process.communicate()
    assert process.returncode == exit_code
    record = json.loads((run / "run.json").read_text())
    assert record["status"] == status
    assert f"go on with: rnnchaos resume {run.relative_to(tmp_path)}" in (run / "log.txt").read_text()
    assert (run / "weights.safetensors").is_file()
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=run, check=True)


@pytest.mark.slow
def test_a_killed_run_is_resumed_to_the_same_bits(tmp_path):
    command = [sys.executable, "-c", "from rnnchaos.cli import main; main()"]
    words = ["train", "experiment=smoke", "training.num_steps=600"]
    subprocess.run([*command, *words, "name=whole"], cwd=tmp_path, check=True, capture_output=True)
    run = tmp_path / "outputs" / "killed" / "v0001"
    with subprocess.Popen(
        [*command, *words, "name=killed"], cwd=tmp_path, stdout=subprocess.DEVNULL
    ) as process:
        for _ in range(600):
            if (run / "checkpoints").is_dir():
                break
            time.sleep(0.1)
        process.kill()
    assert json.loads((run / "run.json").read_text())["status"] == "running"
    subprocess.run([*command, "resume", str(run)], cwd=tmp_path, check=True, capture_output=True)
    whole = tmp_path / "outputs" / "whole" / "v0001"
    for name in ("weights.safetensors", "history.jsonl", "arrays/training.npz"):
        assert (run / name).read_bytes() == (whole / name).read_bytes(), name
    assert json.loads((run / "run.json").read_text())["status"] == "finished"
