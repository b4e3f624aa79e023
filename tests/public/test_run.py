"""Runs from Python: trained, opened, in the data's own units, with the sentences of the command line."""

import os
import subprocess
import sys
from pathlib import Path

import jax
import numpy as np
import pytest

import rnnchaos
from rnnchaos import ConfigError
from rnnchaos.cli.measuring import forecast


def test_words_and_settings_reach_the_run(run):
    assert run.status == "finished"
    assert run.path.parent.parent.name == "it's here"
    assert (run.config["seed"], run.config["model"]["hidden_size"]) == (3, 4)
    assert run.config["dataset"]["_target_"] == "rnnchaos.systems.Henon"
    assert run.history[-1]["step"] == 20
    assert repr(run) == f"<Run {run.path}: train, finished>"


def test_a_run_is_opened_by_a_text_or_a_path(run):
    for path in (str(run.path), run.path, run.path.parent / "latest"):
        assert rnnchaos.load(path).metrics == run.metrics


def test_metrics_are_plain_numbers_by_name(run):
    assert run.metrics["wasserstein"] == run.summary["metrics"]["wasserstein"]["value"] > 0
    assert run.summary["metrics"]["wasserstein"]["unit"] == "s.d."


def test_data_are_in_their_own_units(run):
    x, y = run.dataset.test.T
    np.testing.assert_allclose(x[1:], 1 - 1.4 * x[:-1] ** 2 + y[:-1], atol=1e-12)  # the Hénon map itself
    np.testing.assert_allclose(y[1:], 0.3 * x[:-1], atol=1e-12)
    assert run.dataset.axis_names == ("x", "y")
    assert abs(run.dataset.scaled.train.values.mean()) < 1e-12
    assert "2000 training and 1000 test steps" in repr(run.dataset)


def test_a_forecast_is_the_networks_in_the_datas_units(run):
    history = run.dataset.test[:5]
    forecast = run.forecast(history, 3)
    state = run.latent_state(history[-1])
    for row in forecast:
        state = run.network.step(state)
        # One is computed in float64, the other, like the network itself, in float32.
        np.testing.assert_allclose(run.observation(state), row, rtol=1e-4)


def test_only_the_last_rows_matter(run):
    test = run.dataset.test
    np.testing.assert_array_equal(run.forecast(test[:5].tolist(), 4), run.forecast(test[4], 4))
    np.testing.assert_array_equal(run.free_run(4), run.forecast(test[:1], 4))


@pytest.mark.parametrize(
    ("history", "message"),
    [
        ([[1.0]], "history must be rows of the 2 axes x, y, got shape (1, 1)"),
        ([[1.0, 0.1], [np.nan, 0.2]], "history must be finite, got nan in row -1 of x"),
        ([["a", "b"]], "history must be rows of numbers: could not convert string to float: 'a'"),
        (np.zeros((0, 2)), "history must have at least 1 rows, which this network starts from, got 0"),
    ],
)
def test_rows_that_are_none(run, history, message):
    with pytest.raises(ConfigError) as error:
        run.forecast(history, 3)
    assert str(error.value) == message


def test_no_steps(run):
    with pytest.raises(ConfigError, match="num_steps must be at least 1 step, got 0"):
        run.free_run(0)


def test_steps_that_are_no_whole_number(run):
    whole = "num_steps must be a whole number of at least 1 step, got 2.5; the nearest is 2"
    with pytest.raises(ConfigError) as error:
        run.forecast([[0.1, 0.2]], 2.5)
    assert str(error.value) == whole
    np.testing.assert_array_equal(run.forecast([[0.1, 0.2]], 2.0), run.forecast([[0.1, 0.2]], 2))


def test_the_spectrum_of_the_network(run):
    found = run.lyapunov_spectrum(num_steps=400, num_exponents=2)
    assert found.exponents.shape == (2,)
    stored = run.arrays("lyapunov")["exponents"]
    assert abs(found.exponents[0] - stored[0]) < 0.2
    assert run.lyapunov_spectrum().num_steps + run.lyapunov_spectrum().transient_steps > 200


