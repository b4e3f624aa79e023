"""What a user is promised, end to end. Slow."""

import json
import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("user")


# Long runs, as a user runs them: compiled with every optimisation, unlike the other tests.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "JAX_DISABLE_MOST_OPTIMIZATIONS"}


def rnnchaos(*words, cwd):
    done = subprocess.run(
        [sys.executable, "-c", "from rnnchaos.cli import main; main()", *words, "--json"],
        cwd=cwd,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_spectrum_of_lorenz63(folder):
    found = rnnchaos("lyapunov", "dataset=lorenz63", cwd=folder)
    exponents = found["lyapunov"]["exponents_per_time_unit"]
    error = found["lambda_max_standard_error"]
    assert error < 0.005 * 0.9056
    assert abs(exponents[0] - 0.9056) < 3 * error
    assert abs(sum(exponents) + 41 / 3) < 1e-4


def test_gradients_vanish_on_a_two_cycle(folder):
    run = rnnchaos("train", "experiment=two_cycle", cwd=folder)
    gradients = rnnchaos("gradients", run["run"], cwd=folder)["gradients"]
    assert gradients["theorem"] == 1
    assert gradients["slope_state_per_step"] < 0
    # The loss gradient levels off: its slope is 0 within three standard errors.
    assert abs(gradients["slope_loss_per_step"]) < 3 * gradients["slope_loss_error_per_step"]


def test_gradients_explode_on_lorenz63(folder):
    # A quarter of the main job's training: enough to be chaotic, which is all that the theorem asks for.
    words = ["training.num_steps=200", "diagnostics.figures=false"]
    run = rnnchaos("train", *words, cwd=folder)
    gradients = rnnchaos("gradients", run["run"], cwd=folder)["gradients"]
    assert gradients["theorem"] == 2
    error = (
        gradients["slope_state_error_per_step"] ** 2 + gradients["lambda_max_error_per_step"] ** 2
    ) ** 0.5
    assert abs(gradients["slope_state_per_step"] - gradients["lambda_max_per_step"]) < 3 * error
    assert gradients["slope_loss_per_step"] > 0


def test_noisy_lorenz_is_learned_as_well_as_published(folder):
    found = rnnchaos("train", "experiment=noisy_lorenz", "diagnostics.figures=false", cwd=folder)
    # The published figure of a shallow PLRNN with generalised teacher forcing (arXiv:2306.04406).
    assert found["d_stsp_gtf"] <= 0.26


def test_the_same_command_gives_the_same_weights(folder):
    first, second = (rnnchaos("train", "experiment=smoke", cwd=folder)["run"] for _ in range(2))
    weights = [(folder / run / "weights.safetensors").read_bytes() for run in (first, second)]
    assert weights[0] == weights[1]
