"""rnnchaos.judge: any model against any truth, from Python."""

import io
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal, get_args

import jax
from numpy.typing import ArrayLike
from rich.text import Text

from rnnchaos.console import Console
from rnnchaos.data import Preparation, prepare
from rnnchaos.diagnostics import settings_of
from rnnchaos.diagnostics.callables import subject_of_callable
from rnnchaos.diagnostics.judged import Judged, judged_all, judged_network, judged_trajectory
from rnnchaos.diagnostics.side_by_side import rows_table
from rnnchaos.diagnostics.subjects import TrainedNetwork
from rnnchaos.diagnostics.trajectory import Trajectory, in_units_of
from rnnchaos.diagnostics.truth import truth_of
from rnnchaos.diagnostics.yardstick import Yardstick, yardstick_of_dataset, yardstick_of_series
from rnnchaos.errors import ConfigError
from rnnchaos.measurements.judging import check_network, network_of_run, rivals_beside
from rnnchaos.measurements.stored_run import open_run
from rnnchaos.measurements.trajectory_files import files_of, read_generated
from rnnchaos.measurements.yardsticks import Opened, in_order, yardstick_of_run
from rnnchaos.public.given_series import named_series, rows_of, series_of
from rnnchaos.public.run import Run
from rnnchaos.setting import check_choice, positive, whole
from rnnchaos.settings.coerce import coerce
from rnnchaos.settings.own_classes import check_system
from rnnchaos.systems import AbstractSystem

Scaling = Literal["axis", "global", "none"]
# A terminal of so many columns has room for the table.
_WIDTH = 110


@dataclass(frozen=True, eq=False)
class Verdict:
    """One model's numbers against the truth, and whether it is like it; printed, it is the table of a run."""

    name: str
    learned: str | None
    """`yes`, `no` or `undecided`; None of a rival and of the floor."""
    sentence: str | None
    """The same in one sentence."""
    metrics: dict[str, float | None]
    """The value of every metric by its name; None where there is none; `summary["metrics"]` says why."""
    floors: dict[str, float | None]
    """What a perfect model scores."""
    lambda_max: float | None
    """Largest Lyapunov exponent, nats per time unit: by tangent dynamics of a model that is stepped, else from its
    series."""
    lambda_max_standard_error: float | None
    lambda_max_grade: str
    """Of the checks of it; where there is none, why."""
    summary: dict[str, Any]
    """All numbers, as `rnnchaos judge` stores them."""
    _judged: Judged

    @classmethod
    def of(cls, judged: Judged) -> "Verdict":
        """From what the diagnostics found."""
        summary = judged.summary()
        return cls(
            judged.name,
            summary["learned"],
            summary["sentence"],
            {metric.name: metric.value for metric in judged.metrics},
            {metric.name: metric.floor for metric in judged.metrics},
            judged.exponent,
            judged.exponent_error,
            judged.exponent_grade,
            summary,
            judged,
        )

    def __str__(self) -> str:
        return _printed(*self._judged.findings.shown)

    def __repr__(self) -> str:
        return f"<Verdict on {self.name}: {self.sentence}>"


class Verdicts(Mapping[str, Verdict]):
    """Several models against one truth by their names, a copy of the past and the floor last; printed, a table."""

    def __init__(self, rows: Sequence[Judged]) -> None:
        self._rows = tuple(rows)
        self._verdicts = {row.name: Verdict.of(row) for row in rows}

    def __getitem__(self, name: str) -> Verdict:
        return self._verdicts[name]

    def __iter__(self):
        return iter(self._verdicts)

    def __len__(self) -> int:
        return len(self._verdicts)

    def __str__(self) -> str:
        sentences = [f"{row.name}: {row.sentence}" for row in self._rows if row.sentence]
        return _printed(rows_table(self._rows, ""), *sentences)

    def __repr__(self) -> str:
        learned = ", ".join(f"{name} {each.learned}" for name, each in self.items() if each.learned)
        return f"<Verdicts: {learned}>"


