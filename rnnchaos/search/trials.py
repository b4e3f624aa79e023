"""A search: a sweep whose cells are drawn one after the other, each by what is known of those before it.

Its list of cells only grows, and how a cell stands is read as for any sweep. optuna is told of it, but counts nothing:
a trial is a place in the list.
"""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from rnnchaos.errors import ConfigError, RunError
from rnnchaos.runs import Status, jsonfile
from rnnchaos.runs.atomic import storing
from rnnchaos.runs.claim import owner_lives
from rnnchaos.runs.lines import append_line
from rnnchaos.search.goal import Goal
from rnnchaos.search.space import Space, plain
from rnnchaos.sweeps.cells import Cell, flat, line_of
from rnnchaos.sweeps.identity import cell_id
from rnnchaos.sweeps.planning import Planned, cell_of, shared_name
from rnnchaos.sweeps.standing import Standing, recorded, standings
from rnnchaos.sweeps.sweep import SUFFIX, Sweep

Compose = Callable[[Sequence[str]], Mapping[str, Any]]
"""From all overrides to the plain config; raises ConfigError."""


class Draft(NamedTuple):
    """A search that was checked, before it is on disk."""

    study: Path
    base: Cell
    space: Space
    goal: Goal
    key: Mapping[str, Any]
    """What makes two searches the same one."""

    def stored(self) -> Sweep | None:
        """The version of this search that is there already."""
        same = [known for known in Sweep.versions(self.study) if known.search.get("key") == self.key]
        return same[-1] if same else None


def draft(space: Space, goal: Goal, compose: Compose) -> Draft:
    """Check the corners of a space, and the metric where the study has results already.

    Raises ConfigError for a choice or an end that cannot be trained in any corner, or for a metric that no result has.
    """
    cells = [_some_cell(space, ways, compose) for ways in space.corners()]
    base, last = cells[0], cells[-1]
    outputs = Path(base.config["outputs"])
    key = {"space": space.to_json(), "ends": [base.id, last.id], **goal._asdict()}
    study = outputs / f"{shared_name(cells)}{SUFFIX}"
    finished = [found.headline for found in recorded(study).values() if found.status == Status.FINISHED]
    if lack := goal.lacking(finished, study):
        raise ConfigError(lack)
    return Draft(study, base, space, goal, jsonfile.plain(key))


