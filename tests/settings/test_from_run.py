"""A training like a stored one: its config as data, and the words on top."""

import pytest

from rnnchaos.errors import ConfigError
from rnnchaos.settings import stored
from rnnchaos.settings.compose import compose
from rnnchaos.settings.from_run import FromRun
from rnnchaos.settings.outside import configs
from rnnchaos.settings.read import read_settings

WORDS = ["experiment=smoke", "model=plrnn", "protocol.tau=7", "name=lorenz63-plrnn-sparse_forcing"]


@pytest.fixture(scope="module")
def text():
    return stored.to_yaml(read_settings(compose("train", [*WORDS, "outputs=/elsewhere"])))


@pytest.fixture(scope="module")
def run(text):
    return FromRun(text, configs())


def test_without_words_it_is_the_same_config_in_the_folder_of_every_training(run):
    assert run.plain([]) == compose("train", [*WORDS])


def test_of_version_0_1(text, run):
    old = text.replace("rnnchaos.models.", "rnnchaos.cells.").replace(
        "rnnchaos.protocols.", "rnnchaos.forcing."
    )
    assert old != text
    assert FromRun(old, configs()).plain(["seed=1"]) == run.plain(["seed=1"])


def test_words_change_settings_and_choose_groups_anew(run):
    changed = run.plain(["seed=3", "model=lstm", "model.hidden_size=9"])
    assert (changed["seed"], changed["protocol"]["tau"]) == (3, 7)
    assert changed["model"]["_target_"] == "rnnchaos.models.LSTM"
    assert changed["model"]["hidden_size"] == 9
    assert changed["name"] == "lorenz63-lstm-sparse_forcing"
    brought = run.plain(["model=esn"])
    assert brought["protocol"]["_target_"] == "rnnchaos.training.Regression"
    assert brought["name"] == "lorenz63-esn-closed_form"


def test_what_looks_like_an_interpolation_is_text(tmp_path):
    words = ["dataset=file", "dataset.path=x.csv", "name=x"]
    own = stored.to_yaml(read_settings(compose("train", words))).replace("x.csv", "${oc.env:HOME}.csv")
    assert FromRun(own, configs()).plain(["seed=1"])["dataset"]["path"] == "${oc.env:HOME}.csv"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["lr=1"], "lr is not a setting; did you mean optimizer.learning_rate?"),
        (
            ["experiment=smoke"],
            "experiment=... chooses a whole config, as --from does: leave one of them out",
        ),
        (["name=${seed}"], "with --from a value stands for itself, got 'name=${seed}'"),
        (["~seed"], "with --from a word is of the form setting=value, got '~seed'"),
        (["seed 3"], "cannot read 'seed 3': an override is written setting=value"),
    ],
)
def test_words_that_have_no_place(run, words, expected):
    with pytest.raises(ConfigError) as caught:
        run.plain(words)
    assert str(caught.value).startswith(expected)


def test_only_of_a_training():
    with pytest.raises(ConfigError, match="--from takes the run of a training"):
        FromRun("{name: x, dataset: {_target_: rnnchaos.systems.Lorenz63}}", configs())
