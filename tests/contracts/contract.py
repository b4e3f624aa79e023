"""What the contract tests share: networks, forcings and windows as the config files make them."""

import jax
import jax.numpy as jnp
import numpy as np
from composed import settings

from rnnchaos.data import Preparation, prepare
from rnnchaos.models import AbstractRegressedCell, Network
from rnnchaos.pieces import Pieces
from rnnchaos.settings import build
from rnnchaos.settings.components import find_class
from rnnchaos.settings.config_folders import ConfigFolders, builtin_folder
from rnnchaos.settings.schema import Settings
from rnnchaos.systems import Lorenz63
from rnnchaos.training import AbstractTrainer, TrainingSeries

CONFIGS = ConfigFolders((builtin_folder(),))
MODELS, PROTOCOLS = CONFIGS.choices("model"), CONFIGS.choices("protocol")
DIMENSION = 3
TAU, WINDOW = 5, 13  # the last segment of a window is ragged
KEY = jax.random.key(0)

# Small enough for a test; the rest is as the files have it.
_SMALL = {
    "dendplrnn": ["model.bases=3"],
    "clipped_dendplrnn": ["model.bases=3"],
    "shplrnn": ["model.layer_size=9"],
    "clipped_shplrnn": ["model.layer_size=9"],
    "shrnn": ["model.layer_size=9"],
    "bounded_shrnn": ["model.layer_size=9"],
    "esn": ["model.hidden_size=40", "model.degree=3", "model.listening=20"],
    # Steps long enough for their states to follow data that move a third of their size in a window.
    "cornn": ["model.dt=0.5"],
    "antisymmetric": ["model.dt=0.5", "model.diffusion=0.5"],
}
_NEEDS = {"closed_form": ["model=ngrc"], "manifold_attractor": ["model=plrnn"]}


def of_model(choice: str, *overrides: str) -> Settings:
    size = [] if choice in ("ngrc", "esn") else ["model.hidden_size=6"]
    return settings(f"model={choice}", *size, *_SMALL.get(choice, []), *overrides)


def of_protocol(choice: str, *overrides: str) -> Settings:
    """With a PLRNN, whose Jacobians are easily large, unless the protocol needs another model."""
    model = _NEEDS.get(choice, ["model=plrnn"])
    size = [] if "model=ngrc" in model else ["model.hidden_size=6"]
    window = [f"training.window={WINDOW}", "training.num_steps=20", "training.batch_size=4"]
    return settings(f"protocol={choice}", *model, *size, *window, *overrides, *_adjusted(choice))


def _adjusted(choice: str) -> list[str]:
    keys = CONFIGS.keys("train", [f"protocol={choice}"])
    small = {"protocol.tau": TAU, "protocol.spread": 2, "protocol.length": 4, "protocol.flossing.before": 3}
    return [f"{key}={value}" for key, value in small.items() if key in keys]


def make(chosen: Settings, dtype=jnp.float64, dimension: int = DIMENSION) -> Network:
    return build.network(chosen, dimension, key=KEY).astype(dtype)


def is_regressed(network: Network) -> bool:
    return isinstance(network.cell, AbstractRegressedCell)


def fitted_in_closed_form(choice: str) -> bool:
    """By the class alone: no network is built while tests are collected."""
    return issubclass(
        find_class(CONFIGS.content("model", choice)["_target_"], "model"), AbstractRegressedCell
    )


def series(length: int = 600) -> np.ndarray:
    preparation = Preparation(train_length=length, test_length=10, validation_length=10, transient=500)
    return prepare(Lorenz63(dt=0.02), preparation).train.values


def training_series(trainer: AbstractTrainer) -> TrainingSeries:
    return TrainingSeries.of(Pieces.of(series()), window=trainer.window, dtype=jnp.float32)


def states_of(network: Network, count: int = 3) -> jax.Array:
    """States of the size that training meets."""
    return jax.random.normal(jax.random.key(1), (count, network.state_size), jnp.float64)