def test_a_folder_that_is_no_run(run, tmp_path):
    for path in (tmp_path / "v0001", str(run.path) + "x"):
        with pytest.raises(ConfigError, match="there is no run folder") as error:
            rnnchaos.load(path)
        with pytest.raises(ConfigError) as of_the_command:
            forecast([str(path), "history=x.csv"])
        assert str(error.value) == str(of_the_command.value)


@pytest.mark.parametrize(
    ("words", "settings", "message"),
    [
        ([], {"protocol": {"tau": 0}}, "protocol.tau must be at least 1 step, got 0"),
        ([], {"modle": "lstm"}, "modle is not a setting; did you mean model?"),
        (["model=lst"], {}, "model=lst: no such model; did you mean lstm?"),
        ([], {"seed": print}, "seed must be a number, a text, a list or a dict of settings, got builtin_f"),
        (["-m", "seed=1,2"], {}, "-m has no meaning in Python"),
        (["ensemble.seeds=2"], {}, "ensemble.seeds must be 1 in Python, got 2"),
    ],
)
def test_bad_settings_have_the_sentence_of_the_command(words, settings, message, tmp_path):
    with pytest.raises(ConfigError) as error:
        rnnchaos.train(*words, **settings, outputs=tmp_path / "runs")
    assert str(error.value).startswith(message)
    assert not (tmp_path / "runs").exists()


def test_a_diagnostic_is_stored_and_opened(run):
    found = run.measure("cycles", "diagnostics.cycles.max_period=1", "diagnostics.figures=false", quiet=True)
    assert found.path.parent.name == "smoke.cycles"
    assert found.config["diagnostics"]["cycles"]["max_period"] == 1
    with pytest.raises(ConfigError, match="holds no network but a cycles run; the network is in"):
        found.network  # noqa: B018
    with pytest.raises(ConfigError, match=r"there is no diagnostic cicles; did you mean cycles\?"):
        run.measure("cicles")


@pytest.mark.slow  # two processes compile a training
def test_the_weights_are_those_of_the_command_whenever_jax_was_imported(tmp_path):
    words = ["experiment=smoke", "dataset=henon", "model=rnn", "diagnostics.figures=false"]
    environment = {name: value for name, value in os.environ.items() if name != "JAX_ENABLE_X64"}
    python = f"""
import jax, rnnchaos
run = rnnchaos.train(*{words!r}, quiet=True)
state = run.network.step(run.latent_state(run.dataset.test[0]))
assert state.dtype == jax.numpy.float32 and not jax.config.jax_enable_x64
"""
    command = "import sys; from rnnchaos.cli import main; sys.argv[1:] = ['train', *sys.argv[1:]]; main()"
    for code, arguments in ((python, []), (command, words)):
        subprocess.run(
            [sys.executable, "-W", "error", "-c", code, *arguments],
            cwd=tmp_path,
            env=environment | {"PYTHONPATH": str(Path(rnnchaos.__file__).parents[1])},
            check=True,
            capture_output=True,
        )
    first, second = ((tmp_path / f"outputs/smoke/v000{i}/weights.safetensors").read_bytes() for i in (1, 2))
    assert first == second


def test_float64_is_on_within_the_functions_alone():
    with jax.enable_x64(False):
        henon = lambda x: jax.numpy.array([1 - 1.4 * x[0] ** 2 + x[1], 0.3 * x[0]])  # noqa: E731
        found = rnnchaos.lyapunov_spectrum(henon, jax.numpy.zeros(2), num_steps=1000)
        assert jax.numpy.zeros(2).dtype == np.float32
    np.testing.assert_allclose(found.exponents.sum(), np.log(0.3), atol=1e-12)  # |det J| = 0.3 everywhere
