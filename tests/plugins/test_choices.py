"""Classes of plugins as choices of the config groups, with the settings of their class and of their group."""

import numpy as np
import pytest
import yaml
from composed import composed, settings

from rnnchaos.errors import ConfigError
from rnnchaos.metrics import attractor_metrics, metrics_from_outside
from rnnchaos.settings import build, checks, stored
from rnnchaos.sweeps.identity import cell_id

MAP = """\
import jax.numpy as jnp
from rnnchaos.setting import Positive
from rnnchaos.systems import AbstractMap

class {name}(AbstractMap):
    rate: Positive{default}
    powers: tuple[int, ...] = (1, 2)

    @property
    def dimension(self):
        return 1

    def initial_state(self):
        return jnp.array([0.3])

    def step(self, state):
        return 4 * self.rate * state * (1 - state)
"""
METRIC = """\
from rnnchaos.metrics import AbstractMetric

class {name}(AbstractMetric):
    '''Difference of the means.

    Of all axes.'''

    {own}

    def __call__(self, truth, generated):
        {body}
"""


def a_map(name: str = "MyMap", default: str = " = 1.0") -> str:
    return MAP.format(name=name, default=default)


def test_a_choice_has_all_settings(plugin):
    plugin("mine.py", a_map())
    node = composed("dataset=my_map", "dataset.rate=0.9")["dataset"]
    assert node["_target_"] == "mine.MyMap"
    assert (node["rate"], node["powers"], node["noise"]) == (0.9, [1, 2], 0.0)
    assert build.source(settings("dataset=my_map", "dataset.rate=0.9")).rate == 0.9


@pytest.mark.parametrize(
    ("text", "words", "said"),
    [
        (a_map(), ["dataset=my_mop"], r"^dataset=my_mop: no such dataset; did you mean my_map\?"),
        (a_map(), ["dataset=my_map", "dataset.rete=1"], r"^dataset\.rete is not a setting; did you mean dataset\.rate"),
        (a_map(), ["dataset=my_map", "dataset.rate=x"], r"^dataset\.rate must be a number, got 'x'$"),
        (a_map(default=""), ["dataset=my_map"], r"^dataset\.rate must be given"),
        (a_map(default=" = 1j"), ["dataset=my_map"], r"^class MyMap: the default of rate is complex, and no value"),
        (a_map("Henon"), [], r"^dataset=henon of mine\.py is a choice of rnnchaos already; name it otherwise$"),
    ],
)  # fmt: skip
def test_what_is_said(plugin, text, words, said):
    plugin("mine.py", text)
    with pytest.raises(ConfigError, match=said):
        settings(*words)


def test_a_bound_is_that_of_the_class(plugin):
    plugin("mine.py", a_map())
    with pytest.raises(ConfigError, match=r"^dataset\.rate must be greater than 0, got -1"):
        checks.check(settings("dataset=my_map", "dataset.rate=-1"))


def measured(plugin, body, name="Offset", own=""):
    plugin("mine.py", METRIC.format(name=name, body=body, own=own))
    truth, second = np.linspace([0.0], [1.0], 3000), np.linspace([0.5], [1.5], 3000)
    return attractor_metrics(truth, second, truth + 0.25, others=metrics_from_outside())[-1]


def test_a_metric_has_floor_and_ceiling(plugin):
    metric = measured(plugin, "return generated.mean() - truth.mean()")
    assert (metric.name, metric.unit, metric.definition) == ("offset", "1", "Difference of the means.")
    np.testing.assert_allclose((metric.value, metric.floor, metric.ceiling), (0.25, 0.5, 0.0), atol=1e-12)


@pytest.mark.parametrize(
    ("body", "note"),
    [
        ("return 1 / 0", "ZeroDivisionError: division by zero"),
        ("return float('nan')", "it is nan"),
        ("return True", "TypeError: a metric must give one number, got True"),
        ("return '0.5'", "TypeError: a metric must give one number, got '0.5'"),
    ],
)
def test_a_metric_that_fails_has_no_value(plugin, body, note):
    metric = measured(plugin, body)
    assert (metric.value, metric.note) == (None, note)


@pytest.mark.parametrize("name", ["Wasserstein", "LambdaMax", "Seed", "Metrics", "Learned", "Status"])
def test_a_metric_of_a_known_name(plugin, name):
    with pytest.raises(
        ConfigError, match=r"^the metric \w+ of mine\.py is one of rnnchaos already; name it otherwise$"
    ):
        measured(plugin, "return 0", name=name)


def test_a_metric_by_the_name_of_a_setting(plugin):
    with pytest.raises(
        ConfigError, match=r"^the metric protocol\.tau of mine\.py is no word of letters, digits and _"
    ):
        measured(plugin, "return 0", name="Tau", own="name = 'protocol.tau'")


def test_a_metric_cannot_change_what_others_measure(plugin):
    metric = measured(plugin, "generated -= generated.mean(); return 0.0")
    assert (metric.value, metric.note) == (None, "ValueError: output array is read-only")


DIAGNOSTIC = """
from dataclasses import dataclass
from rnnchaos.diagnostics import AbstractDiagnostic, Findings

@dataclass(frozen=True)
class Settings:
    size: int = 1

class Sized(AbstractDiagnostic):
    "Nothing much."
    name = "sized"
    settings = Settings

    def of_run(self, network):
        return Findings({})
"""


def test_another_file_makes_other_cells(plugin, forget):
    def identity():
        forget()
        return cell_id(yaml.safe_load(stored.to_yaml(settings("dataset=my_map"))))

    plugin("mine.py", a_map())
    first = identity()
    plugin("sized.py", DIAGNOSTIC)
    assert identity() == first  # what measures does not train
    plugin("mine.py", a_map() + "# changed\n")
    assert identity() != first
