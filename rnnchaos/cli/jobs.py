"""What the commands run: jobs that Hydra composes, and measurements of stored runs.

The jobs are plain functions of this module, so that a launcher can send them to another process.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from omegaconf import Container
from rich.console import Console

from rnnchaos.cli.report import INTERRUPTED, TIME_UP, attempt
from rnnchaos.errors import ConfigError
from rnnchaos.outcome import Outcome
from rnnchaos.settings.compose import resolve, run_jobs, sort_words
from rnnchaos.settings.config_folders import ConfigFolders, builtin_folder, did_you_mean

_outcomes: list[Outcome] = []  # of the jobs of this process, since Hydra's main function returns nothing


def run(job: Callable[[Container], Outcome], words: Sequence[str], *, config_name: str) -> Outcome:
    """Run one job, or with -m one for each combination of swept values; the worst exit code counts."""
    _outcomes.clear()
    swept = None
    try:
        if config_name == "train" and _is_sweep(words):
            from rnnchaos.sweeps import plugins

            swept = plugins.launched(lambda: run_jobs(job, words, config_name=config_name))
        else:
            run_jobs(job, words, config_name=config_name)
    except KeyboardInterrupt:
        if not _outcomes:
            raise
    return _joined(_outcomes) if swept is None else swept


def _joined(outcomes: Sequence[Outcome]) -> Outcome:
    """The outcomes of all jobs as one; none where Hydra has only shown something, as with --cfg job."""
    if len(outcomes) == 1:
        return outcomes[0]
    jobs = [{"exit_code": outcome.exit_code, **outcome.record} for outcome in outcomes]
    return Outcome(
        max((outcome.exit_code for outcome in outcomes), default=0), {"jobs": jobs} if jobs else {}
    )


def _is_sweep(words: Sequence[str]) -> bool:
    return any(flag in ("-m", "--multirun") for flag in sort_words(words).flags)


def run_or_measure(words: Sequence[str]) -> Outcome:
    """Lyapunov exponents: of a stored run or a file of weights where `words` name one, otherwise of a system."""
    parsed = sort_words(words)
    if _names_weights(parsed.overrides):
        return run(lyapunov_of_weights, words, config_name="weights")
    if not any(_names_a_run(word) for word in parsed.overrides):
        return run(lyapunov, words, config_name="lyapunov")
    if parsed.flags:
        raise ConfigError(f"{parsed.flags[0]} has no meaning for a stored run")
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


def train(config: Container) -> Outcome:
    """Train and measure as one composed config says."""

    def work() -> Outcome:
        plain = resolve(config)
        from rnnchaos import trainings
        from rnnchaos.settings import build, read

        settings = read.read_settings(plain)
        build.check(settings)
        workflow = trainings.train if settings.ensemble.seeds == 1 else trainings.train_ensemble
        return workflow(settings, Console())

    return _record(work)


def lyapunov(config: Container) -> Outcome:
    """Measure the system of one composed config."""

    def work() -> Outcome:
        plain = resolve(config)
        from rnnchaos import measurements
        from rnnchaos.settings import build, read

        settings = read.read_system_settings(plain)
        build.source(settings)
        return measurements.lyapunov_of_system(settings, Console())

    return _record(work)


def lyapunov_of_weights(config: Container) -> Outcome:
    """Measure the spectrum of the network in the file that one composed config names."""
    return _of_weights(config, "lyapunov_of_weights")


def gradients_of_weights(config: Container) -> Outcome:
    """Measure the gradients of the network in the file that one composed config names."""
    return _of_weights(config, "gradients_of_weights")


def _of_weights(config: Container, workflow: str) -> Outcome:
    def work() -> Outcome:
        plain = resolve(config)
        from rnnchaos import measurements
        from rnnchaos.settings import read

        return getattr(measurements, workflow)(read.read_weights_settings(plain), Console())

    return _record(work)


def _record(work: Callable[[], Outcome]) -> Outcome:
    """Attempt one job. A failure is recorded, not raised, so that the other jobs of a sweep go on."""
    outcome = attempt(work)
    _outcomes.append(outcome)
    if outcome.exit_code in (TIME_UP, INTERRUPTED):
        raise KeyboardInterrupt  # ends the sweep
    return outcome


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
