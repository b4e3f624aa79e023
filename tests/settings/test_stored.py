"""The config stored with a run: changed by diagnostics.* overrides only, and never a way to run code."""

import pytest
import yaml

from rnnchaos.errors import ConfigError
from rnnchaos.settings.groups import Component
from rnnchaos.settings.schema import Settings, SystemSettings
from rnnchaos.settings.stored import from_yaml, to_yaml

SYSTEM = """
name: hot
seed: 3
outputs: outputs
dataset:
  _target_: rnnchaos.systems.Lorenz63
  rho: 38
  train_length: 500
diagnostics:
  figures: false
  lyapunov:
    num_steps: 700
"""

RUN = (
    SYSTEM
    + """
precision: float64
model: {_target_: rnnchaos.models.GRU, hidden_size: 5, observation: identity}
protocol: {_target_: rnnchaos.protocols.SparseForcing, tau: auto}
optimizer: {name: adam, learning_rate: 0.001}
training: {num_steps: 10, batch_size: 2, window: auto, record_every: 1, checkpoint_every: 5, keep: last}
"""
)


def message(text: str, *overrides: str) -> str:
    with pytest.raises(ConfigError) as caught:
        from_yaml(text, overrides)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_system_and_a_run_are_told_apart_by_the_model():
    assert type(from_yaml(SYSTEM)) is SystemSettings
    run = from_yaml(RUN)
    assert type(run) is Settings
    assert run.dataset.source.arguments["rho"] == 38.0
    assert run.dataset.preparation.train_length == 500
    assert (run.tau, run.model.observation) == ("auto", "identity")
    assert run.dataset.preparation.whole is False  # younger than these runs


@pytest.mark.parametrize("text", [SYSTEM, RUN])
def test_what_is_written_is_read_back(text):
    read = from_yaml(text)
    assert from_yaml(to_yaml(read)) == read


def test_settings_that_are_younger_than_the_run_can_be_changed():
    changed = from_yaml(RUN, ["diagnostics.cycles.max_period=3"])  # RUN says nothing of cycles
    assert changed.diagnostics.cycles.max_period == 3
    assert changed.diagnostics.lyapunov.num_steps == 700


def test_diagnostics_can_be_changed():
    stored = to_yaml(from_yaml(RUN))
    changed = from_yaml(stored, ["diagnostics.lyapunov.qr_every=5", "diagnostics.gradients.max_lag=40"])
    assert changed.diagnostics.lyapunov.qr_every == 5
    assert changed.diagnostics.gradients.max_lag == 40
    assert changed.diagnostics.lyapunov.num_steps == 700
    assert changed.model == from_yaml(RUN).model


def test_a_run_of_an_earlier_version_takes_settings_that_have_come_since():
    changed = from_yaml(RUN, ["diagnostics.bifurcation.num_values=7"])
    assert changed.diagnostics.bifurcation.num_values == 7
    assert changed.diagnostics.lyapunov.num_steps == 700


def test_classes_of_an_earlier_version_are_found_by_their_names_now():
    old = "{_target_: rnnchaos.forcing.ClosedForm, ridge: 0.5}"
    run = from_yaml(RUN.replace("{_target_: rnnchaos.protocols.SparseForcing, tau: auto}", old))
    assert run.protocol.forcing == Component("rnnchaos.training.Regression", {"ridge": 0.5})
    old = "{_target_: rnnchaos.forcing.SparseForcing, tau: auto}"
    assert from_yaml(
        RUN.replace("{_target_: rnnchaos.protocols.SparseForcing, tau: auto}", old)
    ) == from_yaml(RUN)


@pytest.mark.parametrize("weight", ["cell.bias", "cell.bias[3]", "cell.weight[2,5]", "'cell.weight[2,5]'"])
def test_a_weight_is_named_with_its_index_and_needs_no_quotes(weight):
    changed = from_yaml(RUN, [f"diagnostics.bifurcation.weight={weight}"])
    assert changed.diagnostics.bifurcation.weight == weight.strip("'")


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ("seed=4", "only diagnostics.* settings can be changed for a stored run, got 'seed=4'"),
        (
            "diagnostics=quick",
            "only diagnostics.* settings can be changed for a stored run, got 'diagnostics=quick'",
        ),
        (
            "+diagnostics.figures=true",
            "a stored run takes overrides of the form setting=value only, got '+diagnostics.figures=true'",
        ),
        (
            "diagnostics.prediction.n=1,2",
            "a stored run takes overrides of the form setting=value only, got 'diagnostics.prediction.n=1,2'",
        ),
        (
            "diagnostics.lyapunov.num_stps=10",
            "diagnostics.lyapunov.num_stps is not a setting; did you mean diagnostics.lyapunov.num_steps?",
        ),
        (
            "diagnostics.max_lag=10",
            "diagnostics.max_lag is not a setting; did you mean diagnostics.gradients.max_lag?",
        ),
        ("diagnostics.figures=maybe", "diagnostics.figures must be true or false or \"full\", got 'maybe'"),
        (
            "diagnostics.figures=[",
            "cannot read 'diagnostics.figures=[': an override is written setting=value",
        ),
    ],
)
def test_overrides_of_a_stored_run(override, expected):
    assert message(to_yaml(from_yaml(RUN)), override) == expected


@pytest.mark.parametrize(
    "target", ["os.system", "builtins.eval", "rnnchaos.cli.main", "rnnchaos.data.prepare"]
)
@pytest.mark.parametrize("group", ["dataset", "model", "protocol"])
def test_a_tampered_target_is_refused(group, target):
    config = yaml.safe_load(RUN)
    config[group]["_target_"] = target
    assert message(yaml.safe_dump(config)).startswith(
        f"{group}._target_ must be a {group} class of rnnchaos."
    )


def test_yaml_tags_run_nothing(tmp_path):
    mark = tmp_path / "ran"
    text = f"name: !!python/object/apply:pathlib.Path.touch [!!python/object/apply:pathlib.Path ['{mark}']]"
    assert message(text).startswith("the stored config is not YAML: could not determine a constructor")
    assert not mark.exists()


def test_a_text_that_is_no_config():
    assert message("- 1") == "the stored config is not a group of settings"
    assert message("a: [").startswith("the stored config is not YAML: ")
    assert message("name: x") == "dataset must be given"
    assert message(SYSTEM + "\nsedd: 3") == "sedd is not a setting; did you mean seed?"
    assert message("dataset: 3") == "dataset must be a group of settings, got 3"
