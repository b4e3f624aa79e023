"""What a run takes of memory and time, by its shapes: absurd numbers are refused by name, what is usual never is."""

import dataclasses

import jax
import pytest
from composed import composed, settings

from rnnchaos import memory
from rnnchaos.setting import SettingError
from rnnchaos.settings import build, checks
from rnnchaos.settings.config_folders import ConfigFolders, builtin_folder
from rnnchaos.settings.read import read_system_settings, read_weights_settings
from rnnchaos.settings.sizes import _of_training, check_run, check_source, check_training, check_weights

CHOICES = ConfigFolders((builtin_folder(),))
MODELS = [name for name in CHOICES.choices("model") if CHOICES.target("model", name)]
WHOLE = ("model.hidden_size=100", "optimizer=adamw")


@pytest.fixture(autouse=True)
def little_memory(monkeypatch):
    """Two gigabytes, wherever this runs."""
    monkeypatch.setattr(memory, "memory_here", lambda: int(2e9))


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (("model.hidden_size=100000000",), "model.hidden_size"),
        (("model=lstm", "optimizer=adamw", "model.hidden_size=50000"), "model.hidden_size"),
        (("model=dendplrnn", "model.bases=1000000000"), "model.bases"),
        ((*WHOLE, "model.embedding_dimension=1000", "dataset.train_length=3000000"), "model.embedding_dimension"),
        ((*WHOLE, "model=plrnn", "protocol=gtf", "training.solver=deer", "training.jacobian_memory=1000",
          "training.window=20000"), "training.window"),
        ((*WHOLE, "ensemble.seeds=50000", "ensemble.form=batch"), "ensemble.seeds"),
        (("diagnostics.prediction.num_starts=1000000000",), "diagnostics.prediction.num_starts"),
        (("diagnostics.free_run.num_steps=1000000000",), "diagnostics.free_run.num_steps"),
        (("diagnostics.lyapunov.num_orbits=1000000000",), "diagnostics.lyapunov.num_orbits"),
        (("diagnostics.lyapunov.num_blocks=1000000", "diagnostics.lyapunov.num_steps=1000000",
          "diagnostics.lyapunov.system_steps=1000000", "diagnostics.lyapunov.num_orbits=200"),
         "diagnostics.lyapunov.num_blocks"),
        (("diagnostics.gradients.num_starts=1000000000",), "diagnostics.gradients.num_starts"),
        (("diagnostics.cycles.num_starts=1000000000",), "diagnostics.cycles.num_starts"),
        (("diagnostics.bifurcation.num_values=1000000000",), "diagnostics.bifurcation.num_values"),
        (("dataset.train_length=1000000000",), "dataset.train_length"),
        (("dataset.test_length=1000000000",), "dataset.test_length"),
        (("dataset.transient=1000000000",), "dataset.transient"),
        (("dataset.embedding_dimension=1000000",), "dataset.embedding_dimension"),
        (("dataset=lorenz96", "dataset.size=100000000"), "dataset.size"),
        (("dataset.off_attractor_orbits=100000000",), "dataset.off_attractor_orbits"),
        ((*WHOLE, "training.batch_size=10000000"), "training.batch_size"),
        ((*WHOLE, "training.record_every=1000000000", "training.num_steps=1000000000"), "training.num_steps"),
        ((*WHOLE, "protocol.invariant_measure.orbits=1000000000"), "protocol.invariant_measure.orbits"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_by_the_name_of_its_setting(words, name):
    with pytest.raises(SettingError, match="must fit into memory") as caught:
        checks.check(settings(*words))
    assert caught.value.name == name


@pytest.mark.parametrize("model", MODELS)
def test_every_model_with_its_own_settings_fits(model):
    words = ("protocol=closed_form",) if model in ("esn", "ngrc") else ()
    checks.check(settings(f"model={model}", *words))


@pytest.mark.parametrize("name", ["lorenz63", "kuramoto_sivashinsky", "mackey_glass"])
def test_systems_of_few_and_of_many_dimensions_fit(name):
    own = read_system_settings(composed(f"dataset={name}", "name=a", config_name="source"))
    check_source(own, build.source(own), "lyapunov")


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (("diagnostics.cycles.max_period=2000000",), "diagnostics.cycles.max_period"),
        (("dataset.substeps=10000", "diagnostics.lyapunov.system_steps=2000000000"),
         "diagnostics.lyapunov.system_steps"),
        ((*WHOLE, "protocol=gtf", "training.num_steps=20000000", "training.window=90000"), "training.num_steps"),
        ((*WHOLE, "training.num_steps=1000000", "diagnostics.spectrum_every=1",
          "diagnostics.lyapunov.num_steps=100000000"), "diagnostics.lyapunov.num_steps"),
    ],
)  # fmt: skip
def test_what_never_ends_is_refused_by_the_name_of_its_setting(words, name, monkeypatch):
    monkeypatch.setattr(memory, "memory_here", lambda: None)
    with pytest.raises(SettingError, match="must let the work end within 30 days") as caught:
        checks.check(settings(*words))
    assert caught.value.name == name


