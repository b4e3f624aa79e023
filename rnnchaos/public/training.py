"""rnnchaos.train: the command of that name, from Python."""

import importlib.util
import sys
from typing import Any

import jax
from rich.console import Console

from rnnchaos import trainings
from rnnchaos.errors import ConfigError
from rnnchaos.public.run import Run, load
from rnnchaos.public.words import words_of
from rnnchaos.settings import build
from rnnchaos.settings.compose import compose
from rnnchaos.settings.read import read_settings
from rnnchaos.settings.words import sort_words


def train(*words: str, quiet: bool = False, **settings: Any) -> Run:
    """Train a network on a dataset, measure both, and open the run: `rnnchaos train` from Python.

    `words` are those of the command line, such as `"dataset=rossler"` and `"protocol.tau=30"`; `settings` are groups
    and settings by name, nested ones in dicts: `model="lstm", seed=3, training={"num_steps": 300}`. Writes a new run
    folder under `outputs`, and shows a progress bar in a terminal or a notebook (with ipywidgets; a line now and then
    elsewhere), nothing with `quiet=True`. A run that diverges is opened, too: `Run.status` says so.

    Raises ConfigError, with the sentence of the command line and before anything is written, for bad settings.

    >>> run = rnnchaos.train("dataset=rossler", "model=lstm", seed=3)
    """
    with jax.enable_x64(True):
        chosen = read_settings(_composed([*words, *words_of(settings)]))
        build.check(chosen)
        if chosen.ensemble.seeds != 1:
            raise ConfigError(
                f"ensemble.seeds must be 1 in Python, got {chosen.ensemble.seeds}: train each seed, or use the command"
            )
        outcome = trainings.train(chosen, _console(quiet))
    return load(outcome.record["run"])


def _composed(words: list[str]) -> dict[str, Any]:
    parsed = sort_words(words)
    if parsed.flags.typed:
        raise ConfigError(f"{parsed.flags.typed[0]} has no meaning in Python")
    return compose("train", parsed.overrides, parsed.catalog)


def _console(quiet: bool) -> Console:
    """Where progress goes; rich needs ipywidgets for what changes in a notebook, and plain lines do without."""
    rich_notebook = "IPython" in sys.modules and importlib.util.find_spec("ipywidgets") is not None
    return Console(quiet=quiet) if rich_notebook else Console(quiet=quiet, force_jupyter=False)
