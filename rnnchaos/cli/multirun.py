"""-m: one job for each combination of the swept values; trainings are the cells of a sweep, or of a search."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from hydra.core.override_parser.types import Override

from rnnchaos.cli.report import INTERRUPTED, TIME_UP, attempt
from rnnchaos.console import Console
from rnnchaos.errors import ConfigError
from rnnchaos.outcome import Outcome
from rnnchaos.setting import at_home
from rnnchaos.settings.axes import combinations, first, parse
from rnnchaos.settings.compose import Composer, SweepSettings, UnresolvedError
from rnnchaos.settings.config_folders import ConfigFolders
from rnnchaos.settings.from_run import FromRun
from rnnchaos.settings.literal import literal
from rnnchaos.settings.words import Words

Config = Mapping[str, Any]


def run_all(job: Callable[[Config], Outcome], words: Words, config_name: str) -> Outcome:
    """Run a job for each combination, one after the other; the worst exit code counts.

    All are composed before the first starts, and none starts after one that was interrupted.
    """
    line = _CommandLine(words, config_name)
    for word in line.own:
        if re.match(r"\+{0,2}hydra[/.](launcher|sweeper)\b", word):
            raise ConfigError(f"{word} has no meaning here: only rnnchaos train -m launches cells")
    outcomes: list[Outcome] = []
    for config in [line.compose(combination) for combination in combinations(line.typed, words.configs)]:
        outcomes.append(attempt(partial(job, config)))
        if outcomes[-1].exit_code in (TIME_UP, INTERRUPTED):
            break
    jobs = [{"exit_code": outcome.exit_code, **outcome.record} for outcome in outcomes]
    return Outcome(max(outcome.exit_code for outcome in outcomes), {"jobs": jobs})


def train_all(words: Words, config_name: str, *, command: Sequence[str]) -> Outcome:
    """Train the cells of all combinations, or those that a search draws, as hydra/launcher and hydra/sweeper say.

    `command` are the words that a sweep stores. Raises ConfigError before anything is written.
    """
    line = _CommandLine(words, config_name)
    chosen = line.sweep_settings()
    overrides = [*_brought(chosen, line.typed, words.configs), *line.typed]
    kind = chosen.sweeper["_target_"].rpartition(".")[2]
    if kind == "search":
        from rnnchaos.search.begin import search
        from rnnchaos.settings.sinks import hand_on

        hand_on([line.compose(first(overrides, words.configs))["logging"]])
        return search(overrides, chosen, line.compose, words.configs, command=command)
    if kind != "combinations":
        raise ConfigError(f"hydra/sweeper must be cells or optuna, got {kind}")
    from rnnchaos.settings.sinks import hand_on
    from rnnchaos.sweeps.estimate import announced
    from rnnchaos.sweeps.launchers import launcher
    from rnnchaos.sweeps.planning import Planned, checked

    def planned(combination: Sequence[str]) -> Planned:
        return Planned(tuple(word.lstrip("+") for word in combination), line.compose(combination))

    launch, every = launcher(chosen.launcher).launch, combinations(overrides, words.configs)
    checked(planned(every[0]))  # a mistake that all of them share is found at once
    all_planned = [planned(combination) for combination in announced(every, "composing all combinations")]
    hand_on([each.config["logging"] for each in all_planned])
    return launch(all_planned, Console(), command=command)


def train_seeds(words: Words, config_name: str, config: Config, *, command: Sequence[str]) -> Outcome:
    """Train the seeds of an ensemble as the cells of a sweep, as hydra/launcher says."""
    from rnnchaos.settings.sinks import hand_on
    from rnnchaos.sweeps.launchers import launcher
    from rnnchaos.sweeps.planning import Planned

    hand_on([config["logging"]])
    chosen = _CommandLine(words, config_name).sweep_settings()
    return launcher(chosen.launcher).launch([Planned((), config)], Console(), command=command)


def _brought(chosen: SweepSettings, typed: Sequence[Override], configs: ConfigFolders) -> list[Override]:
    """Values to sweep that a preset brings; what the command line says of the same setting counts."""
    named = {override.get_key_element().lstrip("+") for override in typed}
    params = chosen.sweeper.get("params") or {}
    words = [f"{name}={value}" for name, value in params.items() if name not in named]
    return parse(literal(words, swept=True), configs)


def composer_of(words: Words, config_name: str) -> Composer | FromRun:
    """What composes the configs of a command line: from the files, or from the run that `--from` names.

    Raises ConfigError for a run that is none of a training, or whose plugins are not what they were.
    """
    if words.flags.from_run is None:
        return Composer(config_name, words.configs)
    from rnnchaos import plugins
    from rnnchaos.runs import Kind, RunFolder

    folder = RunFolder.open(at_home(words.flags.from_run))
    if folder.record.kind != Kind.TRAIN:
        raise ConfigError(f"--from takes the run of a training, {folder.path} is a {folder.record.kind} run")
    plugins.check_unchanged(folder.provenance.get("plugins"), of=folder.path)
    return FromRun(folder.config_text, words.configs)


class _CommandLine:
    """The overrides of -m: Hydra's own, which are the same for all jobs, and the others."""

    def __init__(self, words: Words, config_name: str) -> None:
        parsed = parse(words.overrides, words.configs)
        for override in parsed:
            if override.is_hydra_override() and override.is_sweep_override():
                raise ConfigError(f"{override.input_line}: settings of hydra cannot be swept")
        self.own = [str(override.input_line) for override in parsed if override.is_hydra_override()]
        self.typed = [override for override in parsed if not override.is_hydra_override()]
        self._files, self._configs = Composer(config_name, words.configs), words.configs
        self._composer, self._from_run = composer_of(words, config_name), words.flags.from_run

    def sweep_settings(self) -> SweepSettings:
        """As the words have them with the first of all swept values."""
        typed = [] if self._from_run is not None else first(self.typed, self._configs)
        return self._files.sweep_settings([*self.own, *typed])

    def compose(self, combination: Sequence[str]) -> dict[str, Any]:
        """The plain config of one job. Raises ConfigError, with all words where no single one is to blame."""
        try:
            return self._composer.plain([*self.own, *combination])
        except UnresolvedError as error:
            raise ConfigError(f"{' '.join(combination)}: {error}") from error