class Search:
    """A search on disk, with other processes at it, perhaps on other machines."""

    def __init__(
        self,
        checked: Draft,
        compose: Compose,
        *,
        n_trials: int,
        command: Sequence[str],
        say: Callable[[str], None],
    ) -> None:
        from rnnchaos.search.study import Study

        self._draft, self._compose, self._n_trials, self._say = checked, compose, n_trials, say
        self._goal = checked.goal
        self.sweep = self._on_disk(command)
        self._study = Study(
            self.sweep.path / "study.journal",
            checked.space,
            sampler=self._goal.sampler,
            seed=self._goal.seed,
            maximize=self._goal.maximize,
            known=self._drawn,
        )

    def next(self, busy: Collection[str] = ()) -> Cell | None:
        """The next cell to train: one that nobody is at, or else a new one; None where there are enough.

        `busy` are the cells that the caller is training. Raises RunError where the results lack the metric.
        """
        from rnnchaos.search.study import locked, mend

        while True:  # a cell that is drawn may have a result already, or none that can be had
            with storing(self.sweep.path), locked(self.sweep.cells_file):
                mend(self.sweep.cells_file)
                now = Sweep.open(self.sweep.path)
                found = standings(now)
                self._tell(now, found)
                for index, standing in enumerate(found):
                    cell = now.ids[index]
                    if not (standing.has_ended or cell in busy or owner_lives(now.folder(cell))):
                        return now.cell(index)
                if self._is_enough(found):
                    return None
                self._draw(len(found))

    def _on_disk(self, command: Sequence[str]) -> Sweep:
        from rnnchaos.search.study import locked

        study = self._draft.study
        with storing(study):
            study.mkdir(parents=True, exist_ok=True)
        asked = {**self._goal._asdict(), "n_trials": self._n_trials, "key": self._draft.key}
        with storing(study), locked(study / "search"):  # of two who begin at once, one creates it
            if (known := self._draft.stored()) is not None:
                return known.restate(command=list(command), search=asked)
            head = {"command": list(command), "search": asked, "base": flat(self._draft.base.config)}
            return Sweep.create_search(study.parent, study.name.removesuffix(SUFFIX), head)

    def _drawn(self) -> dict[int, dict[str, str]]:
        """The values of each setting in the list of cells, by the numbers of the trials."""
        keys = self._draft.space.dimensions
        return {
            line["trial"]: {
                key: word.partition("=")[2] for key, word in zip(keys, line["overrides"], strict=False)
            }
            for line in Sweep.open(self.sweep.path).lines
            if "damaged" not in line
        }

    def _tell(self, sweep: Sweep, found: Sequence[Standing]) -> None:
        """Tell the sampler what has ended since it was told last."""
        finished = [standing.headline for standing in found if standing.status == Status.FINISHED]
        if lack := self._goal.lacking(finished, sweep.path):
            raise RunError(lack)
        unknown = self._study.running()
        for lost in unknown - {line["trial"] for line in sweep.lines}:
            self._study.tell_lost(lost)  # its process was killed while it drew
        ended = [index for index, standing in enumerate(found) if standing.has_ended]
        done = sum(found[index].has_result for index in ended if sweep.lines[index]["trial"] not in unknown)
        for index in ended:
            standing, line = found[index], sweep.lines[index]
            if line["trial"] not in unknown:
                continue
            done += standing.has_result
            value = self._goal.value(standing)
            if value is not None:
                self._study.tell_value(line["trial"], value)
            else:
                self._study.tell_bad(line["trial"])  # diverged, escaped, failed, or not finite
            self._say(f"{done}/{self._n_trials}  {sweep.cell(index).title}: {self._ending(standing, value)}")

    def _ending(self, standing: Standing, value: float | None) -> str:
        number = [] if value is None else [f"{self._goal.compared} {value:.4g}"]
        why = [] if standing.reason is None else [standing.reason]
        return ", ".join([standing.status, *why, *number])

    def _is_enough(self, found: Sequence[Standing]) -> bool:
        failed = sum(standing.status == Status.FAILED for standing in found)
        return len(found) - failed >= self._n_trials or failed >= self._n_trials

    def _draw(self, place: int) -> None:
        number, drawn = self._study.ask(place)
        line = self._line(drawn) | {"trial": number}
        append_line(self.sweep.cells_file, line)

    def _line(self, drawn: Mapping[str, str]) -> dict[str, Any]:
        """A new cell as it is stored; where it cannot be trained, with the reason."""
        words = [f"{plain(key)}={word}" for key, word in drawn.items()]
        config: Mapping[str, Any] | None = None
        try:
            config = self._compose(self._draft.space.words(drawn))
            return line_of(cell_of(Planned(tuple(words), config)), self.sweep.base)
        except ConfigError as error:
            reason = str(error.__cause__ if isinstance(error.__cause__, ConfigError) else error)
        if config is not None:
            return line_of(Cell(cell_id(config), tuple(words), config), self.sweep.base) | {"refused": reason}
        own = hashlib.sha256("\n".join(words).encode()).hexdigest()[: len(self._draft.base.id)]
        settings = {
            plain(key): yaml.safe_load(word) for key, word in drawn.items() if plain(key) in self.sweep.base
        }
        return {"cell": own, "overrides": words, "settings": settings, "without": [], "refused": reason}


def _some_cell(space: Space, ways: Sequence[Mapping[str, str]], compose: Compose) -> Cell:
    """The cell of the first way that can be trained. Raises ConfigError where none can."""
    refusals = []
    for drawn in ways:
        words = tuple(f"{plain(key)}={word}" for key, word in drawn.items())
        try:
            return cell_of(Planned(words, compose(space.words(drawn))))
        except ConfigError as error:
            refusals.append(error)
    raise refusals[0]
