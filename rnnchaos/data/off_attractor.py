"""Orbits from off the attractor, which training sees beside the series on it, and nothing else does."""

import dataclasses
from typing import Annotated, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from annotated_types import Ge, Gt, Lt
from jaxtyping import Float

from rnnchaos.data.dysts_series import DystsSeries
from rnnchaos.data.orbits import orbit, orbits_from
from rnnchaos.data.series_file import SeriesFile, check_time_step
from rnnchaos.pieces import Pieces
from rnnchaos.setting import Auto, Positive, Seed, SettingError, Unit
from rnnchaos.systems import AbstractSystem

# More states of the attractor than these do not change its standard deviations.
_STATES = 20_000
# An orbit that goes so many times as far as the attractor does, and starts are off it, counts as one that escapes: it
# may stay finite for long where distances grow exponentially, and its squared errors would drown all others.
_ESCAPES = 5.0


@dataclasses.dataclass(frozen=True, kw_only=True)
class OffAttractorSettings:
    """Settings of orbits from off the attractor. Of a file, `off_attractor_path` names them."""

    off_attractor_orbits: Annotated[int, Ge(0), Unit("orbit")] = 0
    """Orbits of the equations that start off the attractor, for training alone to see beside the series."""
    off_attractor_steps: Annotated[int, Ge(2), Unit("step")] = 200
    """Of each of them, from its start on; more than training.window, which has to fit in."""
    off_attractor_spread: Positive = 1.0
    """How far off they start: states of the attractor are moved by normal numbers of so many standard deviations of
    each axis, hidden ones included. What drives a system is not moved, and of a delay the history as a whole."""
    off_attractor_share: Annotated[float, Gt(0), Lt(1)] | Auto = "auto"
    """Share of the training windows that is drawn from them; auto draws all windows alike."""
    off_attractor_seed: Seed = 0
    """Of their starts."""


class OffAttractor(NamedTuple):
    """Series that start off the attractor, and how many others went too far or to infinity."""

    series: Pieces
    escaped: int = 0


def check_off_attractor(source: type, orbits: int) -> None:
    """Raise SettingError where orbits from off the attractor are asked of a source whose states cannot be set."""
    if orbits == 0 or issubclass(source, AbstractSystem):
        return
    hint = (
        "its states cannot be set; the same flow in a YAML of its own (dataset=equations) can start anywhere"
    )
    if issubclass(source, SeriesFile):
        hint = "{group}off_attractor_path names files of trials that start off the attractor"
    raise SettingError("off_attractor_orbits", f"be 0 for {source.__name__}", orbits, hint)


def window_too_long(steps: int, window: int) -> SettingError:
    """What is raised where no training window fits into the orbits; it names settings as they stand in a config."""
    must = f"be more than the window of {window} steps (training.window)"
    return SettingError("dataset.off_attractor_steps", must, steps)


def off_attractor_of(
    source: AbstractSystem | SeriesFile | DystsSeries,
    settings: OffAttractorSettings,
    train: Pieces,
    *,
    dt: float,
    transient: int,
    lost: int,
) -> OffAttractor | None:
    """The orbits that `settings` ask for, in the source's own units, `lost` steps longer than they say; None of most.

    Those of a system start about the states of its training series `train`, which begins after `transient` steps.
    Raises ConfigError where all of them go too far or to infinity, and as reading files does.
    """
    if isinstance(source, SeriesFile):
        return _of_file(source, dt, lost)
    if settings.off_attractor_orbits == 0:
        return None
    assert isinstance(source, AbstractSystem)  # it has been checked
    steps, spread = settings.off_attractor_steps + lost, settings.off_attractor_spread
    on = orbit(source, num_steps=min(len(train), _STATES), transient=transient)
    seen, finite = orbits_from(source, _starts(source, on, settings), num_steps=steps)
    axes, centre = source.num_axes, train.values.mean(0)
    farthest = _ESCAPES * (np.abs(train.values - centre).max(0) + spread * train.values.std(0))
    with np.errstate(invalid="ignore"):  # what is not finite is near nothing
        near = (np.abs(seen[:, :, :axes] - centre) <= farthest).all((1, 2))
    kept = seen[finite & near]
    if not len(kept):
        count = len(seen)
        must = f"be smaller: each of the {count} orbits from off the attractor goes too far or to infinity"
        raise SettingError("off_attractor_spread", must, spread)
    values, inputs = np.split(np.concatenate(kept), [axes], axis=1)
    series = Pieces(values, (steps,) * len(kept), inputs if source.input_names else None)
    return OffAttractor(series, len(seen) - len(kept))


def _starts(
    system: AbstractSystem, on: Float[np.ndarray, "time state"], settings: OffAttractorSettings
) -> Float[np.ndarray, "orbit state"]:
    rng = np.random.default_rng(settings.off_attractor_seed)
    chosen = on[rng.integers(0, len(on), settings.off_attractor_orbits)]
    pushes = settings.off_attractor_spread * on.std(0) * rng.standard_normal(chosen.shape)
    with jax.enable_x64(True):
        return np.asarray(jax.vmap(system.displaced)(jnp.asarray(chosen), jnp.asarray(pushes)))


def _of_file(source: SeriesFile, dt: float, lost: int) -> OffAttractor | None:
    read = source.read_off_attractor()
    if read is None:
        return None
    check_time_step("off_attractor_path", source.off_attractor_path, read.dt, like=dt)
    if not len(read.series.at_least(lost + 1)):
        must = f"hold pieces of more than the {lost} rows that embedding takes"
        raise SettingError("off_attractor_path", must, source.off_attractor_path)
    return OffAttractor(read.series)
