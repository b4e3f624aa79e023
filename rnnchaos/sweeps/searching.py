"""Training the cells of a search as they are drawn, and saying what was found."""

import contextlib
import os
import shlex
import signal
from collections.abc import Collection, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from rich.console import Console

from rnnchaos.errors import TimeUp
from rnnchaos.experiments import Outcome, stopping
from rnnchaos.runs import Status
from rnnchaos.sweeps.search import Goal, Plan, Search
from rnnchaos.sweeps.standing import Standing, standings
from rnnchaos.sweeps.sweep import Cell, Sweep, flat
from rnnchaos.sweeps.worker import train


def run(search: Search, *, n_jobs: int) -> None:
    """Train until there are enough results, `n_jobs` cells at a time."""
    if n_jobs > 1:
        _in_processes(search, n_jobs)
        return
    while (cell := search.next()) is not None:
        _stop_where_asked(*train(search.sweep, [cell]))


def _in_processes(search: Search, n_jobs: int) -> None:
    from joblib.externals.loky import ProcessPoolExecutor

    training: dict[Future, Cell] = {}
    pool = ProcessPoolExecutor(n_jobs, initializer=_begin)
    try:
        while True:
            try:
                while len(training) < n_jobs and (cell := search.next({c.id for c in training.values()})):
                    training[pool.submit(_train_and_rest, search.sweep, cell)] = cell
                if not training:
                    break
                for future in _ended(training):
                    del training[future]
                    _stop_where_asked(future.result())
            except BrokenProcessPool:  # the system has killed one; what they have not ended is begun again
                training.clear()
                pool = ProcessPoolExecutor(n_jobs, initializer=_begin)
    except BaseException:
        for pid in list(pool._processes):  # each saves its state, so that the search can go on from there
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        raise
    finally:
        pool.shutdown()


def _ended(training: Collection[Future]) -> set[Future]:
    """Those that are done, once there are any. Looks up each second: not every signal ends a wait without a limit."""
    while not (done := wait(training, timeout=1.0, return_when=FIRST_COMPLETED).done):
        pass
    return done


def _begin() -> None:
    """In a process that trains: heed the one that started it alone, which gets the signals of a terminal, too."""
    stopping.heed_only(signal.SIGTERM)
    _rest()


def _train_and_rest(sweep: Sweep, cell: Cell) -> Standing:
    stopping.install()
    try:
        (standing,) = train(sweep, [cell])
        return standing
    finally:
        _rest()


def _rest() -> None:
    """Ignore what asks to stop: an idle process that ends is taken for a killed one, and all others with it."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


def _stop_where_asked(standing: Standing) -> None:
    """A cell that was interrupted ends the search, too."""
    if standing.status == Status.TIMED_OUT:
        raise TimeUp
    if standing.status == Status.INTERRUPTED:
        raise KeyboardInterrupt


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
        console.print(f"{key}: {dimension}", highlight=False, soft_wrap=True, markup=False)
    goal, known = planned.goal, planned.stored()
    done = 0 if known is None else sum(standing.has_result for standing in standings(known))
    left = max(0, n_trials - done)
    where = planned.study if known is None else known.path
    line = f"{goal.direction} {goal.metric} by {goal.sampler}: {left} of {n_trials} trials left in {where}"
    console.print(f"{line}; nothing was started", highlight=False, soft_wrap=True, markup=False)
    space = {key: str(dimension) for key, dimension in planned.space.dimensions.items()}
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
