"""A candidate tried as the attractor it was trained on: by its orbits and by data, never by a true spectrum."""

from typing import NamedTuple

import jax
import numpy as np
from jaxtyping import Float

from rnnchaos.attractors.staying import Staying, share_staying
from rnnchaos.data import Dataset
from rnnchaos.errors import ConfigError
from rnnchaos.metrics import distance_with_spread, transport_distance
from rnnchaos.metrics.series import OVERFLOW
from rnnchaos.models import Network
from rnnchaos.models.simulation import forecasts, histories, measured, sampled_runs
from rnnchaos.series import prediction_errors
from rnnchaos.tangent.propagation import follow, start_orbits
from rnnchaos.tangent.tangent import random_basis

# Orbits, and samples of each.
ORBITS, _SAMPLES = 64, 1_000
# Wasserstein's distance sees so many points of each series.
_POINTS = 10_000
# It may be above its floor by so many of the spreads of that.
_SPREADS = 2.0
# Exponents: orbits, QR intervals of so many steps, in blocks, of which the first ones align the tangent vectors.
_FOLLOWED, _INTERVALS, _INTERVAL, _BLOCKS, _ALIGNING = 16, 80, 5, 10, 2
# The exponent of a flow that is 0 is smaller than this share of the next one, or than so many standard errors.
_SMALLER, _ERRORS = 0.03, 2.0
# The next step may be predicted so many times worse than by neighbours in the data, or with so small an error, standard
# deviations; where neighbours err by more than the last, of noise or of a hidden part, they say nothing of the map.
_WORSE, _FINE, _COARSE = 2.0, 3e-5, 0.01
_QUERIES = 400


class Yardstick(NamedTuple):
    """What the data themselves reach, taken once for all candidates."""

    truth: Float[np.ndarray, "truth_time dimension"]
    """A stretch of the training series."""
    other: Float[np.ndarray, "time dimension"]
    """The validation series."""
    floor: float
    """Wasserstein's distance of the two, standard deviations."""
    spread: float
    """How far it moves where blocks are drawn anew; the floor itself where there are too few points for that."""
    step_allowed: float = np.inf
    """What the next step may be wrong by, by what neighbours in the training series say of it, standard deviations."""

    @classmethod
    def of(cls, dataset: Dataset) -> "Yardstick":
        """Training against validation series, or where both are one the halves of it."""
        truth, other = dataset.train.values, dataset.validation.values
        if np.array_equal(truth, other):
            truth, other = np.array_split(other, 2)
        try:
            floor, spread = distance_with_spread(
                _thinned(other), _thinned(truth), rng=np.random.default_rng(0)
            )
        except ConfigError:  # a constant axis: nothing is at any distance in its units
            return cls(truth, other, np.inf, np.inf)
        return cls(truth, other, floor, floor if spread is None else spread, _step_allowed(dataset))


class AttractorTrial(NamedTuple):
    """How a candidate fared, and what the data allow."""

    orbits: int
    steps: int
    """Of each orbit, from points all along the validation series."""
    stay: int
    """Orbits that stay on the attractor."""
    fell: int
    """Orbits that left for a small part of it: a fixed point, a cycle, a smaller attractor that is chaotic."""
    escaped: int
    """Orbits that left every bound."""
    share_error: float
    """Standard error of the share that stays."""
    distance: float
    """Sliced Wasserstein distance of all orbits from the validation series, standard deviations; infinite for none."""
    floor: float
    """That of the training series."""
    spread: float
    """Standard error of the floor."""
    zero_exponent: float = np.nan
    """Of a flow, the exponent of the candidate nearest 0, nats per time unit; nan for a map or where orbits leave."""
    zero_allowed: float = np.nan
    """What it may be: a share of the next one, and two standard errors."""
    step_error: float = np.nan
    """Of the next step, from points of the validation series, standard deviations: half of them err by less.
    nan for a network with a state of its own beside what it is shown, which it has yet to find there."""
    step_allowed: float = np.inf
    """What it may be, by what neighbours in the training series say of the next step."""
    drawn_in: float = 0.0
    """The share by which the candidate was drawn in (`drawing_in`)."""

    @property
    def share(self) -> float:
        """Of the orbits, those that stay."""
        return self.stay / self.orbits

    @property
    def excess(self) -> float:
        """Distance and zero exponent by what they may be, the larger one; and by how many decades the step is worse."""
        allowed = self.floor + _SPREADS * self.spread
        distance = 0.0 if self.distance == 0 or allowed == np.inf else self.distance / max(allowed, 1e-300)
        zero = self.zero_exponent / self.zero_allowed
        shape = max(distance, 0.0 if np.isnan(zero) else abs(zero))
        return float(shape + np.log10(self.step_error / self.step_allowed) if self._is_coarse else shape)

    @property
    def _is_coarse(self) -> bool:
        return self.step_error > self.step_allowed

    @property
    def passes(self) -> bool:
        """Whether the candidate is good enough: all orbits stay, and nothing is beyond what is allowed."""
        return self.stay == self.orbits and self.excess <= 1 and not self._is_coarse

    @property
    def rank(self) -> tuple[float, float]:
        """By which candidates are ordered, the best first: the share that leaves, then the excess."""
        return 1 - self.share, self.excess

    def facts(self) -> dict[str, float | int | bool | None]:
        """For a summary; None for what was not measured."""
        named = self._asdict() | {"share": self.share, "passes": self.passes}
        return {name: value if np.isfinite(value) else None for name, value in named.items()}

    @classmethod
    def restored(cls, row: Float[np.ndarray, " field"]) -> "AttractorTrial":
        """From an array of its fields."""
        counts = cls._fields.index("share_error")
        return cls(*(int(value) for value in row[:counts]), *(float(value) for value in row[counts:]))

    def __str__(self) -> str:
        who = f"all {self.orbits}" if self.stay == self.orbits else f"{self.stay} of {self.orbits}"
        left = [f"{self.fell} keep to a small part of it (as a cycle does)"] if self.fell else []
        left += [f"{self.escaped} escaped"] if self.escaped else []
        said = [
            f"{who} orbits stay on the attractor for {self.steps} steps",
            *left,
            f"Wasserstein distance {self.distance:.2g} (floor {self.floor:.2g} ± {self.spread:.1g})",
        ]
        if np.isfinite(self.zero_exponent):
            said.append(f"zero exponent {self.zero_exponent:.2g} (allowed {self.zero_allowed:.2g})")
        if self._is_coarse:
            said.append(f"the next step errs by {self.step_error:.2g} (allowed {self.step_allowed:.2g})")
        if self.drawn_in > 0:
            said.append(f"drawn in by {self.drawn_in:.1g}, without which orbits escape")
        return ", ".join(said)


