"""The commands that measure: each diagnostic of a stored run, of a dataset's source, or of a file of weights."""

from collections.abc import Sequence
from pathlib import Path

from rnnchaos.cli import jobs
from rnnchaos.cli.multirun import Config
from rnnchaos.console import Console
from rnnchaos.diagnostics import AbstractDiagnostic
from rnnchaos.errors import ConfigError
from rnnchaos.nearest import known_as
from rnnchaos.outcome import Outcome
from rnnchaos.runs.nearest import describe_missing_run
from rnnchaos.settings.config_folders import ConfigFolders, builtin_folder
from rnnchaos.settings.newcomers import of_file
from rnnchaos.settings.words import sort_words


def measure(diagnostic: type[AbstractDiagnostic], words: Sequence[str]) -> Outcome:
    """A diagnostic of what `words` name: weights=FILE, a run folder, or else the source that dataset=… chooses.

    Raises ConfigError for a subject that the diagnostic does not take.
    """
    parsed = sort_words(words)
    if diagnostic.against_any and _is_against(parsed.overrides):
        return _judge(words)
    if diagnostic.takes_weights() and any(word.startswith("weights=") for word in parsed.overrides):
        return _of_weights(diagnostic, words)
    if diagnostic.takes_source() and not any(_names_a_run(word) for word in parsed.overrides):
        return _of_source(diagnostic, words)
    if parsed.flags.typed:
        raise ConfigError(f"{parsed.flags.typed[0]} has no meaning for a stored run")
    return _of_run(diagnostic, parsed.overrides)


def _of_run(diagnostic: type[AbstractDiagnostic], words: Sequence[str]) -> Outcome:
    """Of the one run folder in `words`; other words change `diagnostics.*`."""
    if not diagnostic.takes_run():
        raise ConfigError(f"{diagnostic.name} measures no stored run")
    folder, overrides = _run_and_others(words)
    from rnnchaos import measurements

    return measurements.measure_run(diagnostic, folder, overrides, Console())


def forecast(words: Sequence[str]) -> Outcome:
    """What the network of the one run folder in `words` says comes after the data that the others name."""
    folder, settings = _run_and_others(words)
    from rnnchaos import measurements

    return measurements.forecast_run(folder, settings, Console())


def data(words: Sequence[str]) -> Outcome:
    """What a training with these words would see of its dataset."""

    def job(config: Config) -> Outcome:
        from rnnchaos import measurements
        from rnnchaos.settings import read

        return measurements.show_data(read.read_settings(config), Console())

    return jobs.run(job, _named("data", words), config_name="train")


def _named(command: str, words: Sequence[str]) -> list[str]:
    """With a name of the command and the dataset for the run, unless `words` have one."""
    if any(word.startswith("name=") for word in words):
        return list(words)
    return [f"name={command}-${{hydra:runtime.choices.dataset}}", *words]


def _run_and_others(words: Sequence[str]) -> tuple[Path, list[str]]:
    """The one run folder in `words`, and the other words. Raises ConfigError where there is none, or more."""
    folders = [word for word in words if _names_a_run(word)]
    if len(folders) != 1:
        raise ConfigError(f"name one run folder, got {' and '.join(folders) or 'none'}")
    if not Path(folders[0]).is_dir():
        raise ConfigError(_no_run(folders[0]))
    return Path(folders[0]), [word for word in words if word not in folders]


def _of_source(diagnostic: type[AbstractDiagnostic], words: Sequence[str]) -> Outcome:
    """Of the source of a dataset; the run is called by the diagnostic and the dataset, unless `words` name it."""

    def job(config: Config) -> Outcome:
        from rnnchaos import measurements
        from rnnchaos.settings import build, read

        settings = read.read_system_settings(config)
        build.source(settings)
        return measurements.measure_source(diagnostic, settings, Console())

    return jobs.run(job, _named(diagnostic.name, words), config_name="source")


def _of_weights(diagnostic: type[AbstractDiagnostic], words: Sequence[str]) -> Outcome:
    """Of the network in a file of weights."""

    def job(config: Config) -> Outcome:
        from rnnchaos import measurements
        from rnnchaos.settings import read

        return measurements.measure_weights(diagnostic, read.read_weights_settings(config), Console())

    return jobs.run(job, words, config_name="weights")


def _is_against(words: Sequence[str]) -> bool:
    """Whether anything but one run folder is to be judged, or against anything but its own data."""
    subjects = [word for word in words if _names_a_run(word)]
    chosen = any(word.lstrip("+").startswith(("against=", "dataset=", "weights=")) for word in words)
    return chosen or len(subjects) > 1 or any(not Path(word).is_dir() for word in subjects)


def _judge(words: Sequence[str]) -> Outcome:
    """Of trajectories, run folders or weights against a truth."""
    parsed = sort_words(words)
    if parsed.flags.multirun:
        raise ConfigError("-m has no meaning for judge: it holds all its words against one truth")
    subjects = [word for word in parsed.overrides if _names_a_subject(word)]
    others = [word for word in words if word not in subjects]
    typed = [word for word in parsed.overrides if word.startswith("diagnostics.")]

    def job(config: Config) -> Outcome:
        from rnnchaos import measurements
        from rnnchaos.settings import read

        listed = [*config["subjects"], *subjects]
        settings = read.read_judging_settings({**config, "subjects": listed})
        return measurements.judge_models(settings, typed, Console())

    return jobs.run(job, others, config_name="judge")


def _names_a_subject(word: str) -> bool:
    return Path(word).exists() or _names_a_run(word)


def _names_a_run(word: str) -> bool:
    # A run's own name may contain an equals sign; a word without one can be nothing else, but for ~deletions.
    return Path(word).is_dir() or ("=" not in word and not word.startswith("~"))


def _no_run(folder: str) -> str:
    if (file := of_file(folder)) is not None:
        return f"there is no run folder {folder}; a file is named by {file}"
    if (system := known_as(folder, ConfigFolders((builtin_folder(),)).choices("dataset"))) is not None:
        return f"there is no run folder {folder}; a system is named by dataset={system}"
    return describe_missing_run(Path(folder))
