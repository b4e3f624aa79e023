"""What the commands run with a composed config."""

import re
import sys
from collections.abc import Callable, Sequence

from rnnchaos import plugins
from rnnchaos.cli.multirun import Config, composer_of, run_all, train_all, train_seeds
from rnnchaos.console import Console
from rnnchaos.errors import ConfigError
from rnnchaos.nearest import did_you_mean
from rnnchaos.outcome import Outcome
from rnnchaos.settings.words import Words, sort_words


def run(job: Callable[[Config], Outcome], words: Sequence[str], *, config_name: str) -> Outcome:
    """Run one job, or with -m one for each combination of swept values."""
    parsed = sort_words(words, config_name)
    flags, name = parsed.flags, parsed.flags.config_name or config_name
    _check_config_name(name, parsed)
    if flags.from_run is not None and job is not train:
        raise ConfigError(
            "--from is for rnnchaos train: the config of a run, with the words that follow on top"
        )
    if flags.cfg is not None or flags.info is not None:
        from rnnchaos.cli.show_config import show

        return show(parsed, name)
    _check_hydra(parsed.overrides, multirun=flags.multirun)
    command = [sys.argv[0], *words, *plugins.flags()]
    if flags.multirun:
        return train_all(parsed, name, command=command) if job is train else run_all(job, parsed, name)
    config = composer_of(parsed, name).plain(parsed.overrides)
    if job is train and _has_many_seeds(config):
        return train_seeds(parsed, name, config, command=command)
    return job(config)


def train(config: Config) -> Outcome:
    """Train and measure one network as a config says."""
    from rnnchaos import trainings
    from rnnchaos.settings import checks, read

    settings = read.read_settings(config)
    checks.check(settings)
    return trainings.train(settings, Console())


def _check_config_name(name: str, words: Words) -> None:
    """Raise ConfigError where no config folder has a config of that name."""
    if not any((folder / f"{name}.yaml").is_file() for folder in words.configs.folders):
        known = sorted({file.stem for folder in words.configs.folders for file in folder.glob("*.yaml")})
        raise ConfigError(
            f"--config-name {name}: there is no such config{did_you_mean(name, known)} (configs: {', '.join(known)}); "
            "a preset is chosen by experiment=NAME, and --config-dir adds a folder of your own"
        )


_OF_SWEEPS = re.compile(r"[+~]*hydra[/.](launcher|sweeper)\b")
_OF_HYDRA = re.compile(r"[+~]*hydra([/.]|$)")


def _check_hydra(overrides: Sequence[str], *, multirun: bool) -> None:
    """Raise ConfigError for settings of Hydra's that would do nothing here."""
    for word in overrides:
        if _OF_SWEEPS.match(word):
            if not multirun and not any(each.startswith("ensemble.seeds=") for each in overrides):
                raise ConfigError(f"{word} is for many trainings: add -m, as in rnnchaos train -m {word} ...")
        elif _OF_HYDRA.match(word) and not word.startswith("hydra.searchpath"):
            raise ConfigError(
                f"{word} has no meaning here: outputs=FOLDER and name=NAME say where a run goes, "
                "hydra/launcher and hydra/sweeper how many are trained"
            )


def _has_many_seeds(config: Config) -> bool:
    from rnnchaos.settings.read import read_settings

    return read_settings(config).ensemble.seeds > 1
