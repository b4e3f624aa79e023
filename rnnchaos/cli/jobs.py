"""What the commands run: jobs with a composed config, and measurements of stored runs."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console

from rnnchaos.cli.multirun import Config, run_all, train_all
from rnnchaos.errors import ConfigError
from rnnchaos.outcome import Outcome
from rnnchaos.settings.compose import compose
from rnnchaos.settings.config_folders import ConfigFolders, builtin_folder, did_you_mean
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


def run_or_measure(words: Sequence[str]) -> Outcome:
    """Lyapunov exponents: of a stored run or a file of weights where `words` name one, otherwise of a system."""
    parsed = sort_words(words)
    if _names_weights(parsed.overrides):
        return run(lyapunov_of_weights, words, config_name="weights")
    if not any(_names_a_run(word) for word in parsed.overrides):
        return run(lyapunov, words, config_name="lyapunov")
    if parsed.flags.typed:
        raise ConfigError(f"{parsed.flags.typed[0]} has no meaning for a stored run")
    return measure_run("lyapunov_of_run", parsed.overrides)


def gradients(words: Sequence[str]) -> Outcome:
    """Growth of gradients: of a stored run, or of a file of weights where `words` name one."""
    if _names_weights(words):
        return run(gradients_of_weights, words, config_name="weights")
    return measure_run("gradients", words)


def measure_run(workflow: str, words: Sequence[str]) -> Outcome:
    """A workflow of `experiments` on the one run folder in `words`; other words change its diagnostics."""
    folders = [word for word in words if _names_a_run(word)]
    if len(folders) != 1:
        raise ConfigError(f"name one run folder, got {' and '.join(folders) or 'none'}")
    if not Path(folders[0]).is_dir():
        raise ConfigError(_no_run(folders[0]))
    from rnnchaos import measurements

    overrides = [word for word in words if word not in folders]
    return getattr(measurements, workflow)(Path(folders[0]), overrides, Console())


def train(config: Config) -> Outcome:
    """Train and measure as one config says."""
    from rnnchaos import trainings
    from rnnchaos.settings import build, read

    settings = read.read_settings(config)
    build.check(settings)
    workflow = trainings.train if settings.ensemble.seeds == 1 else trainings.train_ensemble
    return workflow(settings, Console())


def lyapunov(config: Config) -> Outcome:
    """Measure the system of one config."""
    from rnnchaos import measurements
    from rnnchaos.settings import build, read

    settings = read.read_system_settings(config)
    build.source(settings)
    return measurements.lyapunov_of_system(settings, Console())


def lyapunov_of_weights(config: Config) -> Outcome:
    """Measure the spectrum of the network in the file that one config names."""
    from rnnchaos import measurements
    from rnnchaos.settings import read

    return measurements.lyapunov_of_weights(read.read_weights_settings(config), Console())


def gradients_of_weights(config: Config) -> Outcome:
    """Measure the gradients of the network in the file that one config names."""
    from rnnchaos import measurements
    from rnnchaos.settings import read

    return measurements.gradients_of_weights(read.read_weights_settings(config), Console())


def _names_weights(words: Sequence[str]) -> bool:
    return any(word.startswith("weights=") for word in words)


def _names_a_run(word: str) -> bool:
    # A run's own name may contain an equals sign; a word without one can be nothing else, but for ~deletions.
    return Path(word).is_dir() or ("=" not in word and not word.startswith("~"))


def _no_run(folder: str) -> str:
    if folder in ConfigFolders((builtin_folder(),)).choices("dataset"):
        return f"there is no run folder {folder}; a system is named by dataset={folder}"
    siblings = [str(path) for path in Path(folder).parent.glob("*") if path.is_dir()]
    return f"there is no run folder {folder}{did_you_mean(folder, siblings)}"
