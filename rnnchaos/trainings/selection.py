"""Which weights a training run keeps: the last, or the best of late candidates on the validation series."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Literal

import numpy as np
from jaxtyping import Float, Int

from rnnchaos.data import Dataset
from rnnchaos.metrics import attractor_divergence, spectrum_divergence, transport_distance
from rnnchaos.models import Network, weights
from rnnchaos.models.recorded import inputs_from
from rnnchaos.models.simulation import forecasts, histories, sampled_runs
from rnnchaos.pieces import Pieces
from rnnchaos.setting import chosen
from rnnchaos.settings.schema import Settings
from rnnchaos.trainings.attempts import Attempt
from rnnchaos.trainings.attractor_trial import ORBITS, AttractorTrial, Yardstick, trial
from rnnchaos.trainings.drawing_in import drawn_in

Rule = Literal["attractor", "last", "prediction_error", "d_stsp", "d_h", "wasserstein"]

# Candidates come from this last share of training, spread evenly; a metric of attractors sees this many free runs.
_LAST_SHARE = 0.2
_CANDIDATES = 10
_RUNS = 8
# A trial of the attractor follows many orbits, together as long as so many runs, each for so many steps at least.
_TOGETHER, _LEAST_STEPS = 4, 2_000
_FORECASTS = 200
# Of the validation series, as much is compared: Gaussian mixtures take time with every point.
_MOST_POINTS = 100_000
_MOST_GENERATED = 400_000
_DISTANCES = {"d_stsp": attractor_divergence, "wasserstein": transport_distance}


@dataclasses.dataclass
class Selection:
    """The network to keep, as training goes on.

    A loss over τ steps does not see where a free run ends up after thousands, and neighbouring weights of the same
    loss differ in that: some have a stable cycle beside or inside the attractor, and some a fixed point on which a
    chaotic orbit falls after a hundred thousand steps. Candidates are therefore judged on a series of their own, the
    validation series, never on the test series, by free runs of many more steps than the one that the evaluation will
    make. Where whole runs are not needed these are of many shorter orbits, which take less time and see more of how
    orbits fall (`attractor_trial`). A driven network has no attractor of its own: `attractor` then takes D_stsp. `last`
    judges candidates, too, to show how they scatter, and then keeps the last.
    """

    rule: Rule
    dataset: Dataset
    num_steps: int
    record_every: int
    n: int
    """Steps ahead of the prediction error."""
    run_length: int
    """Steps of each free run."""
    network: Network
    """The one to keep so far."""
    step: int = 0
    """Optimiser steps, of all attempts, after which it was taken."""
    kept_attempt: int = 1
    """The attempt that it is of."""
    attempt: Attempt = dataclasses.field(default_factory=Attempt)
    """The one under way."""
    scores: list[float] = dataclasses.field(default_factory=list)
    """Of every candidate; infinite where it diverged. Of a trial, Wasserstein's distance."""
    trials: list[AttractorTrial] = dataclasses.field(default_factory=list)
    """Of every candidate, where they are judged as trials of the attractor."""

    @classmethod
    def of(cls, settings: Settings, dataset: Dataset, num_steps: int, network: Network) -> "Selection":
        """Before training, from the settings."""
        training, prediction = settings.training, settings.diagnostics.prediction
        run_length = settings.diagnostics.free_run.length(dataset.test)
        return cls(
            training.keep,
            dataset,
            num_steps,
            chosen(training.record_every),
            prediction.n,
            run_length,
            network,
        )

    def go_on(self, attempt: Attempt, num_steps: int) -> None:
        """Take candidates of another attempt from now on, of so many steps."""
        self.attempt, self.num_steps = attempt, num_steps

    def restore(
        self, arrays: Mapping[str, np.ndarray], shapes: Callable[[int], Network], *, origin: str
    ) -> None:
        """Go on from what `arrays` gave; `shapes` are those of the network of an attempt."""
        kept = {name.removeprefix("network."): array for name, array in arrays.items()}
        self.kept_attempt = int(arrays.get("attempt", 1))
        self.network = weights.from_arrays(shapes(self.kept_attempt), kept, origin=origin)
        self.step, self.scores = int(arrays["step"]), [float(score) for score in arrays["scores"]]
        self.trials = [AttractorTrial.restored(row) for row in arrays.get("trials", np.zeros((0, 0)))]

    def arrays(self) -> dict[str, np.ndarray]:
        """All that changes as training goes on."""
        network = {f"network.{name}": array for name, array in weights.to_arrays(self.network).items()}
        changing = {
            "step": np.array(self.step),
            "attempt": np.array(self.kept_attempt),
            "scores": np.array(self.scores, dtype=float),
        }
        if self.trials:
            changing["trials"] = np.array(self.trials, dtype=float)
        return network | changing

    @property
    def metric(self) -> str:
        """What candidates are judged by."""
        if self.rule == "attractor" and self.network.num_inputs:
            return "d_stsp"
        return "prediction_error" if self.rule == "last" else self.rule

    @property
    def best(self) -> AttractorTrial | None:
        """How the network to keep fared as the attractor; None where it was not tried."""
        return _best(self.trials)

    @property
    def is_good(self) -> bool:
        """Whether the network to keep has passed its trial."""
        return self.best is not None and self.best.passes

    def offer(self, network: Network, step: int) -> float | None:
        """Consider the network after `step` optimiser steps of this attempt; its score, where it was a candidate."""
        if not self._is_due(step):
            if not self.scores:
                self._keep(network, step)
            return None
        network, score = self._judged(network)
        self.scores.append(score)
        if self._is_best():
            self._keep(network, step)
        return score

    def _keep(self, network: Network, step: int) -> None:
        self.network, self.step = network, self.attempt.begin + step
        self.kept_attempt = self.attempt.number

    def facts(self) -> dict[str, Any]:
        """What was kept and how the candidates scattered, for the summary."""
        finite = [score for score in self.scores if np.isfinite(score)]
        spread = {
            "metric": self.metric,
            "best": min(finite, default=None),
            "median": self._median(),
            "worst": max(finite, default=None),
            "diverged": len(self.scores) - len(finite),
            "count": len(self.scores),
        }
        facts: dict[str, Any] = {
            "kept": self.rule,
            "kept_step": self.step,
            "kept_attempt": self.kept_attempt,
            "candidates": spread if self.scores else None,
        }
        if self.best is not None:
            spread["passed"] = sum(each.passes for each in self.trials)
            facts["trial"] = self.best.facts()
        return facts

    def of_attempt(self) -> str:
        """In words, how the best candidate of the attempt under way fared."""
        best = _best(self.trials[self.attempt.tried :])
        return "there was no candidate" if best is None else f"none is good enough, at best {best}"

    def sentence(self) -> str:
        """What was kept, in words."""
        of = f" (attempt {self.kept_attempt})" if self.attempt.number > 1 else ""
        kept = f"kept the weights of step {self.step}{of}"
        if not self.scores:
            return kept
        if self.best is not None:
            count, passed = len(self.trials), sum(each.passes for each in self.trials)
            how = f"the best of {count} late candidates" if count > 1 else "the one candidate"
            good = f"{passed} of {count} are good enough" if passed else "none is good enough"
            return f"{kept}, {how}: {self.best}; {good}"
        if len(self.scores) == 1:
            return f"{kept}; {self.metric} on the validation series {self.scores[0]:.3g}"
        how = "the last" if self.rule == "last" else f"the best of {len(self.scores)} late candidates"
        finite = sorted(score for score in self.scores if np.isfinite(score))
        diverged = len(self.scores) - len(finite)
        said = f", {diverged} of {len(self.scores)} diverged" if diverged else ""
        range_said = f"{finite[0]:.3g} to {finite[-1]:.3g}, " if finite else ""
        middle = self._median()
        median = "median diverged" if middle is None else f"median {middle:.3g}"
        return (
            f"{kept}, {how}; {self.metric} of the candidates on the validation series "
            f"{range_said}{median}{said}"
        )

    def _median(self) -> float | None:
        middle = float(np.median(self.scores)) if self.scores else np.inf
        return middle if np.isfinite(middle) else None

    def _is_best(self) -> bool:
        """Whether the last candidate is to be kept; of equal ones, the later."""
        if self.rule == "last":
            return True
        if self.trials:
            return self.trials[-1].rank <= min(each.rank for each in self.trials)
        return self.scores[-1] <= min(self.scores)

    def _is_due(self, step: int) -> bool:
        spacing = max(1, int(_LAST_SHARE * self.num_steps / _CANDIDATES))
        passed = (self.num_steps - step) // spacing
        return passed < _CANDIDATES and (self.num_steps - step) % spacing < self.record_every

    def _judged(self, network: Network) -> tuple[Network, float]:
        """A candidate with its score; as an attractor it may be drawn in."""
        if self.metric != "attractor":
            return network, self._score(network)
        network, found = drawn_in(network, self.dataset, self._trial)
        self.trials.append(found)
        return network, found.distance

    def _score(self, network: Network) -> float:
        return (
            self._prediction_error(network) if self.metric == "prediction_error" else self._distance(network)
        )

    @cached_property
    def _yardstick(self) -> Yardstick:
        return Yardstick.of(self.dataset)

    def _trial(self, network: Network) -> AttractorTrial:
        steps = max(_LEAST_STEPS, self.run_length * _TOGETHER // ORBITS)
        return trial(network, self.dataset, num_steps=steps, yardstick=self._yardstick)

    def _prediction_error(self, network: Network) -> float:
        """Mean squared error n steps ahead, in units of the series' variance."""
        series = self.dataset.validation
        n = min(self.n, max(1, series.longest - network.history))
        starts = series.spread(_FORECASTS, before=network.history - 1, after=n)
        predicted = self._forecasts(network, series, starts, n)[:, -1]
        error = float(np.mean((predicted - series.values[starts + n]) ** 2 / series.values.var(0)))
        return error if np.isfinite(error) else float("inf")

    @staticmethod
    def _forecasts(
        network: Network, series: Pieces, starts: Int[np.ndarray, " start"], num_steps: int
    ) -> Float[np.ndarray, "start steps dimension"]:
        inputs = inputs_from(network, series, starts, num_steps=num_steps)
        return forecasts(network, histories(network, series, starts), num_steps=num_steps, inputs=inputs)

    def _distance(self, network: Network) -> float:
        """D_stsp, D_H or Wasserstein's distance of several free runs together."""
        series = self.dataset.validation.head(_MOST_POINTS)
        if self.metric == "d_h":  # a spectrum needs whole runs, a density only points from all along them
            runs = self._runs(network, series)
            return spectrum_divergence(series, Pieces.joined(map(Pieces.of, runs)))
        runs = self._runs(network, series) if network.num_inputs else self._points(network, series)
        generated = runs.reshape(-1, self.dataset.dimension)
        generated = generated[:: -(-len(generated) // _MOST_GENERATED)]
        return _DISTANCES[self.metric](series.values, generated)

    def _runs(self, network: Network, series: Pieces) -> Float[np.ndarray, "start time dimension"]:
        """Whole runs; of a driven network as far as recorded inputs go from starts in the first half."""
        if not network.num_inputs:
            return self._forecasts(network, series, series.spread(_RUNS), self.run_length)
        steps = max(1, min(self.run_length, (series.longest - network.history) // 2))
        starts = series.spread(_RUNS, before=network.history - 1, after=steps)
        return self._forecasts(network, series, starts, steps)

    def _points(self, network: Network, series: Pieces) -> Float[np.ndarray, "start time dimension"]:
        """Points of an autonomous network's orbits, of as many steps in all as those runs: side by side is faster.

        They begin on the data: of each the second half counts, where orbits have gone that do not stay there.
        """
        starts = series.spread(ORBITS, before=network.history - 1)
        steps = max(_LEAST_STEPS, self.run_length * _RUNS // ORBITS)
        every = (
            -(-steps * ORBITS // (2 * _MOST_GENERATED)) | 1
        )  # odd: an even one sees one phase of a cycle alone
        count = steps // every
        orbits = sampled_runs(
            network,
            histories(network, series, starts),
            count=count,
            every=every,
            single=self.dataset.continuous,
        ).observations
        return orbits[:, count // 2 :]


def _best(trials: Sequence[AttractorTrial]) -> AttractorTrial | None:
    """Of equal ones the last."""
    return min(reversed(trials), key=lambda each: each.rank) if trials else None
