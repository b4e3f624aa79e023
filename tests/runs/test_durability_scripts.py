"""A sample of the checks of durability in `scripts/`: real trainings, killed, damaged, attacked and stopped."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [
        ["check_crash_states.py", "--only", "run", "--sample", "4"],
        ["check_crash_states.py", "--only", "sweep", "--sample", "2"],
        ["check_damage.py", "--flips", "200", "--truncations", "40", "--resume", "3"],
        ["check_signals.py", "--count", "2"],
        ["check_strangers.py", "--sample", "6"],
    ],
    ids=" ".join,
)
def test_nothing_is_lost(words):
    environment = os.environ | {"PYTHONPATH": str(SCRIPTS.parent)}
    done = subprocess.run(
        [sys.executable, SCRIPTS / words[0], *words[1:]],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
