"""Series of the catalogue's chaotic systems that series_battery.py does not have: held out for the rule of today.

The rule by which they are chosen was fixed before any was looked at: of the systems of at most four numbers with a
stored λ_max above 0 that are not in the battery, in the order of their names, the first twelve flows and four maps.
They are seen whole, 5000 points so far apart that they last 100 Lyapunov times at least, every second one with 0.5 % of
noise.
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
_WANTED = {"flows": 12, "maps": 4}
_LYAPUNOV_TIMES, _TRANSIENT, _MOST_NUMBERS = 100, 1_000, 4
_NOISE = 0.005


def kinds() -> list[Kind]:
    """As the rule has them."""
    found = []
    for family, number in _WANTED.items():
        names = [name for name, facts in sorted(stored().items()) if _fits(name, facts, family)]
        found += [_kind(name, index) for index, name in enumerate(names[:number])]
    return found


def _fits(name: str, facts, family: str) -> bool:
    small = facts.dimension <= _MOST_NUMBERS and facts.family == family
    return small and name not in _IN_BATTERY and facts.tau_pred_steps is not None


def _system(facts) -> AbstractSystem:
    module, _, name = facts.config["_target_"].rpartition(".")
    return getattr(importlib.import_module(module), name)(**facts.settings)


def _kind(name: str, index: int) -> Kind:
    facts = stored()[name]
    exponent = math.log(2) / (facts.tau_pred_steps * facts.time_per_step)
    stride = max(1, math.ceil(_LYAPUNOV_TIMES / (exponent * N * facts.time_per_step)))

    def draw(random, seeds):
        series = observed_orbit(_system(facts), num_steps=seeds * N * stride, transient=_TRANSIENT)[::stride]
        return np.split(series, seeds)

    noisy = index % 2 == 1
    title = f"{name}, 0.5 % noise" if noisy else name
    drawn = with_noise(draw, _NOISE) if noisy else draw
    return Kind(title, drawn, facts.time_per_step * stride, exponent, held_out=True)