@pytest.mark.parametrize(
    ("word", "must"),
    [
        ("dataset.substeps=2000000000", "be from 1 to 100000"),
        ("ensemble.seeds=1000000000", "be from 1 to 100000"),
        ("training.newton_steps=2000000000", "be from 1 to 10000"),
        ("model.embedding_dimension=2000000000", "be from 1 to 1000"),
        ("diagnostics.lyapunov.max_extension=2000000000", "be from 1 to 100000"),
    ],
)
def test_what_no_loop_would_reach_is_out_of_bounds(word, must):
    with pytest.raises(SettingError) as caught:
        checks.check(settings(word))
    assert (caught.value.name, caught.value.must) == (word.partition("=")[0], must)


def test_what_takes_hours_is_said():
    long = settings("diagnostics.lyapunov.num_steps=2000000000", "dataset.substeps=50000")
    network = build.shapes(long, 3)
    said = check_run(long, build.source(long), network, 3, "lyapunov")
    # 2e9 steps of a network in 10 µs, and 50 000 of 50 000 integration steps in 2 µs.
    assert said == "this takes at least about 6.9 h; the longest part is the Lyapunov spectrum, 6.9 h"
    trainer = build.trainer(long, auto_tau=1)
    took = check_training(long, build.source(long), 3, network, trainer)
    assert took.startswith("this takes at least about")
    more = dataclasses.replace(long, training=dataclasses.replace(long.training, attempts=3))
    assert (
        check_training(more, build.source(long), 3, network, trainer)
        == f"{took}; at most 3 attempts at it are made"
    )
    short = settings()
    assert check_run(short, build.source(short), network, 3, "lyapunov") is None


def test_weights_are_counted_as_they_are_drawn():
    """What is estimated of a state is what is allocated, four times."""
    chosen = settings("model=lstm", "model.hidden_size=20", "optimizer=adamw", "precision=float64")
    trainer = build.trainer(chosen, auto_tau=10)
    network = build.network(chosen, 3, key=jax.random.key(0))
    state = trainer.init(network, key=jax.random.key(1))
    held = sum(
        leaf.nbytes for leaf in jax.tree.leaves(state.network) + jax.tree.leaves(state.optimizer_state)
    )
    part = next(_of_training(chosen, build.shapes(chosen, 3), trainer, 3, 0))
    assert part.size / 4 == pytest.approx(held, rel=0.05)


def test_diagnostics_that_nobody_asks_for_count_where_they_are_set():
    def of_weights(*words):
        return read_weights_settings(composed("name=a", "weights=x.npz", *words, config_name="weights"))

    check_weights(of_weights(), 1000, "lyapunov")  # a search for cycles of 1000 states takes 5 GB
    with pytest.raises(SettingError, match=r"diagnostics\.cycles\.num_starts must fit into memory, got 201"):
        check_weights(of_weights("diagnostics.cycles.num_starts=201"), 1000, "lyapunov")
