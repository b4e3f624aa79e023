"""Optimisers and schedules of optax by their names there, exactly as optax makes them, and nothing else by any name."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
import yaml
from composed import settings
from test_stored import RUN

from rnnchaos.errors import ConfigError
from rnnchaos.settings import checks
from rnnchaos.settings.compose import compose
from rnnchaos.settings.optax_options import find_optimizer, find_schedule
from rnnchaos.settings.optimizers import learning_rate
from rnnchaos.settings.optimizers import optimizer as built_optimizer
from rnnchaos.settings.read import read_settings
from rnnchaos.settings.stored import by_full_names, from_yaml, to_yaml
from rnnchaos.settings.words import sort_words

STEPS = 1000
OTHERS = ["optimizer=optax", "optimizer.learning_rate=0.01"]
WEIGHTS = {"matrix": jnp.array([[0.5, -1.0], [2.0, 0.25]]), "vector": jnp.array([1.0, -3.0])}


def typed(*words: str):
    """The settings of a command line, which may name what no config file holds."""
    parsed = sort_words([f"training.num_steps={STEPS}", *words])
    read = read_settings(compose("train", parsed.overrides, parsed.configs))
    checks.check(read)
    return read


def updates(optimizer, count=3):
    weights, state, found = WEIGHTS, optimizer.init(WEIGHTS), []
    for k in range(count):
        gradient = jax.tree.map(lambda leaf, k=k: jnp.sin(leaf + k), weights)
        change, state = optimizer.update(gradient, state, weights)
        weights = optax.apply_updates(weights, change)
        found.append(jax.tree.map(np.asarray, change))
    return found


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["name=adam"], optax.adam(0.01)),
        (["name=adamw", "b1=0.8", "weight_decay=0.1"], optax.adamw(0.01, b1=0.8, weight_decay=0.1)),
        (["name=adabelief", "eps=1e-8"], optax.adabelief(0.01, eps=1e-8)),
        (["name=lion", "b1=0.95"], optax.lion(0.01, b1=0.95)),
        (["name=lamb", "weight_decay=0.5"], optax.lamb(0.01, weight_decay=0.5)),
        (["name=nadam"], optax.nadam(0.01)),
        (["name=sgd", "momentum=0.5", "nesterov=true"], optax.sgd(0.01, momentum=0.5, nesterov=True)),
        (["name=rmsprop", "centered=true"], optax.rmsprop(0.01, centered=True)),
        (["name=rprop", "eta_plus=1.5"], optax.rprop(0.01, eta_plus=1.5)),
        (["name=adafactor", "clipping_threshold=null"], optax.adafactor(0.01, clipping_threshold=None)),
        (["name=yogi"], optax.yogi(0.01)),
        (["name=muon", "ns_steps=3"], optax.contrib.muon(0.01, ns_steps=3)),
        (["name=muon", "ns_coeffs=[3,-4,2]"], optax.contrib.muon(0.01, ns_coeffs=(3, -4, 2))),
        (["name=prodigy", "betas=[0.8,0.9]"], optax.contrib.prodigy(0.01, betas=(0.8, 0.9))),
        (
            ["name=lion", "clip_norm=0.5"],
            optax.chain(optax.clip_by_global_norm(0.5), optax.lion(0.01)),
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_an_optimiser_is_the_one_of_optax(words, expected):
    built = built_optimizer(typed(*OTHERS, *(f"optimizer.{word}" for word in words)))
    jax.tree.map(np.testing.assert_array_equal, updates(built), updates(expected))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], optax.constant_schedule(0.01)),
        (["schedule=cosine_decay"], optax.cosine_decay_schedule(0.01, STEPS)),
        (["schedule=cosine_decay_schedule", "schedule_options.exponent=2"],
         optax.cosine_decay_schedule(0.01, STEPS, exponent=2.0)),
        (["schedule=cosine", "final_learning_rate=0.001"], optax.cosine_decay_schedule(0.01, STEPS, 0.001 / 0.01)),
        (["schedule=exponential_decay", "schedule_options.decay_rate=0.5", "schedule_options.transition_steps=100",
          "schedule_options.staircase=true"], optax.exponential_decay(0.01, 100, 0.5, staircase=True)),
        (["schedule=linear", "final_learning_rate=0.002"], optax.linear_schedule(0.01, 0.002, STEPS)),
        (["schedule=polynomial", "schedule_options.power=2", "schedule_options.end_value=0"],
         optax.polynomial_schedule(0.01, 0.0, 2.0, STEPS)),
        (["schedule=piecewise_constant", "schedule_options.boundaries_and_scales={100:0.1,500:0.5}"],
         optax.piecewise_constant_schedule(0.01, {100: 0.1, 500: 0.5})),
        (["schedule=piecewise_interpolate", "schedule_options.interpolate_type=linear",
          "schedule_options.boundaries_and_scales={500:0.5}"],
         optax.piecewise_interpolate_schedule("linear", 0.01, {500: 0.5})),
        (["schedule=warmup_cosine_decay", "warmup_steps=50", "final_learning_rate=0.001"],
         optax.warmup_cosine_decay_schedule(0.0, 0.01, 50, STEPS, 0.001)),
        (["schedule=warmup_exponential_decay", "warmup_steps=50", "schedule_options.init_value=0.001",
          "schedule_options.decay_rate=0.1"], optax.warmup_exponential_decay_schedule(0.001, 0.01, 50, STEPS, 0.1)),
        (["schedule=cosine_onecycle", "schedule_options.pct_start=0.2"],
         optax.cosine_onecycle_schedule(STEPS, 0.01, pct_start=0.2)),
        (["schedule=sgdr", "schedule_options.cosine_kwargs=[{warmup_steps:5,decay_steps:300},"
          "{warmup_steps:0,decay_steps:700,init_value:0.01,peak_value:0.005,end_value:0.001}]"],
         optax.sgdr_schedule([
             {"init_value": 0.0, "peak_value": 0.01, "warmup_steps": 5, "decay_steps": 300},
             {"init_value": 0.01, "peak_value": 0.005, "warmup_steps": 0, "decay_steps": 700, "end_value": 0.001},
         ])),
        (["schedule=linear", "final_learning_rate=0.002", "warmup_steps=100"],
         optax.join_schedules([optax.linear_schedule(0.0, 0.01, 100), optax.linear_schedule(0.01, 0.002, 900)], [100])),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_a_schedule_is_the_one_of_optax(words, expected):
    read = typed("optimizer=adam", "optimizer.learning_rate=0.01", *(f"optimizer.{word}" for word in words))
    built = learning_rate(read.optimizer, STEPS)
    assert [float(built(step)) for step in (0, 1, 49, 100, 101, 500, 999, 1000)] == [
        float(expected(step)) for step in (0, 1, 49, 100, 101, 500, 999, 1000)
    ]


def test_an_experiment_of_the_user_may_set_options(tmp_path):
    folder = tmp_path / "experiment"
    folder.mkdir()
    (folder / "mine.yaml").write_text("# @package _global_\noptimizer: {name: lion, b1: 0.5}\n")
    found = typed("--config-dir", str(tmp_path), "experiment=mine").optimizer
    assert (found.name, found.options) == ("lion", {"b1": 0.5, "weight_decay": 0.01})


def test_what_is_set_survives_being_stored():
    read = typed(
        "optimizer=lion",
        "optimizer.b1=0.95",
        "optimizer.schedule=piecewise_constant",
        "optimizer.schedule_options.boundaries_and_scales={100:0.1}",
    )
    assert read.optimizer.options == {"b1": 0.95}
    assert read.optimizer.schedule_options == {"boundaries_and_scales": {100: 0.1}}
    assert from_yaml(to_yaml(read)) == read
    # Sinks are told of all settings by full names; the step of a boundary is a number.
    named = by_full_names(read)
    assert named["optimizer.schedule_options.boundaries_and_scales.100"] == 0.1
    assert named["optimizer.b1"] == 0.95


def test_runs_stored_with_two_settings_of_every_optimiser_are_read():
    config = yaml.safe_load(RUN)
    config["optimizer"] |= {
        "weight_decay": None,
        "momentum": None,
        "schedule": "cosine",
        "final_learning_rate": 1e-4,
    }
    old = from_yaml(yaml.safe_dump(config)).optimizer
    assert (old.name, old.options, old.schedule) == ("adam", {}, "cosine")
    config["optimizer"] |= {"name": "adamw", "weight_decay": 0.5}
    assert from_yaml(yaml.safe_dump(config)).optimizer.options == {"weight_decay": 0.5}


@pytest.mark.parametrize(
    "name",
    ["os.system", "__builtins__", "chain", "apply_updates", "scale_by_adam", "inject_hyperparams", "contrib.muon",
     "contrib", "schedule_free", "schedule_free_sgd", "GradientTransformation", "constant_schedule", "", "_src"],
)  # fmt: skip
def test_nothing_but_optimisers_and_schedules_is_reached(name):
    with pytest.raises(ConfigError, match=r"^optimizer.name must be an optimiser of optax, gauss_newton or"):
        find_optimizer(name)
    if name != "constant_schedule":
        with pytest.raises(ConfigError, match=r"^optimizer.schedule must be a schedule of optax, got '"):
            find_schedule(name)


def test_a_sweep_over_an_option(tmp_path, monkeypatch):
    from rnnchaos import trainings
    from rnnchaos.cli import jobs

    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(vars(trainings), "cpu_seconds_by_trial", lambda _: 1.0)
    words = ["-m", "optimizer.name=adamw", "optimizer.b1=0.8,0.9", "hydra.launcher.dry_run=true"]
    outcome = jobs.run(jobs.train, words, config_name="train")
    assert [cell["overrides"] for cell in outcome.record["cells"]] == [
        ["optimizer.b1=0.8"],
        ["optimizer.b1=0.9"],
    ]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("choice", ["lion", "muon", "adabelief"])
def test_a_choice_of_the_folder_is_optax_with_its_own_settings(choice):
    assert settings(f"optimizer={choice}").optimizer.name == choice
