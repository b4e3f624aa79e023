"""Do ±1.96 standard errors of the metrics hold what other runs of the same length give in the mean?

    python scripts/check_metric_errors.py [--repeats 100] [--length 20000] [--models "Lorenz-63, ρ = 29"] [--seed 0]
    python scripts/check_metric_errors.py --wasserstein     of that metric alone

A model is a known system, at the truth's parameter (so that its metrics are at their floors) or at another. Its free
runs are held one by one against one orbit of the truth, and for D_stsp, whose error speaks of both series, each against
an orbit of its own; its forecasts are made from points of one test series after the other. The share of intervals that
hold the mean over all of them is printed with its binomial error, with the standard error that is stated, in the mean,
and the standard deviation that there is.

A share must lie between 90 and 98 %: a row is marked, low or wide, where a true share of 90 % would give so few, or one
of 98 % so many, in less than 1 of 50 such checks. Exits 1 where one is low.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from typing import NamedTuple

os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ["JAX_ENABLE_X64"] = "1"

import jax
import numpy as np
from scipy.stats import binom

from rnnchaos.metrics import (
    Metric,
    attractor_metrics,
    prediction_metrics,
    state_space_estimate,
    wasserstein_estimate,
)
from rnnchaos.metrics.report import DIRECTIONS_SEED
from rnnchaos.systems import Halvorsen, Henon, Ikeda, Lorenz63, Rossler
from rnnchaos.typing import Step

LOW, HIGH, CHANCE = 0.90, 0.98, 0.02
_TRANSIENT = 3000
_HORIZON, _STARTS, _MANY = 600, 100, 2000


class Model(NamedTuple):
    """A system in the place of a network, and the one that it is held against."""

    truth: Step
    model: Step
    start: np.ndarray
    n: int
    """Steps ahead of the n-step error."""


def models() -> dict[str, Model]:
    """Each system as its own model, and two others that are wrong by a little and by more."""
    lorenz, rossler, henon = Lorenz63().step, Rossler(dt=0.05).step, Henon().step
    flow, slow, plane = np.array([1.0, 1.0, 25.0]), np.array([1.0, 1.0, 0.0]), np.array([0.1, 0.1])
    return {
        "Lorenz-63 itself": Model(lorenz, lorenz, flow, 20),
        "Lorenz-63, ρ = 29": Model(lorenz, Lorenz63(rho=29.0).step, flow, 20),
        "Lorenz-63, ρ = 38": Model(lorenz, Lorenz63(rho=38.0).step, flow, 100),
        "Rössler itself": Model(rossler, rossler, slow, 50),
        "Rössler, c = 7": Model(rossler, Rossler(c=7.0, dt=0.05).step, slow, 50),
        "Hénon itself": Model(henon, henon, plane, 5),
        "Hénon, a = 1.39": Model(henon, Henon(a=1.39).step, plane, 5),
        "Ikeda itself": Model(Ikeda().step, Ikeda().step, plane, 5),
        "Halvorsen, a = 1.5": Model(Halvorsen().step, Halvorsen(a=1.5).step, np.array([-5.0, 0.5, 1.0]), 20),
    }


class Coverage(NamedTuple):
    """How often ±1.96 standard errors of a metric hold its mean."""

    name: str
    mean: float
    stated: float
    """Standard error, in the mean."""
    deviation: float
    """Of the values."""
    held: int
    count: int

    @property
    def low(self) -> bool:
        """Whether a true share of 90 % would hardly give so few."""
        return bool(binom.cdf(self.held, self.count, LOW) < CHANCE)

    @property
    def wide(self) -> bool:
        """Whether one of 98 % would hardly give so many."""
        return bool(binom.sf(self.held - 1, self.count, HIGH) < CHANCE)


def coverages(
    model: Model, *, repeats: int, length: int, seed: int, wasserstein: bool = False
) -> Iterator[Coverage]:
    """Of every metric of an attractor, and of the two of forecasts where the model is not the truth."""
    truth, *tests = orbits(model.truth, model.start, repeats + 1, length, seed)
    mean, scale = truth.mean(0), truth.std(0)
    runs = (orbits(model.model, 1.01 * model.start, repeats, length, seed + 1) - mean) / scale
    truth, tests = (truth - mean) / scale, [(test - mean) / scale for test in tests]
    if wasserstein:
        found = [[transport_metric(truth, run)] for run in runs]
    else:
        found = [with_own_truth(truth, test, run) for test, run in zip(tests, runs, strict=True)]
    if model.model is not model.truth and not wasserstein:

        def forecast(states: np.ndarray, num_steps: int) -> np.ndarray:
            return (follow(model.model, states * scale + mean, num_steps) - mean) / scale

        for metrics, test in zip(found, tests, strict=True):
            metrics += forecast_metrics(forecast, test, model.n)
    for metrics in zip(*found, strict=True):
        kept = [
            metric for metric in metrics if metric.value is not None and metric.standard_error is not None
        ]
        values, errors = (np.array([getattr(m, name) for m in kept]) for name in ("value", "standard_error"))
        held = np.abs(values - values.mean()) <= 1.96 * errors
        yield Coverage(
            kept[0].name, values.mean(), errors.mean(), values.std(ddof=1), int(held.sum()), len(held)
        )


def with_own_truth(truth: np.ndarray, own: np.ndarray, run: np.ndarray) -> list:
    """The metrics of a run against the truth of all, and D_stsp against a truth of its own."""
    mean, scale = own.mean(0), own.std(0)
    found = []
    for metric in attractor_metrics(truth, None, run):
        if metric.name.startswith("d_stsp"):
            form = metric.name.removeprefix("d_stsp_")
            each = state_space_estimate((own - mean) / scale, (run - mean) / scale, form=form)
            metric = metric._replace(value=each.value, standard_error=each.standard_error)
        found.append(metric)
    return found


def transport_metric(truth: np.ndarray, run: np.ndarray) -> Metric:
    """The Wasserstein distance as among the metrics of an attractor."""
    found = wasserstein_estimate(truth, run, rng=np.random.default_rng(DIRECTIONS_SEED))
    return Metric("wasserstein", found.value, found.standard_error, None, None, "s.d.", "")


def forecast_metrics(forecast, test: np.ndarray, n: int) -> list:
    """The n-step error and the valid prediction time, as after a training."""
    starts = np.linspace(0, len(test) - 1 - _HORIZON, _STARTS).astype(int)
    many = np.linspace(0, len(test) - 1 - n, _MANY).astype(int)
    return prediction_metrics(
        test[starts[:, None] + 1 + np.arange(_HORIZON)],
        forecast(test[starts], _HORIZON),
        mean=test.mean(0),
        scale=test.std(0),
        n=n,
        ahead=(test[many + n], forecast(test[many], n)[:, -1]),
        time_per_step=1.0,
    )


def orbits(step: Step, start: np.ndarray, count: int, length: int, seed: int) -> np.ndarray:
    """Independent orbits on the attractor: from scattered points, after a transient."""
    starts = start * (1 + 0.05 * np.random.default_rng(seed).standard_normal((count, len(start))))
    return follow(step, starts, _TRANSIENT + length)[:, _TRANSIENT:]


def follow(step: Step, states: np.ndarray, num_steps: int) -> np.ndarray:
    """Orbits from several states, without them."""

    def advance(states, _):
        states = jax.vmap(step)(states)
        return states, states

    return np.asarray(jax.jit(lambda x: jax.lax.scan(advance, x, None, num_steps)[1])(states)).transpose(
        1, 0, 2
    )


def main() -> int:
    known = models()
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeats", type=int, default=100)
    parser.add_argument("--length", type=int, default=20_000, help="points of each run and test series")
    parser.add_argument("--models", nargs="+", choices=known, default=list(known))
    parser.add_argument("--seed", type=int, default=0, help="of the starts")
    parser.add_argument("--wasserstein", action="store_true", help="the Wasserstein distance alone")
    options = parser.parse_args()
    print(f"{'model':20} {'metric':28}     mean stated s.e.     s.d. covered %")
    missed = 0
    for name in options.models:
        for found in coverages(
            known[name],
            repeats=options.repeats,
            length=options.length,
            seed=options.seed,
            wasserstein=options.wasserstein,
        ):
            share = found.held / found.count
            error = np.sqrt(max(share * (1 - share), 1 / found.count) / found.count)
            line = f"{name:20} {found.name:28} {found.mean:8.3g} {found.stated:11.2g} {found.deviation:8.2g}"
            mark = " low" if found.low else " wide" if found.wide else ""
            print(f"{line} {100 * share:5.1f}({100 * error:.1f}){mark}", flush=True)
            missed += found.low
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
