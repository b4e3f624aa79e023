"""A partially observed system judged on all of its axes, which are read off the network's latent states."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from rnnchaos.data import AllAxes, Dataset
from rnnchaos.diagnostics.settings import DiagnosticsSettings
from rnnchaos.metrics import Metric, divergence_metric
from rnnchaos.metrics.series import OVERFLOW
from rnnchaos.models import Network
from rnnchaos.models.simulation import follow, follow_many, histories

# Steps of a free run over which a chaotic system is still where the network is: those of arXiv:2110.07238.
_STEPS = 10
_BINNED = (
    "KL(truth‖generated) on all axes, 10 bins a dimension, ±2 standard deviations about zero; axes read off"
)


class Readout(NamedTuple):
    """What all axes are of a latent state: x = z W + b."""

    weight: Float[np.ndarray, "state axis"]
    bias: Float[np.ndarray, " axis"]

    def apply(self, states: Float[np.ndarray, "time state"]) -> Float[np.ndarray, "time axis"]:
        """All axes behind latent states, in scaled units; not finite where a state is not."""
        with np.errstate(invalid="ignore", over="ignore"):
            return states @ self.weight + self.bias


def fit_readout(
    states: Float[np.ndarray, "point state"], truth: Float[np.ndarray, "point axis"], *, intercept: bool
) -> Readout:
    """The least-squares regression of all axes on latent states, of all that fit equally well the one of least norm.

    States that are not finite do not count; where none is, the readout is 0.
    """
    # float64 first: in float32, 1e100 is infinite.
    bounded = np.all(np.abs(np.asarray(states, np.float64)) <= OVERFLOW, axis=1)
    states, truth = states[bounded], truth[bounded]
    if len(states) == 0:
        return Readout(np.zeros((states.shape[1], truth.shape[1])), np.zeros(truth.shape[1]))
    origin, mean = np.zeros(states.shape[1]), np.zeros(truth.shape[1])
    if intercept:
        origin, mean = states.mean(0), truth.mean(0)
    weight = np.linalg.lstsq(states - origin, truth - mean)[0]
    return Readout(weight, mean - origin @ weight)


def all_axes_metrics(network: Network, dataset: Dataset, settings: DiagnosticsSettings) -> list[Metric]:
    """D_stsp on all axes of one free run from the first test point, by two regressions; none where all are observed.

    `d_stsp_all_axes_paper` regresses the true axes on the latent states of the first 10 steps of that free run, without
    an intercept, as arXiv:2110.07238 does; `d_stsp_all_axes` with one, on those of 10 steps after each of
    `diagnostics.prediction.num_starts` starts along the test series.
    """
    truth = dataset.all_axes
    if truth is None:
        return []
    if network.num_inputs:
        return []  # a free run along the inputs of each piece is judged on what is observed
    skipped = settings.free_run.transient
    states = _free_run_states(network, dataset, skipped + settings.free_run.length(dataset.test))
    seen = truth.test[network.history :][:_STEPS]
    num_starts = settings.prediction.num_starts

    def metric(name: str, readout: Readout, how: str) -> Metric:
        generated = readout.apply(states[skipped:])
        return divergence_metric(
            name, truth.test, truth.second_test, generated, definition=f"{_BINNED} {how}"
        )

    return [
        metric(
            "d_stsp_all_axes_paper",
            fit_readout(states[: len(seen)], seen, intercept=False),
            f"the latent states of the run's first {_STEPS} steps, without intercept (arXiv:2110.07238)",
        ),
        metric(
            "d_stsp_all_axes",
            _readout_of_many_starts(network, dataset, truth, num_starts),
            f"the latent states of {_STEPS} steps after each of {num_starts} starts, with intercept",
        ),
    ]


def _free_run_states(network: Network, dataset: Dataset, num_steps: int) -> Float[np.ndarray, "time state"]:
    (history,) = histories(network, dataset.test, np.zeros(1, dtype=int))
    return follow(network, history, num_steps=num_steps).states


def _readout_of_many_starts(network: Network, dataset: Dataset, truth: AllAxes, num_starts: int) -> Readout:
    steps = min(_STEPS, dataset.test.longest - network.history)
    starts = dataset.test.spread(num_starts, before=network.history - 1, after=steps)
    states = follow_many(network, histories(network, dataset.test, starts), num_steps=steps).states
    seen = truth.test[starts[:, None] + 1 + np.arange(steps)]
    return fit_readout(states.reshape(-1, states.shape[-1]), seen.reshape(-1, seen.shape[-1]), intercept=True)
