"""What does not fit together is refused before exponents, delays or intervals are computed."""

import numpy as np
import pytest
from composed import composed, settings

from rnnchaos.errors import ConfigError
from rnnchaos.sweeps import planning
from rnnchaos.trainings import experiment

CHANNELS = 5


@pytest.fixture
def recording(tmp_path):
    series = np.random.default_rng(0).standard_normal((400, CHANNELS)).cumsum(0)
    np.save(tmp_path / "series.npy", series)
    np.save(tmp_path / "far.npy", series[:30])
    return ["dataset=file", f"dataset.path={tmp_path / 'series.npy'}"]


NARROW = "model.hidden_size must be at least the 5 observed dimensions, got 3; model.observation=linear takes"
CASES = [
    (["model.hidden_size=3", "model.observation=identity"], NARROW),
    (["model.hidden_size=3", "model.observation=identity", "dataset.embedding_dimension=auto"], NARROW),
    (["model=esn", "model.hidden_size=4", "model.degree=2"], "model.hidden_size must be at least the 5"),
    (["model=esn", "model.listening=300"], "dataset.test_length must be at least the 301 steps"),
    (["protocol.tau=5", "training.window=390"], "training.window must be below the training series'"),
    (
        ["dataset.off_attractor_path={folder}/far.npy", "protocol.tau=5", "training.window=30"],
        "dataset.off_attractor_path must hold a piece of more than the window of 30 steps (training.window), got '",
    ),
    (
        [
            *("dataset.off_attractor_path={folder}/far.npy", "dataset.off_attractor_share=.2"),
            *("protocol=closed_form", "model=ngrc", "training.window=20"),
        ],
        "dataset.off_attractor_share must be auto for protocol=closed_form, which is fitted to all points alike, got",
    ),
    (["protocol=manifold_attractor", "model=gru"], "protocol.manifold_attractor.strength must be 0 for GRU"),
    (
        ["protocol=flossing", "model.hidden_size=3", "protocol.flossing.num_exponents=4"],
        "protocol.flossing.num_exponents must be at most the state's 3 dimensions",
    ),
]


@pytest.mark.parametrize(("words", "expected"), CASES)
def test_before_anything_takes_time(recording, tmp_path, monkeypatch, words, expected):
    words = [word.format(folder=tmp_path) for word in words]

    def too_late(*_, **__):
        raise AssertionError("computed before it was refused")

    monkeypatch.setattr(experiment, "truth_of", too_late)
    monkeypatch.setattr("rnnchaos.measurements.automatic_embedding.choose_dimension", too_late)
    with pytest.raises(ConfigError) as refused:
        experiment.prepare_experiment(settings(*recording, *words))
    assert str(refused.value).startswith(expected)


def test_what_fits_goes_on(recording, monkeypatch):
    class Reached(Exception):
        pass

    def reached(*_, **__):
        raise Reached

    monkeypatch.setattr(experiment, "truth_of", reached)
    with pytest.raises(Reached):
        experiment.prepare_experiment(settings(*recording, "model.hidden_size=3"))


def test_every_cell_of_a_sweep_over_a_file(recording):
    def planned(*words):
        return planning.Planned(words, composed(*recording, *words))

    cells = [planned(f"model.hidden_size={size}", "model.observation=identity") for size in (6, 3)]
    with pytest.raises(ConfigError, match=r"^model\.hidden_size=3 model\.observation=identity: " + NARROW):
        planning.create(cells, command=["rnnchaos"])
