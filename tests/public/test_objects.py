"""Classes and objects in place of names: of this package, and of a module of the user's."""

import functools
import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

import rnnchaos
from rnnchaos.data import SeriesFile
from rnnchaos.errors import ConfigError
from rnnchaos.models import LSTM, ShallowPLRNN
from rnnchaos.plugins import VARIABLE, loading, offered
from rnnchaos.protocols import SparseForcing, TeacherForcing
from rnnchaos.public.objects import words_of_all
from rnnchaos.settings.compose import compose
from rnnchaos.settings.read import read_settings
from rnnchaos.settings.words import sort_words
from rnnchaos.systems import Henon, Lorenz63
from rnnchaos.training import Regression

MODULE = """
import jax.numpy as jnp
from rnnchaos import AbstractMap

class MyMap(AbstractMap):
    \"\"\"x' = 1 - a x² + y, y' = b x.\"\"\"

    a: float = 1.4
    b: float = 0.3

    @property
    def dimension(self) -> int:
        return 2

    def initial_state(self):
        return jnp.zeros(2, dtype=jnp.float64)

    def step(self, state):
        return jnp.array([1 - self.a * state[0] ** 2 + state[1], self.b * state[0]])
"""


@pytest.fixture
def my_things(tmp_path, monkeypatch):
    """The user's own module, beside the script that is run."""
    (tmp_path / "my_things.py").write_text(MODULE)
    monkeypatch.setenv(VARIABLE, "")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    yield importlib.import_module("my_things")
    for cached in (loading.load, loading.load_installed, offered._choices):
        cached.cache_clear()
    del sys.modules["my_things"]


def test_objects_of_the_package_are_named_with_their_settings():
    assert list(words_of_all({"dataset": Henon(a=1.3)})) == [
        "dataset=henon",
        "dataset.a=1.3",
        "dataset.b=0.3",
    ]
    assert "dataset.rho=38.0" in list(words_of_all({"dataset": Lorenz63(rho=38.0)}))
    assert "protocol=teacher_forcing" in words_of_all({"protocol": TeacherForcing()})
    # input_noise, whose name is shorter, is a variant.
    assert next(words_of_all({"protocol": SparseForcing(5)})) == "protocol=sparse_forcing"
    assert list(words_of_all({"protocol": Regression(window=9)})) == [
        "protocol=closed_form",
        "protocol.ridge=1e-08",
    ]


def test_classes_and_partials():
    assert list(words_of_all({"model": LSTM, "seed": 3})) == ["model=lstm", "seed=3"]
    words = words_of_all({"model": functools.partial(ShallowPLRNN, hidden_size=5)})
    assert list(words) == ["model=shplrnn", "model.hidden_size=5"]


def test_an_object_of_the_users_own_module(my_things):
    words = list(words_of_all({"dataset": my_things.MyMap(a=1.35)}))
    assert words == ["dataset=my_map", "dataset.a=1.35", "dataset.b=0.3"]
    assert list(words_of_all({"dataset": my_things.MyMap})) == ["dataset=my_map"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"model": Henon}, "model must be a model class or an object of one, got Henon"),
        ({"dataset": 3.0}, "dataset must be a dataset class or an object of one, got float"),
    ],
)
def test_what_fits_no_group(settings, message):
    with pytest.raises(ConfigError) as error:
        list(words_of_all(settings))
    assert str(error.value).startswith(message)


def test_a_plugin_that_fails_is_not_kept(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, "")
    with pytest.raises(ConfigError, match=r"--plugin .*nowhere\.py: there is no such file"):
        rnnchaos.load(tmp_path, plugins=[str(tmp_path / "nowhere.py")])
    assert os.environ[VARIABLE] == ""


def test_a_class_that_stands_in_no_module():
    class Mine(Henon):
        pass

    with pytest.raises(
        ConfigError, match=r"dataset: the class Mine stands in no module, .* such as my_things\.py"
    ):
        list(words_of_all({"dataset": Mine()}))


def test_a_model_has_no_weights_before_its_data(run):
    with pytest.raises(
        ConfigError, match=r"model must be a name, a class, or functools\.partial of one, got RNN"
    ):
        list(words_of_all({"model": run.network.cell}))


@pytest.mark.slow  # trains a network
def test_a_run_of_an_own_object_is_opened_again_where_its_module_is_named(my_things, tmp_path):
    run = rnnchaos.train(
        "experiment=smoke",
        "model=rnn",
        dataset=my_things.MyMap(a=1.35),
        diagnostics={"figures": False},
        quiet=True,
    )
    x, y = run.dataset.test.T
    assert abs(x[1:] - (1 - 1.35 * x[:-1] ** 2 + y[:-1])).max() < 1e-12
    code = "import sys, rnnchaos; print(rnnchaos.load(sys.argv[1], plugins=sys.argv[2:]).free_run(3).shape)"
    for named, said in ((), "was made with the plugin my_things"), (("my_things.py",), "(3, 2)"):
        done = subprocess.run(
            [sys.executable, "-c", code, str(run.path), *named],
            env={"PYTHONPATH": str(Path(rnnchaos.__file__).parents[1]), "HOME": str(tmp_path), VARIABLE: ""},
            capture_output=True,
            text=True,
            check=False,
        )
        assert said in done.stdout + done.stderr


def test_a_file_is_an_object_too(tmp_path):
    source = SeriesFile(tmp_path / "it's (1).csv", columns=("x", 1), separator=";", null_values=(-999, "off"))
    composed = compose("train", sort_words(list(words_of_all({"dataset": source}))).overrides)
    read = read_settings(composed).dataset.source
    assert SeriesFile(**read.arguments) == source
