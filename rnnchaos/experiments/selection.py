"""Which weights a training run keeps: the last, or those whose free run is most like the training series."""

import dataclasses
from typing import Any, Literal

import numpy as np

from rnnchaos.cells import Network
from rnnchaos.data import Dataset
from rnnchaos.experiments.simulation import forecasts
from rnnchaos.metrics import attractor_divergence

# Candidates come from this last share of training, spread evenly; each is judged by this many free runs.
_LAST_SHARE = 0.2
_CANDIDATES = 10
_RUNS = 8
_STEPS_PER_RUN = 50_000
# Of the training series, as much is compared: Gaussian mixtures take time with every point.
_MOST_POINTS = 100_000


@dataclasses.dataclass
class Selection:
    """The network to keep, as training goes on.

    A loss over τ steps does not see where a free run ends up after thousands, and neighbouring weights of the same
    loss differ in that: some have a stable cycle beside or inside the attractor. `best` therefore lets candidates
    run freely and compares them with the training series, never with the test series.
    """

    rule: Literal["last", "best"]
    dataset: Dataset
    num_steps: int
    record_every: int
    network: Network
    """The one to keep so far."""
    step: int = 0
    """Optimiser steps after which it was taken."""
    scores: list[float] = dataclasses.field(default_factory=list)
    """D_stsp of every candidate against the training series, nats; infinite where it diverged."""

    def offer(self, network: Network, step: int) -> float | None:
        """Consider the network after `step` optimiser steps; its score, where it was a candidate."""
        if self.rule == "last" or not self._is_due(step):
            if self.rule == "last" or not self.scores:
                self.network, self.step = network, step
            return None
        score = self._score(network)
        if score <= min(self.scores, default=np.inf):
            self.network, self.step = network, step
        self.scores.append(score)
        return score

    def facts(self) -> dict[str, Any]:
        """What was kept and how the candidates scattered, for the summary."""
        spread = None
        if self.scores:
            spread = {
                "best": min(self.scores),
                "median": float(np.median(self.scores)),
                "worst": max(self.scores),
            }
        return {"kept": self.rule, "kept_step": self.step, "candidates_d_stsp": spread}

    def _is_due(self, step: int) -> bool:
        spacing = max(1, int(_LAST_SHARE * self.num_steps / _CANDIDATES))
        passed = (self.num_steps - step) // spacing
        return passed < _CANDIDATES and (self.num_steps - step) % spacing < self.record_every

    def _score(self, network: Network) -> float:
        series = self.dataset.train[:_MOST_POINTS]
        starts = series[np.linspace(0, len(series) - 1, _RUNS).astype(int)]
        runs = forecasts(network, starts, num_steps=min(_STEPS_PER_RUN, len(series)))
        generated = runs.reshape(-1, self.dataset.dimension)
        return attractor_divergence(series, generated)
