"""Any model judged against a truth: a trajectory of it, or the model itself, by the numbers of a run."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from rnnchaos.attractors import cycle_of
from rnnchaos.diagnostics import exponents
from rnnchaos.diagnostics.comparison import compare_estimate
from rnnchaos.diagnostics.evaluation import Evaluation, findings_of_evaluation
from rnnchaos.diagnostics.exponents import checks_summary
from rnnchaos.diagnostics.findings import Findings
from rnnchaos.diagnostics.judge import JudgeSettings
from rnnchaos.diagnostics.judgement import Conduct, judge, period_of
from rnnchaos.diagnostics.network_judged import findings_of_judgement, findings_of_verdict, lost, spectrum_of
from rnnchaos.diagnostics.parrot import CONTEXT, Parrot
from rnnchaos.diagnostics.subjects import TrainedNetwork
from rnnchaos.diagnostics.trajectory import Trajectory, evaluate_trajectory, exponent_of
from rnnchaos.diagnostics.truth import Truth
from rnnchaos.diagnostics.yardstick import Yardstick
from rnnchaos.errors import ConfigError, RunError
from rnnchaos.metrics import Metric, attractor_metrics, metrics_from_outside, prediction_metrics
from rnnchaos.tangent import Grade, LyapunovSpectrum, worst

PARROT, FLOOR = "copy of the past", "floor"
"""Names of the rows beside the models."""


_NOT_JUDGED = "not judged: "


class Judged(NamedTuple):
    """One model, or one rival, with all of its numbers."""

    name: str
    metrics: tuple[Metric, ...]
    """Each with its floor and its ceiling."""
    exponent: float | None = None
    """λ_max in nats per time unit."""
    exponent_error: float | None = None
    exponent_grade: str = ""
    """Of its checks; why there is none, where there is none."""
    learned: str = ""
    """`yes`, `no` or `undecided`; empty for a rival."""
    sentence: str = ""
    findings: Findings = Findings({})
    """All that was found, as a run folder has it."""

    @property
    def failed(self) -> bool:
        """Whether it could not be judged; its sentence says why."""
        return self.sentence.startswith(_NOT_JUDGED)

    def summary(self) -> dict[str, Any]:
        """The numbers, by name."""
        return {
            **self.findings.summary,
            "metrics": {metric.name: metric.record() for metric in self.metrics},
            "lambda_max": self.exponent,
            "lambda_max_standard_error": self.exponent_error,
            "lambda_max_grade": self.exponent_grade,
            "learned": self.learned or None,
            "sentence": self.sentence or None,
        }


def judged_all(models: Sequence[tuple[str, Callable[[], Judged]]]) -> list[Judged]:
    """Each of several models by its name; one that fails while it is judged is a row that says why.

    Raises the first RunError or ConfigError where all fail.
    """
    rows: list[Judged] = []
    errors: list[Exception] = []
    for name, judge_it in models:
        try:
            rows.append(judge_it())
        except (ConfigError, RunError) as error:
            errors.append(error)
            rows.append(Judged(name, (), exponent_grade=str(error), sentence=f"{_NOT_JUDGED}{error}"))
    if len(errors) == len(rows) and errors:
        raise errors[0]
    return rows


def judged_trajectory(trajectory: Trajectory, yardstick: Yardstick) -> Judged:
    """A model of which a series is all there is."""
    settings = yardstick.settings.of(JudgeSettings)
    run = evaluate_trajectory(trajectory, yardstick)
    estimate, reason = exponent_of(trajectory, yardstick)
    comparison = compare_estimate(estimate, yardstick.truth, tolerance=settings.exponents)
    conduct = _conduct(run, trajectory, estimate, reason, yardstick)
    found = judge(conduct, run.metrics, comparison, yardstick.truth, None, near=settings.geometry)
    evaluation = findings_of_evaluation(run, yardstick.dataset, yardstick.truth, yardstick.settings)
    verdict = findings_of_verdict(found, run.metrics, comparison, yardstick.truth)
    findings = evaluation.joined(_findings_of_estimate(estimate, reason)).joined(verdict)
    value, error, grade = _exponent(estimate, reason)
    return Judged(trajectory.name, run.metrics, value, error, grade, *found, findings)


def judged_network(name: str, network: TrainedNetwork) -> Judged:
    """A network, or any other model that can be started from data and stepped: by the whole table of a run."""
    found = findings_of_evaluation(network.evaluation, network.dataset, network.truth, network.settings)
    spectrum, reason = spectrum_of(network)
    if spectrum is not None:
        found = found.joined(exponents.findings(network.attractors, network.truth, title=name))
    verdict = findings_of_judgement(network, network.settings.of(JudgeSettings))
    summary = verdict.summary
    return Judged(
        name,
        network.evaluation.metrics,
        *_of_spectrum(spectrum, reason),
        summary["learned"],
        summary["sentence"],
        found.joined(verdict),
    )


def judged_parrot(yardstick: Yardstick) -> Judged:
    """The trivial rival: its past looked up and copied, as long as the test series, and from as many starts.

    Raises ConfigError where the truth is too short for it.
    """
    dataset, wanted = yardstick.dataset, yardstick.settings.prediction
    horizon = min(wanted.horizon, dataset.test.longest // 2, dataset.test.longest - CONTEXT)
    if horizon < wanted.n:
        raise ConfigError(f"{PARROT}: the truth is too short for {wanted.n} steps ahead")
    parrot = Parrot.of(yardstick.past, horizon=horizon)
    generated = parrot.run(dataset.test.values[:CONTEXT], yardstick.settings.free_run.length(dataset.test))
    metrics = attractor_metrics(
        dataset.test, dataset.second_test, generated, seed=yardstick.seed, others=metrics_from_outside()
    )
    starts = dataset.test.spread(wanted.num_starts, before=CONTEXT - 1, after=horizon)
    contexts = dataset.test.windows(starts - CONTEXT + 1, CONTEXT)
    metrics += prediction_metrics(
        dataset.test.windows(starts + 1, horizon),
        parrot.forecasts(contexts, horizon),
        mean=dataset.test.values.mean(0),
        scale=dataset.test.values.std(0),
        n=wanted.n,
        threshold=wanted.threshold,
        time_per_step=dataset.time_per_step,
        lyapunov_exponent=None if yardstick.truth is None else yardstick.truth.rate,
        in_own_units=dataset.scaling.invert,
    )
    return Judged(PARROT, tuple(metrics))


def floor_of(judged: Mapping[str, Metric], yardstick: Yardstick) -> Judged:
    """What a perfect model scores: the floors as if they were a model's."""
    floors = (
        metric._replace(value=metric.floor, standard_error=metric.floor_standard_error, note="")
        for metric in judged.values()
    )
    return Judged(FLOOR, tuple(floors), *_exponent(yardstick.truth, "there is none"))


