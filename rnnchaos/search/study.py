"""optuna's memory of a search, in a journal that several machines may share. Imported only by a search."""

import contextlib
import hashlib
import math
import os
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.samplers import BaseSampler
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend, JournalFileOpenLock
from optuna.trial import TrialState

from rnnchaos.runs import checksums, jsonfile, opening
from rnnchaos.runs.atomic import storing, write
from rnnchaos.runs.notices import say_once
from rnnchaos.search.space import Choices, Dimension, Space, Steps

_NAME = "search"

optuna.logging.set_verbosity(optuna.logging.ERROR)  # it logs each trial, which the search says by itself


class Study:
    """What the sampler learns from. All methods are called while `locked` keeps the other processes out."""

    def __init__(
        self,
        file: Path,
        space: Space,
        *,
        sampler: str,
        seed: int,
        maximize: bool,
        known: Callable[[], Mapping[int, Mapping[str, str]]] = dict,
    ) -> None:
        """`known` gives the values of each setting by the trials' numbers, for a journal in place of a damaged one."""
        self._space, self._sampler, self._seed = space, sampler, seed
        self._worst = -math.inf if maximize else math.inf
        self._file, self._sum = file, file.with_name(f"{file.name}.sha256")
        with storing(file):
            with locked(file):
                mend(file)
                lost = self._is_damaged()
                if lost:
                    say_once(
                        f"{file} is damaged: the sampler is told anew of the trials in the list of cells"
                    )
                    file.unlink()
                    self._sum.unlink(missing_ok=True)
            # Exclusive creation of the lock works on NFS from version 3 on; optuna's symbolic link would have to
            # lead to the journal by a path that every machine knows.
            backend = JournalFileBackend(str(file), lock_obj=JournalFileOpenLock(str(file)))
            self._study = optuna.create_study(
                storage=JournalStorage(backend),
                study_name=_NAME,
                direction="maximize" if maximize else "minimize",
                load_if_exists=True,
            )
        if lost:
            self._retell(known())

    def _is_damaged(self) -> bool:
        """Whether the journal is not what it was when it was last looked at; what was added since must be lines."""
        if not self._file.exists():
            return False
        content = opening.read(self._file, most=opening.MOST_LINES)
        try:
            for line in content.splitlines():
                jsonfile.from_text(line)["op_code"]
            if not self._sum.exists():
                return False  # of a version without it, or of a process that died at once
            known = jsonfile.unsealed(jsonfile.from_text(opening.read(self._sum, most=opening.MOST_TEXT)))
            return checksums.digest(content[: known["bytes"]]) != known["digest"]
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return True

    def _sign(self) -> None:
        """Write down what the journal is now."""
        content = opening.read(self._file, most=opening.MOST_LINES)
        entry = {"bytes": len(content), "digest": checksums.digest(content)}
        write(self._sum, jsonfile.to_line(jsonfile.sealed(entry)))

    def _retell(self, known: Mapping[int, Mapping[str, str]]) -> None:
        """Every trial as one that goes on; the search tells how they have ended, and which of them are lost."""
        for number in range(max(known, default=-1) + 1):
            params: dict[str, Any] = {}
            with contextlib.suppress(KeyError, ValueError):  # one that never was in the list
                params = {key: of.drawn(known[number][key]) for key, of in self._space.dimensions.items()}
            distributions = {key: _distribution(self._space.dimensions[key]) for key in params}
            trial = optuna.create_trial(state=TrialState.RUNNING, params=params, distributions=distributions)
            self._study.add_trial(trial)
        self._sign()

    def ask(self, place: int) -> tuple[int, dict[str, str]]:
        """Draw the trial at a place in the list: optuna's number for it, and the value of each setting."""
        # A sampler of its own for each place: one that was begun anew would draw the first values again.
        self._study.sampler = make_sampler(self._sampler, _seed_at(self._seed, place))
        distributions = {key: _distribution(of) for key, of in self._space.dimensions.items()}
        trial = self._study.ask(fixed_distributions=distributions)
        self._sign()
        return trial.number, {key: of.word(trial.params[key]) for key, of in self._space.dimensions.items()}

    def running(self) -> set[int]:
        """The numbers of the trials of which the sampler does not know the end."""
        trials = self._study.get_trials(deepcopy=False, states=(TrialState.RUNNING,))
        return {trial.number for trial in trials}

    def tell_value(self, number: int, value: float) -> None:
        self._tell(number, TrialState.COMPLETE, value)

    def tell_bad(self, number: int) -> None:
        """These settings are to be avoided: infinitely bad, which every sampler ranks last.

        A trial that is told as failed is not looked at, and TPE is drawn to where it has seen nothing yet.
        """
        self._tell(number, TrialState.COMPLETE, self._worst)

    def tell_lost(self, number: int) -> None:
        """There never was such a trial: no sampler looks at it."""
        self._tell(number, TrialState.FAIL, None)

    def _tell(self, number: int, state: TrialState, value: float | None) -> None:
        self._study.tell(number, value, state=state, skip_if_finished=True)
        self._sign()


def _tpe(seed: int) -> BaseSampler:
    # constant_liar: what others are training counts as bad meanwhile, so that nobody draws it again.
    return optuna.samplers.TPESampler(seed=seed, multivariate=True, constant_liar=True)


SAMPLERS: Mapping[str, Callable[[int], BaseSampler]] = {
    "nsgaii": lambda seed: optuna.samplers.NSGAIISampler(seed=seed),
    "qmc": lambda seed: optuna.samplers.QMCSampler(seed=seed),
    "random": lambda seed: optuna.samplers.RandomSampler(seed=seed),
    "tpe": _tpe,
}


def make_sampler(name: str, seed: int) -> BaseSampler:
    """A sampler by optuna's name for it, in small letters."""
    with warnings.catch_warnings():
        # QMC, and in optuna 4 these arguments of TPE, may change with optuna's next version.
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        return SAMPLERS[name](seed)


@contextlib.contextmanager
def locked(file: Path) -> Iterator[None]:
    """Keep other processes out, on whatever machine, by a file `….lock`; one of a dead process is broken in 30 s."""
    lock = JournalFileOpenLock(str(file))
    lock.acquire()
    try:
        yield
    finally:
        with contextlib.suppress(RuntimeError):  # broken by another, because this process was paused
            lock.release()


def mend(file: Path) -> None:
    """Cut off the half of a line that a killed process may have left at the end; call it under the lock."""
    if not os.path.lexists(file):
        return
    content = opening.read(file, most=opening.MOST_LINES)
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        with file.open("rb+") as opened:
            opened.truncate(whole)


def _distribution(dimension: Dimension) -> BaseDistribution:
    match dimension:
        case Choices(words):
            return CategoricalDistribution(words)
        case Steps(values):
            return IntDistribution(0, len(values) - 1)
    if dimension.step is None:
        return FloatDistribution(dimension.low, dimension.high, log=dimension.log)
    return IntDistribution(int(dimension.low), int(dimension.high), step=dimension.step, log=dimension.log)


def _seed_at(seed: int, place: int) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed}/{place}".encode()).digest()[:4])
