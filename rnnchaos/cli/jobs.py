"""What the commands run with a composed config."""

import sys
from collections.abc import Callable, Sequence

from rnnchaos import plugins
from rnnchaos.cli.multirun import Config, run_all, train_all, train_seeds
from rnnchaos.console import Console
from rnnchaos.outcome import Outcome
from rnnchaos.settings.compose import compose
from rnnchaos.settings.words import sort_words


def run(job: Callable[[Config], Outcome], words: Sequence[str], *, config_name: str) -> Outcome:
    """Run one job, or with -m one for each combination of swept values."""
    parsed = sort_words(words)
    flags, name = parsed.flags, parsed.flags.config_name or config_name
    if flags.cfg is not None or flags.info is not None:
        from rnnchaos.cli.show_config import show

        show(parsed, name)
        return Outcome(0, {})
    command = [sys.argv[0], *words, *plugins.flags()]
    if flags.multirun:
        return train_all(parsed, name, command=command) if job is train else run_all(job, parsed, name)
    config = compose(name, parsed.overrides, parsed.configs)
    if job is train and _has_many_seeds(config):
        return train_seeds(parsed, name, config, command=command)
    return job(config)


def train(config: Config) -> Outcome:
    """Train and measure one network as a config says."""
    from rnnchaos import trainings
    from rnnchaos.settings import build, read

    settings = read.read_settings(config)
    build.check(settings)
    return trainings.train(settings, Console())


def _has_many_seeds(config: Config) -> bool:
    from rnnchaos.settings.read import read_settings

    return read_settings(config).ensemble.seeds > 1
