"""What the commands run with a composed config."""

import sys
from collections.abc import Callable, Sequence

from rich.console import Console

from rnnchaos.cli.multirun import Config, run_all, train_all
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
    if not flags.multirun:
        return job(compose(name, parsed.overrides, parsed.catalog))
    if job is train:
        return train_all(parsed, name, command=[sys.argv[0], *words])
    return run_all(job, parsed, name)


def train(config: Config) -> Outcome:
    """Train and measure as one config says."""
    from rnnchaos import trainings
    from rnnchaos.settings import build, read

    settings = read.read_settings(config)
    build.check(settings)
    workflow = trainings.train if settings.ensemble.seeds == 1 else trainings.train_ensemble
    return workflow(settings, Console())