def judge(
    model: Any,
    against: Any,
    *,
    dt: float | None = None,
    starts: ArrayLike | None = None,
    observe: Callable | None = None,
    start: Callable | None = None,
    state: ArrayLike | None = None,
    history: int = 1,
    scaled: bool = False,
    train: Any = None,
    scaling: Scaling = "axis",
    flow: bool = False,
    seed: int = 0,
    diagnostics: Mapping[str, Any] | None = None,
) -> "Verdict | Verdicts":
    """Any model against a truth: `rnnchaos judge` from Python, without a run folder.

    `model` is a trajectory (an array (time, axis), (piece, time, axis), a list of arrays (time, axis), or a file of
    them), a run or its folder, or a step function from state to state, or anything with a `step`; a dict of these by
    name gives `Verdicts`, a table with a copy of the past and the floor, where one that fails says why in its
    `sentence`. `starts`, the rows of the truth after which the pieces of a trajectory begin, makes them forecasts.

    `against` is a run or its folder, a system, or a series: an array, a list of arrays, or a file. Of a series `dt` is
    the time units between rows (1 by default); `train`, another series of the same, gives scaling, exponents and
    floors, else the series is halved; `scaling` and `flow` are as in `rnnchaos judge`.

    A step function may be of JAX, and has its Lyapunov spectrum, or of NumPy, whose exponent is read off its orbit.
    `observe` maps a state to the data (the identity unless given), `start` makes a state of `history` rows of the data,
    the newest last (the last row unless given). `state`, in place of `start`, is one to begin with: nothing is then
    forecast. Models are in the data's units, or with `scaled` in the truth's. `diagnostics` are settings by group, as
    `{"lyapunov": {"num_steps": 2000}}`.

    Raises ConfigError for what does not fit.

    >>> rnnchaos.judge({"mine": orbit, "run": run}, against=test, dt=0.01)
    """
    seed = whole("seed", seed, least=0)
    with jax.enable_x64(True):
        settings = coerce(dict(diagnostics or {}), type(settings_of()), "diagnostics")
        truth = _truth(against, settings, train, dt, scaling, flow, seed)

        def opened(name: str, each: Any) -> Any:
            found = each if _is_stepped(each) else _opened(each, name, truth, scaled, starts)
            if isinstance(found, TrainedNetwork):
                check_network(name, found)
            return found

        def judged(name: str, each: Any) -> Judged:
            if isinstance(each, Trajectory):
                return judged_trajectory(each, truth.yardstick)
            if isinstance(each, TrainedNetwork):
                return judged_network(name, each)
            if starts is not None:
                raise ConfigError(
                    f"starts is of trajectories, whose pieces it makes forecasts; {name} is a step"
                )
            return subject_of_callable(
                truth.yardstick,
                name,
                getattr(each, "step", each),
                observe=observe or getattr(each, "observe", None),
                start=start or getattr(each, "start", None),
                state=state,
                history=getattr(each, "history", history),
                scaled=scaled,
            )

        if isinstance(model, Mapping):
            if not model:
                raise ConfigError("model must hold at least one model, got {}")
            models = {str(name): opened(str(name), each) for name, each in model.items()}
            rows = judged_all([(name, partial(judged, name, each)) for name, each in models.items()])
            return Verdicts([*rows, *rivals_beside(rows, truth.yardstick)])
        return Verdict.of(judged("model", opened("model", model)))


def _truth(
    against: Any, settings: Any, train: Any, dt: float | None, scaling: Scaling, flow: bool, seed: int
) -> Opened:
    if isinstance(against, Run):
        against = against.path
    if isinstance(against, str | os.PathLike) and Path(against).is_dir():
        return yardstick_of_run(open_run(Path(against), ()))
    if isinstance(against, AbstractSystem):
        return Opened(_of_system(against, settings, seed), "")
    step = 1.0 if dt is None else positive("dt", dt, unit="time units")
    check_choice("scaling", scaling, get_args(Scaling))
    (test, names), (other, own) = named_series(against, "against"), named_series(train, "train")
    assert test is not None  # as whoever asks has checked
    if other is not None and names and own:
        other = in_order(other, own, names, Path(train), Path(against))
    yardstick = yardstick_of_series(
        test,
        other,
        settings,
        seed=seed,
        axis_names=names or tuple(f"x{axis}" for axis in range(test.dimension)),
        time_per_step=step,
        scaling=scaling,
        flow=flow,
    )
    return Opened(yardstick, "")


def _of_system(system: AbstractSystem, settings: Any, seed: int) -> Yardstick:
    check_system(system)
    preparation = Preparation().without_training()
    dataset = prepare(system, preparation)
    return yardstick_of_dataset(
        dataset,
        preparation,
        settings,
        seed=seed,
        find_truth=lambda: truth_of(system, dataset, settings, preparation),
    )


def _is_stepped(model: Any) -> bool:
    return not isinstance(model, Run) and (callable(getattr(model, "step", None)) or callable(model))


def _opened(model: Any, name: str, truth: Opened, scaled: bool, starts: ArrayLike | None) -> Any:
    """A trajectory, or the network of a run."""
    if isinstance(model, Run):
        model = model.path
    rows = None if starts is None else rows_of(starts)
    if isinstance(model, str | os.PathLike):
        if Path(model).is_dir():
            return network_of_run(Path(model), truth)
        yardstick = truth.yardstick
        found = read_generated(
            files_of(str(model)),
            names=yardstick.axis_names,
            all_names=yardstick.dataset.axis_names,
            time_per_step=yardstick.dataset.time_per_step,
            time_column=None,
        )
        rows = found.starts if rows is None else rows
        return in_units_of(yardstick, name, found.rows, scaled=scaled, starts=rows)
    return in_units_of(truth.yardstick, name, series_of(model, name), scaled=scaled, starts=rows)


def _printed(*shown: Any) -> str:
    console = Console(file=io.StringIO(), width=_WIDTH, force_jupyter=False)
    for each in shown:
        console.print(each, highlight=False, soft_wrap=isinstance(each, str | Text))
    return console.file.getvalue().rstrip()  # type: ignore[attr-defined]
