"""Series of the catalogue's chaotic systems that series_battery.py does not have: some to tune on, some held out.

The rules by which they are chosen were fixed before any of them was looked at. Of the systems of at most four numbers
with a stored λ_max above 0 that are not in the battery, in the order of their names:

- for development, the first twelve flows and four maps, seen whole, every second one with 0.5 % of noise;
- held out, the next twelve flows, and the four maps from other starts, seen whole, the other half of them with noise;
  and the six flows after those, of which the first number alone is seen, without noise.

Series are 5000 points so far apart that they last 100 Lyapunov times at least.
"""

import os

os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")
os.environ["JAX_ENABLE_X64"] = "1"

import importlib
import math

import numpy as np
from series_battery import Kind, N, with_noise

from rnnchaos.data import observed_orbit
from rnnchaos.listings.facts import stored
from rnnchaos.systems import AbstractSystem

_IN_BATTERY = {
    "lorenz63",
    "lorenz63_paper",
    "rossler",
    "henon",
    "logistic",
    "ikeda",
    "thomas",
    "chua",
    "standard_map",
}
_IN_BATTERY |= {"tent", "lozi", "duffing", "driven_duffing", "sprott_b"}
_FLOWS, _OF_ONE_NUMBER = 12, 6
_LYAPUNOV_TIMES, _TRANSIENT, _MOST_NUMBERS = 100, 1_000, 4
_HELD_OUT_TRANSIENT = 50_000
_NOISE = 0.005


def kinds() -> list[Kind]:
    """For development."""
    names = [*_names("flows")[:_FLOWS], *_names("maps")]
    return [_kind(name, noisy=index % 2 == 1) for index, name in enumerate(names)]


def held_out() -> list[Kind]:
    """Those that judge the rules."""
    flows, maps = _names("flows")[_FLOWS:], _names("maps")
    whole, more = flows[:_FLOWS], flows[_FLOWS:][:_OF_ONE_NUMBER]
    found = [
        _kind(name, noisy=index % 2 == 0, transient=_HELD_OUT_TRANSIENT)
        for index, name in enumerate([*whole, *maps])
    ]
    return found + [_kind(name, noisy=False, keep=1) for name in more]


def _names(family: str) -> list[str]:
    return [name for name, facts in sorted(stored().items()) if _fits(name, facts, family)]


def _fits(name: str, facts, family: str) -> bool:
    small = facts.dimension <= _MOST_NUMBERS and facts.family == family
    return small and name not in _IN_BATTERY and facts.tau_pred_steps is not None


def _system(facts) -> AbstractSystem:
    module, _, name = facts.config["_target_"].rpartition(".")
    return getattr(importlib.import_module(module), name)(**facts.settings)


def _kind(name: str, *, noisy: bool, transient: int = _TRANSIENT, keep: int | None = None) -> Kind:
    facts = stored()[name]
    exponent = math.log(2) / (facts.tau_pred_steps * facts.time_per_step)
    stride = max(1, math.ceil(_LYAPUNOV_TIMES / (exponent * N * facts.time_per_step)))

    def draw(random, seeds):
        series = observed_orbit(_system(facts), num_steps=seeds * N * stride, transient=transient)[::stride]
        return np.split(series[:, :keep], seeds)

    title = name + (", one number" if keep == 1 else "") + (", 0.5 % noise" if noisy else "")
    drawn = with_noise(draw, _NOISE) if noisy else draw
    return Kind(title, drawn, facts.time_per_step * stride, exponent, held_out=True)