def _conduct(
    run: Evaluation, trajectory: Trajectory, estimate: Truth | None, reason: str, yardstick: Yardstick
) -> Conduct:
    period = None
    if run.escape is None:
        last = trajectory.series.parts()[-1].values
        period = period_of(last, yardstick.dataset.test.values.std(0))
    escaped = lost(run) if len(run.starts) else (0, 1)
    kind, chaotic, faults = "", None, ""
    if period is not None:
        kind, chaotic = cycle_of(period), False
    elif estimate is not None and estimate.trusted:
        kind, chaotic = ("chaotic" if estimate.chaotic else "regular"), estimate.chaotic
    elif estimate is not None:
        reason = str(estimate)
    return Conduct(
        run.escape,
        run.steps,
        escaped,
        ((kind, 1.0),) if kind else (),
        chaotic,
        faults,
        unmeasured=reason,
        is_trajectory=True,
    )


def _findings_of_estimate(estimate: Truth | None, reason: str) -> Findings:
    if estimate is None:
        return Findings({"lambda_max_unmeasured": reason}, shown=(f"no exponent from the series: {reason}",))
    return Findings({"lyapunov_checks": checks_summary(estimate.checks)}, shown=(str(estimate),))


def _exponent(estimate: Truth | None, reason: str) -> tuple[float | None, float | None, str]:
    if estimate is None:
        return None, None, reason
    return float(estimate.exponents[0]), float(estimate.standard_error[0]), str(estimate.grade)


def _of_spectrum(spectrum: LyapunovSpectrum | None, reason: str) -> tuple[float | None, float | None, str]:
    if spectrum is None:
        return None, None, reason
    grade: Grade = worst(spectrum.checks)
    return float(spectrum.exponents[0]), float(spectrum.standard_error[0]), str(grade)
