"""Training the cells of a search as they are drawn, and saying what was found."""

import shlex
from collections.abc import Collection, Sequence
from functools import partial
from typing import Any

from rich.console import Console

from rnnchaos.outcome import Outcome
from rnnchaos.runs import Status
from rnnchaos.sweeps import local
from rnnchaos.sweeps.search import Goal, Plan, Search
from rnnchaos.sweeps.space import plain
from rnnchaos.sweeps.standing import Standing, standings
from rnnchaos.sweeps.sweep import Cell, Sweep, flat
from rnnchaos.sweeps.worker import train


def run(search: Search, *, n_jobs: int) -> None:
    """Train until there are enough results, `n_jobs` cells at a time."""

    def draw(busy: Collection[Cell]) -> Cell | None:
        return search.next({cell.id for cell in busy})

    for _ in local.train_all(draw, partial(_train, search.sweep), n_jobs=n_jobs):
        pass  # the search says itself what has ended, by whomever


def _train(sweep: Sweep, cell: Cell) -> list[Standing]:
    return train(sweep, [cell])


def conclude(sweep: Sweep, found: Sequence[Standing], record: dict[str, Any], console: Console) -> Outcome:
    """Say which trial is the best so far, and how to go on where some are missing.

    The exit code is 0 where there are as many results as were asked for, 3 where all of them diverged.
    """
    goal = Goal(*(sweep.search[name] for name in Goal._fields))
    wanted, done = sweep.search["n_trials"], sum(standing.has_result for standing in found)
    best = _best(sweep, found, goal)
    if best is None:
        console.print(f"no trial has a finite {goal.metric}", highlight=False, soft_wrap=True)
    else:
        line = f"best of {done}: {goal.metric} {best['value']:.6g} with {' '.join(best['overrides'])}; {best['run']}"
        console.print(line, highlight=False, soft_wrap=True, markup=False)
    if done < wanted:
        again = f"rnnchaos train {shlex.join(sweep.command[1:])}"
        line = f"{done} of {wanted} trials have a result; go on with: {again}"
        console.print(line, highlight=False, soft_wrap=True, markup=False)
    code = 1 if done < wanted else 0 if best is not None else Status.DIVERGED.exit_code
    stated = {**goal._asdict(), "n_trials": wanted, "results": done}
    return Outcome(code, record | {"search": stated, "best": best})


def show(planned: Plan, console: Console, *, n_trials: int) -> Outcome:
    """Say what a search would do, and write nothing."""
    for key, dimension in planned.space.dimensions.items():
        console.print(f"{plain(key)}: {dimension}", highlight=False, soft_wrap=True, markup=False)
    goal, known = planned.goal, planned.stored()
    done = 0 if known is None else sum(standing.has_result for standing in standings(known))
    left = max(0, n_trials - done)
    where = planned.study if known is None else known.path
    line = f"{goal.direction} {goal.metric} by {goal.sampler}: {left} of {n_trials} trials left in {where}"
    console.print(f"{line}; nothing was started", highlight=False, soft_wrap=True, markup=False)
    space = {plain(key): str(dimension) for key, dimension in planned.space.dimensions.items()}
    record = {"study": str(planned.study), "space": space, **goal._asdict(), "n_trials": n_trials}
    return Outcome(0, record | {"results": done, "trials_left": left})


def _best(sweep: Sweep, found: Sequence[Standing], goal: Goal) -> dict[str, Any] | None:
    values = {
        index: value for index, standing in enumerate(found) if (value := goal.value(standing)) is not None
    }
    if not values:
        return None
    index = (max if goal.maximize else min)(values, key=values.__getitem__)  # the first of equal ones
    cell = sweep.cell(index)
    values_of = flat(cell.config)
    words = [word.split("=", 1) for word in cell.overrides]
    settings = {key: values_of.get(key, word) for key, word in words}  # a group by the name of its choice
    folder = str(sweep.folder(cell.id))
    return {
        "trial": index, "cell": cell.id, "value": values[index], "settings": settings,
        "overrides": list(cell.overrides), "run": folder,
    }  # fmt: skip
