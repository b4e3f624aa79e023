"""What does not fit together is refused before exponents, delays or intervals are computed."""

import numpy as np
import pytest
from composed import composed, settings

from rnnchaos.errors import ConfigError
from rnnchaos.settings import checks
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


UNTRAINABLE = [
    (
        ("model=lstm", "protocol=manifold_attractor"),
        "protocol.manifold_attractor.strength must be 0 for LSTM",
    ),
    (
        ("model=alrnn", "optimizer=gauss_newton", "protocol=manifold_attractor", "protocol.tau=5"),
        "protocol.manifold_attractor.strength must be 0 with optimizer=gauss_newton",
    ),
    (
        ("model=lstm", "optimizer=gauss_newton", "model.hidden_size=60"),
        "optimizer=gauss_newton must train at most 3000 weights, got 14640",
    ),
    (
        (
            "dataset=lorenz63",
            "dataset.axes=[0]",
            "model=plrnn",
            "protocol.jacobian_matching.source=equations",
        ),
        "protocol.jacobian_matching.source must be data for a dataset that does not show the whole state",
    ),
    (("model=esn", "model.listening=2000"), "dataset.test_length must be at least the 2001 steps"),
    (
        ("dataset.test_length=30",),
        "diagnostics.prediction.n must be at most half of the test series' 30 steps",
    ),
    (
        ("dataset=driven_duffing", "diagnostics.free_run.num_steps=auto", "diagnostics.lyapunov.starts=data"),
        "diagnostics.lyapunov.starts must be auto for a driven network",
    ),
    (
        ("dataset=driven_duffing", "model.embedding_dimension=1", "diagnostics.free_run.num_steps=100000"),
        "diagnostics.free_run.num_steps must be at most ",
    ),
]
SMALL = ["experiment=smoke", "protocol.jacobian_matching.strength=0"]


@pytest.mark.parametrize(
    ("words", "expected"), UNTRAINABLE, ids=[" ".join(words) for words, _ in UNTRAINABLE]
)
def test_a_sweep_names_the_combination_that_cannot_be_trained(tmp_path, words, expected):
    matched = ["protocol.jacobian_matching.strength=1"] if "jacobian" in expected else []
    outputs = [f"outputs={tmp_path / 'out'}"]
    cells = [
        planning.Planned(own, composed(*SMALL, *outputs, *matched * bool(own), *own)) for own in ((), words)
    ]
    with pytest.raises(ConfigError) as refused:
        planning.create(cells, command=["rnnchaos"])
    assert str(refused.value).startswith(f"{' '.join(words)}: {expected}")
    assert not (tmp_path / "out").exists()
    with pytest.raises(ConfigError) as alone:  # which is what the training of it alone says
        experiment.prepare_experiment(settings(*SMALL, *matched, *words))
    assert str(alone.value) == str(refused.value).removeprefix(f"{' '.join(words)}: ")


FITTED = [
    (
        ["training.attempts=3"],
        "training.attempts must be 1 for NextGenerationReservoir, none of whose weights is",
    ),
    (
        ["ensemble.seeds=2"],
        "ensemble.seeds must be 1 for NextGenerationReservoir, none of whose weights is drawn",
    ),
    (["protocol.input_noise=.1"], "protocol.input_noise must be auto or 0 with protocol=closed_form"),
    (
        ["protocol.flossing.strength=1"],
        "protocol.flossing.strength must be 0 with protocol=closed_form, which is one regression on the data, got 1",
    ),
]


@pytest.mark.parametrize(("words", "expected"), FITTED)
def test_what_would_change_nothing_in_a_fit_is_refused(words, expected):
    with pytest.raises(ConfigError) as refused:
        checks.check(settings("experiment=smoke", "model=ngrc", *words))
    assert str(refused.value).startswith(expected)


def test_a_reservoir_that_is_drawn_may_be_drawn_again():
    checks.check(settings("experiment=smoke", "model=esn", "training.attempts=3", "ensemble.seeds=2"))


@pytest.mark.parametrize(
    "words",
    [
        # 10 units and a layer of 200 would be too many, but 3 are taken where the data show the whole state.
        ["optimizer=gauss_newton", "model.layer_size=200"],
        ["optimizer=gauss_newton", "model.embedding_dimension=2", "model.observation=identity"],
        # A penalty is trained by descent, with 10 units.
        ["protocol=flossing", "protocol.flossing.num_exponents=5"],
    ],
)
def test_what_auto_may_make_fit_is_not_refused(words):
    checks.check(settings("experiment=smoke", "model=shrnn", *words))
