"""What a search will do, and what it has found."""

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console

from rnnchaos.errors import ConfigError
from rnnchaos.escaping import one_line
from rnnchaos.outcome import Outcome
from rnnchaos.runs import Status
from rnnchaos.search.goal import Goal
from rnnchaos.search.space import plain
from rnnchaos.search.trials import Draft
from rnnchaos.sweeps.cells import flat
from rnnchaos.sweeps.standing import Standing, standings, summary_of
from rnnchaos.sweeps.sweep import Sweep


def conclude(sweep: Sweep, reported: Outcome, console: Console) -> Outcome:
    """After the report of a sweep that is a search: which trial is the best so far, and how to go on.

    The exit code is 0 where there are as many results as were asked for and one has the metric, 3 where all of them
    diverged, 4 where they did or escaped, and else 1.
    """
    goal = Goal(*(sweep.search[name] for name in Goal._fields))
    found = standings(sweep)
    wanted, done = sweep.search["n_trials"], sum(standing.has_result for standing in found)
    best = _best(sweep, found, goal)
    if best is None:
        line = f"no trial has a finite {goal.metric}{_why(sweep, found, goal)}"
        console.print(one_line(line), highlight=False, soft_wrap=True, markup=False)
    else:
        line = f"best of {done}: {goal.compared} {best['value']:.6g} with {' '.join(best['overrides'])}; {best['run']}"
        console.print(one_line(line), highlight=False, soft_wrap=True, markup=False)
    if done < wanted:
        again = f"rnnchaos train {shlex.join(sweep.command[1:])}"
        line = f"{done} of {wanted} trials have a result; go on with: {again}"
        console.print(one_line(line), highlight=False, soft_wrap=True, markup=False)
    code = 1 if done < wanted else _exit_code(reported, found, has_best=best is not None)
    stated = {**goal._asdict(), "n_trials": wanted, "results": done}
    return Outcome(code, {**reported.record, "search": stated, "best": best})


def _exit_code(reported: Outcome, found: Sequence[Standing], *, has_best: bool) -> int:
    """Of a search with all its results: 3 and 4 only where every network left the data."""
    if has_best:
        return 0
    if any(standing.status == Status.FINISHED for standing in found):
        return 1
    return max(reported.exit_code, Status.DIVERGED.exit_code)


def _why(sweep: Sweep, found: Sequence[Standing], goal: Goal) -> str:
    """Why the first trial that finished has no such number, after a colon; nothing where it does not say."""
    finished = (index for index, standing in enumerate(found) if standing.status == Status.FINISHED)
    index = next(finished, None)
    if index is None:
        return ""
    try:
        metrics = summary_of(sweep, sweep.ids[index]).get("metrics")
    except ConfigError:  # moved away, or damaged
        return ""
    metric = metrics.get(goal.metric) if isinstance(metrics, Mapping) else None
    note = metric.get("note") if isinstance(metric, Mapping) else None
    return f": {note}" if note else ""


def show(checked: Draft, console: Console, *, n_trials: int) -> Outcome:
    """Say what a search would do, and write nothing."""
    for key, dimension in checked.space.dimensions.items():
        console.print(f"{plain(key)}: {dimension}", highlight=False, soft_wrap=True, markup=False)
    goal, known = checked.goal, checked.stored()
    done = 0 if known is None else sum(standing.has_result for standing in standings(known))
    left = max(0, n_trials - done)
    where = checked.study if known is None else known.path
    line = f"{goal.direction} {goal.compared} by {goal.sampler}: {left} of {n_trials} trials left in {where}"
    console.print(f"{line}; nothing was started", highlight=False, soft_wrap=True, markup=False)
    space = {plain(key): str(dimension) for key, dimension in checked.space.dimensions.items()}
    record = {"study": str(checked.study), "space": space, **goal._asdict(), "n_trials": n_trials}
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
