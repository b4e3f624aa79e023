"""One small run for all tests of the public side."""

import pytest

import rnnchaos


@pytest.fixture(scope="package")
def run(tmp_path_factory):
    return rnnchaos.train(
        "experiment=smoke",
        "dataset=henon",
        "model=rnn",
        model={"hidden_size": 4},
        training={"num_steps": 20},
        diagnostics={"figures": False, "lyapunov": {"num_steps": 200}},
        outputs=tmp_path_factory.mktemp("runs") / "it's here",
        seed=3,
        quiet=True,
    )
