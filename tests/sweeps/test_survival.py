"""A sweep that is killed again and again ends like one that is not."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "check_sweep_survives.py"


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds the processes to kill under /proc")
def test_a_killed_sweep_ends_with_the_same_bits():
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--cells", "6", "--kills", "3"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "6 cells, 6 run folders, 6 rows; ended more than once: 0" in done.stdout
    assert "files that differ: 0" in done.stdout