def trial(
    network: Network, dataset: Dataset, *, num_steps: int, yardstick: Yardstick | None = None
) -> AttractorTrial:
    """Follow 64 orbits of an autonomous network, `num_steps` steps each, from points all along the validation series.

    Orbits of what is a curve are followed in float32, in which a map would fall on a cycle of rounding errors. Raises
    SettingError where the validation series is shorter than what the network starts from.
    """
    yardstick = Yardstick.of(dataset) if yardstick is None else yardstick
    starts = dataset.validation.spread(ORBITS, before=network.history - 1)
    every = (num_steps // _SAMPLES) | 1  # odd: an even one sees one phase of a cycle alone
    runs = sampled_runs(
        network,
        histories(network, dataset.validation, starts),
        count=max(1, num_steps // every),
        every=every,
        single=dataset.continuous,
    )
    seen = np.where(np.abs(runs.observations) <= OVERFLOW, runs.observations, np.inf)
    staying = share_staying(seen, yardstick.truth, yardstick.other, every=every)
    bounded = seen[~staying.escaped].reshape(-1, seen.shape[-1])
    distance = np.inf
    if len(bounded):
        distance = transport_distance(_thinned(yardstick.other), _thinned(bounded))
    found = _trial_of(staying, distance, yardstick)
    # A hidden part of the state takes time to settle.
    starts_whole = network.state_size <= network.history * dataset.dimension
    if starts_whole and np.isfinite(yardstick.step_allowed):
        found = found._replace(step_error=_step_error(network, dataset))
    if not dataset.flow or found.stay < found.orbits:
        return found
    zero, allowed = _zero_exponent(network, dataset, runs.states)
    return found._replace(zero_exponent=zero, zero_allowed=allowed)


def _trial_of(staying: Staying, distance: float, yardstick: Yardstick) -> AttractorTrial:
    return AttractorTrial(
        orbits=len(staying.left),
        steps=staying.num_steps,
        stay=int(np.sum(staying.left < 0)),
        fell=int(staying.fell.sum()),
        escaped=int(staying.escaped.sum()),
        share_error=staying.standard_error,
        distance=distance,
        floor=yardstick.floor,
        spread=yardstick.spread,
        step_allowed=yardstick.step_allowed,
    )


def _step_allowed(dataset: Dataset) -> float:
    errors = prediction_errors(dataset.train, queries=_QUERIES)
    local = np.inf if errors is None else _median_size(errors)
    return max(_WORSE * local, _FINE) if local < _COARSE else np.inf


def _step_error(network: Network, dataset: Dataset) -> float:
    series = dataset.validation
    starts = series.spread(_QUERIES, before=network.history - 1, after=1)
    found = forecasts(network, histories(network, series, starts), num_steps=1)[:, -1]
    return _median_size((found - series.values[starts + 1]) / series.values.std(0))


def _median_size(errors: Float[np.ndarray, "point dimension"]) -> float:
    size = float(np.median(np.sqrt(np.mean(errors**2, axis=1))))
    return size if np.isfinite(size) else np.inf


def _zero_exponent(
    network: Network, dataset: Dataset, states: Float[np.ndarray, "orbit state"]
) -> tuple[float, float]:
    """The exponent nearest 0 and what it may be, nats per time unit, from the ends of orbits on."""
    count = min(network.state_size, max(3, dataset.dimension))
    states = states[:: -(-len(states) // _FOLLOWED)]
    with jax.enable_x64(True):
        orbits = start_orbits(np.asarray(states, np.float64), random_basis(count, states.shape[1]))
        _, growth = follow(
            measured(network).step,
            None,
            orbits,
            _BLOCKS,
            jax.device_put(_INTERVALS),
            jax.device_put(_INTERVAL),
        )
        log_lengths = np.asarray(growth.log_lengths)
    time = _INTERVALS * _INTERVAL * dataset.time_per_step
    own = log_lengths[:, _ALIGNING:].mean(axis=1) / time
    if not np.isfinite(own).all():
        return np.nan, np.nan
    exponents, order = own.mean(axis=0), np.argsort(np.abs(own.mean(axis=0)))
    error = own[:, order[0]].std(ddof=1) / len(own) ** 0.5 if len(own) > 1 else 0.0
    following = abs(exponents[order[1]]) if count > 1 else 0.0
    return float(exponents[order[0]]), float(_SMALLER * following + _ERRORS * error)


def _thinned(series: Float[np.ndarray, "time dimension"]) -> Float[np.ndarray, "point dimension"]:
    """Rows drawn at random, in their order: of a map's orbit regular ones average faster than independent orbits do."""
    if len(series) <= _POINTS:
        return series
    return series[np.sort(np.random.default_rng(0).choice(len(series), _POINTS, replace=False))]
