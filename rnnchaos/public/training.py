"""rnnchaos.train: the command of that name, from Python."""

from collections.abc import Sequence
from typing import Any

import jax

from rnnchaos import trainings
from rnnchaos.errors import ConfigError
from rnnchaos.public.console import console_of
from rnnchaos.public.objects import name_plugins, words_of_all
from rnnchaos.public.run import Run, load
from rnnchaos.settings import checks
from rnnchaos.settings.compose import compose
from rnnchaos.settings.read import read_settings
from rnnchaos.settings.words import sort_words
from rnnchaos.sinks import AbstractSink


def train(
    *words: str,
    quiet: bool = False,
    plugins: Sequence[str] = (),
    sinks: Sequence[AbstractSink] = (),
    **settings: Any,
) -> Run:
    """Train a network on a dataset, measure both, and open the run: `rnnchaos train` from Python.

    `words` are those of the command line, such as `"dataset=rossler"` and `"protocol.tau=30"`; `settings` are groups
    and settings by name, nested ones in dicts: `model="lstm", seed=3, training={"num_steps": 300}`. Writes a new run
    folder under `outputs`, and shows a bar in a terminal or a notebook (a line now and then elsewhere), nothing with
    `quiet=True`. A run that diverges is opened, too: `Run.status` says so.

    A dataset and a protocol may also be objects or classes, and a model a class or `functools.partial` of one, of this
    package or of a module of yours: `dataset=MyFlow(a=2.0)`. `plugins` are files or modules with such classes, and with
    metrics and diagnostics, as `--plugin` names them. `sinks` are told of the progress, any number of them, beside what
    `logging` chooses; none can hurt the run (docs/live.md).

    Raises ConfigError, with the sentence of the command line and before anything is written, for bad settings.

    >>> run = rnnchaos.train("dataset=rossler", "model=lstm", seed=3)
    """
    name_plugins(plugins)
    with jax.enable_x64(True):
        chosen = read_settings(_composed([*words, *words_of_all(settings)]))
        checks.check(chosen)
        if chosen.ensemble.seeds != 1:
            raise ConfigError(
                f"ensemble.seeds must be 1 in Python, got {chosen.ensemble.seeds}: train each seed, or use the command"
            )
        outcome = trainings.train(chosen, console_of(quiet=quiet), sinks)
    return load(outcome.record["run"])


def _composed(words: list[str]) -> dict[str, Any]:
    parsed = sort_words(words)
    if parsed.flags.typed:
        raise ConfigError(f"{parsed.flags.typed[0]} has no meaning in Python")
    return compose("train", parsed.overrides, parsed.configs)
