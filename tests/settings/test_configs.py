"""Every config file composes, validates, survives being stored, and builds."""

import dataclasses
from pathlib import Path

import jax
import jax.numpy as jnp
import pytest
import yaml
from composed import composed, settings

from rnnchaos.settings import build, checks
from rnnchaos.settings.config_folders import ConfigFolders, builtin_folder
from rnnchaos.settings.read import read_system_settings
from rnnchaos.settings.stored import from_yaml, to_yaml
from rnnchaos.training import Optimizer

CONFIGS = ConfigFolders((builtin_folder(),))
CHOICES = [(group, choice) for group in CONFIGS.groups() for choice in CONFIGS.choices(group)]


def chosen(group: str, choice: str) -> list[str]:
    required = {
        "file": ["dataset.path=series.csv"],
        "dysts": ["dataset.system=Lorenz"],
        "equations": [f"dataset.path={Path(__file__).parents[2] / 'docs' / 'equations' / 'jerk.yaml'}"],
        "closed_form": ["model=ngrc"],
        "manifold_attractor": ["model=plrnn"],
        "optax": ["optimizer.name=lamb"],
        "eeg": ["dataset.path=series.csv"],
        **{
            f"successors/{name}": ["dataset.path=series.csv"]
            for name in ("ecg", "eeg", "lorenz63", "lorenz96_10")
        },
        **{
            f"paper/{series}_{figure}": ["dataset.path=series.csv"]
            for series in ("temperature", "eeg")
            for figure in ("tau", "generalized")
        },
    }
    return [f"{group}={choice}", *required.get(choice, [])]


def test_there_are_groups_and_choices():
    assert CONFIGS.groups() == [
        "dataset",
        "diagnostics",
        "experiment",
        "logging",
        "model",
        "optimizer",
        "protocol",
    ]
    assert set(CONFIGS.choices("model")) > {"gru", "lstm", "plrnn", "rnn", "esn"}


@pytest.mark.parametrize(("group", "choice"), CHOICES)
def test_every_choice_validates_builds_and_survives_being_stored(group, choice):
    wide = ["model.hidden_size=40"] if group == "dataset" else []  # enough units for every system
    read = settings(*chosen(group, choice), *wide)
    assert from_yaml(to_yaml(read)) == read
    if choice == "dysts":
        pytest.importorskip("dysts")
    checks.check(read)
    assert build.trainer(read, auto_tau=7).interval >= 1
    if not build.is_gauss_newton(read):
        assert isinstance(build.optimizer(read), Optimizer)
    assert build.window(read, auto_tau=7) >= 7


@pytest.mark.parametrize("observation", ["linear", "identity"])
@pytest.mark.parametrize("choice", [name for name in CONFIGS.choices("model") if name not in ("esn", "ngrc")])
def test_every_model_builds_a_network_that_observes_what_it_was_forced_to(choice, observation):
    read = settings(f"model={choice}", "model.hidden_size=4", f"model.observation={observation}")
    network = build.network(read, 2, key=jax.random.key(0))
    # B B⁺ = 1, to the rounding of a 2 by 4 QR decomposition.
    assert jnp.allclose(
        network.observe(network.force(jnp.array([0.3, -2.0]))), jnp.array([0.3, -2.0]), atol=1e-12
    )


@pytest.mark.parametrize("choice", CONFIGS.choices("dataset"))
def test_every_dataset_can_be_measured(choice):
    read = read_system_settings(composed(*chosen("dataset", choice), config_name="source"))
    assert read.name == ("jerk" if choice == "equations" else choice)  # after its file
    assert from_yaml(to_yaml(read)) == read
    if choice == "dysts":
        pytest.importorskip("dysts")
    build.source(read)


@pytest.mark.parametrize(("group", "choice"), CHOICES)
def test_the_keys_offered_at_a_tab_are_the_keys_that_hydra_composes(group, choice):
    def leaves(node: dict, prefix: str = "") -> set[str]:
        return set().union(
            *(leaves(v, f"{prefix}{k}.") if isinstance(v, dict) else {prefix + k} for k, v in node.items())
        )

    overrides = chosen(group, choice)
    offered = set(CONFIGS.keys("train", overrides)) - set(CONFIGS.groups())
    assert offered == {key for key in leaves(composed(*overrides)) if not key.endswith("_target_")}


@pytest.mark.parametrize(("group", "choice"), [entry for entry in CHOICES if entry[0] == "dataset"])
def test_a_composed_dataset_has_everything_its_class_takes(group, choice):
    read = settings(*chosen(group, choice)).dataset
    node = composed(*chosen(group, choice))["dataset"]
    fields = {field.name for field in dataclasses.fields(build.find_class(node["_target_"], "dataset"))}
    assert set(node) - {"_target_"} == fields | {field.name for field in dataclasses.fields(read.preparation)}


def test_diagnostics_config_spells_out_every_default_of_the_schema():
    from rnnchaos.diagnostics import settings_of

    assert settings().diagnostics == settings_of()


def test_a_run_is_named_after_its_choices():
    assert settings("dataset=rossler", "model=gru").name == "rossler-gru-sparse_forcing"


def test_presets_of_the_paper():
    lorenz = settings("experiment=paper_lorenz")
    assert lorenz.dataset.source.arguments["rho"] == 38
    assert (lorenz.tau, lorenz.training.window, lorenz.model.cell.arguments["hidden_size"]) == (30, 200, 30)
    assert (lorenz.optimizer.name, lorenz.optimizer.learning_rate) == ("adam", 1e-3)
    cycle = settings("experiment=two_cycle")
    assert cycle.dataset.source.target == "rnnchaos.systems.TwoCycle"
    assert cycle.protocol.forcing.target == "rnnchaos.protocols.FreeRunning"


def test_the_noisy_preset_is_trained_on_noisy_data_alone():
    noisy = settings("experiment=noisy_lorenz")
    assert noisy.dataset.source == settings("dataset=lorenz63").dataset.source
    assert noisy.dataset.source.arguments["dt"] == 0.01
    assert (noisy.dataset.preparation.noise, noisy.dataset.preparation.scaling) == (0.05, "axis")
    assert (noisy.tau, noisy.training.keep) == (30, "last")


def test_an_override_wins_over_a_preset():
    assert settings("experiment=paper_lorenz", "protocol.tau=12").tau == 12
    assert settings("experiment=two_cycle", "dataset=henon").dataset.source.target == "rnnchaos.systems.Henon"


def test_the_stored_config_has_the_shape_of_the_configs():
    read = settings("dataset.axes=[0,2]", "outputs=some/where")
    config = composed("dataset.axes=[0,2]", "outputs=some/where")
    del config["logging"]  # of the command
    assert yaml.safe_load(to_yaml(read)) == config


def test_numbers_keep_their_digits_when_stored():
    read = settings("dataset.beta=0.1234567890123456", "optimizer.learning_rate=1e-5")
    again = from_yaml(to_yaml(read))
    assert again.dataset.source.arguments["beta"] == 0.1234567890123456
    assert again.optimizer.learning_rate == 1e-5
