"""A run that is told to stop leaves whole files."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stopped_run_keeps_what_it_has_learned(tmp_path, number):
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
    assert process.returncode == 130
    record = json.loads((run / "run.json").read_text())
    assert record["status"] == "interrupted"
    assert (run / "weights.safetensors").is_file()
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=run, check=True)
