"""What every penalty must do, whatever it is. A new one is found as a field of Regularization."""

import functools
import itertools

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from contract import KEY, MODELS, PROTOCOLS, TAU, fitted_in_closed_form, of_model, series

from rnnchaos.data import tangents_of_data
from rnnchaos.models import PLRNN, AbstractPLRNN, IdentityObservation, InputTerm, Network, weights
from rnnchaos.pieces import Pieces
from rnnchaos.protocols import AbstractPenalty, Batch, Forcing, Regularization
from rnnchaos.settings import build
from rnnchaos.training import Trainer, TrainingSeries, draw_windows, members, run_ensemble, stacked

PENALTIES = [name for name, part in vars(Regularization()).items() if isinstance(part, AbstractPenalty)]
every_penalty = pytest.mark.parametrize("name", PENALTIES)
WINDOW = 13
# What does not fit windows so short, or states so small, by default; and no part of a free run without gradients.
_SMALL = {
    "jacobian_matching": {"steps": 1},
    "flossing": {"num_exponents": 2, "num_steps": 5},
    "invariant_measure": {"num_steps": 4, "gradient_steps": 4, "orbits": 6, "every": 1},
}


def penalty(name: str, strength: float = 0.5, **changed: object) -> AbstractPenalty:
    own = type(vars(Regularization())[name])
    return own(**{"strength": strength, **_SMALL.get(name, {}), **changed})


@functools.cache
def training_series(*, driven: bool = False, dtype=jnp.float64) -> TrainingSeries:
    """Lorenz-63 in two pieces, with the derivatives that a penalty may ask for."""
    values = series(1500)
    inputs = np.random.default_rng(0).standard_normal((1500, 2)) if driven else None
    pieces = Pieces(values, (900, 600), inputs)
    tangents = tangents_of_data(Pieces(values, (900, 600)), steps=1)
    return TrainingSeries.of(pieces, window=WINDOW, dtype=dtype, tangents=tangents)


def network(*, driven: bool = False, key=KEY, dtype=jnp.float64) -> Network:
    """A PLRNN, for which every penalty is defined; the states that it is put into do not depend on its weights."""
    drive = InputTerm(0.3 * jax.random.normal(key, (6, 2))) if driven else None
    return Network(PLRNN(6, key=key), IdentityObservation(3, 6), drive).astype(dtype)


def batch(data: TrainingSeries) -> Batch:
    return Batch(draw_windows(data, 4, WINDOW, key=jax.random.key(1)), data, jax.random.key(2))


@every_penalty
def test_the_gradient_is_that_of_the_value(name):
    given, net, term = batch(training_series(driven=True)), network(driven=True), penalty(name)
    flat, rebuilt = jax.flatten_util.ravel_pytree(eqx.filter(net, eqx.is_inexact_array))
    rest = eqx.filter(net, eqx.is_inexact_array, inverse=True)
    value = jax.jit(jax.value_and_grad(lambda at: term.penalty(eqx.combine(rebuilt(at), rest), given)))
    towards, step = jax.random.normal(jax.random.key(3), flat.shape), 1e-6
    slope = (value(flat + step * towards)[0] - value(flat - step * towards)[0]) / (2 * step)
    here, gradient = value(flat)
    assert here > 0
    # Differences of values of rounding 1e-16, over 2e-6; kinks are nowhere so near.
    np.testing.assert_allclose(gradient @ towards, slope, rtol=1e-6, atol=1e-8)


@every_penalty
@pytest.mark.parametrize("dtype", [jnp.float32, jnp.float64])
def test_strength_is_a_factor_in_the_precision_of_the_batch(name, dtype):
    given, net = batch(training_series(dtype=dtype)), network(dtype=dtype)
    one, three = jax.jit(lambda: [penalty(name, s).penalty(net, given) for s in (1.0, 3.0)])()
    assert one.dtype == dtype
    assert one > 0
    np.testing.assert_allclose(three, 3 * one, rtol=4 * jnp.finfo(dtype).eps)


def trainer(regularization: Regularization) -> Trainer:
    return Trainer(Forcing(TAU), optax.adam(1e-3), 4, WINDOW, 6, regularization)


@functools.cache
def trained(regularization: Regularization) -> dict[str, np.ndarray]:
    own = trainer(regularization)
    return weights.to_arrays(own.run(own.init(network(), key=KEY), training_series(), 6)[0])


@every_penalty
def test_without_strength_it_changes_nothing(name):
    off = trained(Regularization(**{name: penalty(name, 0.0)}))
    for leaf, array in trained(Regularization()).items():
        np.testing.assert_array_equal(array, off[leaf], strict=True, err_msg=leaf)


@every_penalty
def test_it_is_refused_nowhere_else_than_by_its_own_name(name):
    regularization = Regularization(**{name: penalty(name)})
    assert list(regularization.penalties) == [name]
    assert regularization.describe() == f", with {penalty(name).describe()}"
    regularization.check(network(), window=WINDOW)


def pairs() -> list[tuple[str, str]]:
    """Every protocol and every model that gradients train, each once at least."""
    models = [model for model in MODELS if not fitted_in_closed_form(model)]
    protocols = [protocol for protocol in PROTOCOLS if protocol != "closed_form"]
    count = max(len(models), len(protocols))
    return list(
        itertools.islice(zip(itertools.cycle(protocols), itertools.cycle(models), strict=False), count)
    )


@pytest.mark.slow
@pytest.mark.parametrize(("protocol", "model"), pairs())
def test_all_of_them_go_with_every_protocol_and_model(protocol, model):
    """Three steps of a driven network on pieces."""
    chosen = of_model(
        model, f"protocol={'sparse_forcing' if protocol == 'manifold_attractor' else protocol}",
        f"training.window={WINDOW}", "training.num_steps=20", "training.batch_size=4", *_adjusted(protocol),
    )  # fmt: skip
    net = build.network(chosen, 3, 2, key=KEY).astype(jnp.float32)
    named = {
        name: penalty(name)
        for name in PENALTIES
        if name != "manifold_attractor" or isinstance(net.cell, AbstractPLRNN)
    }
    own = eqx.tree_at(lambda own: own.regularization, build.trainer(chosen), Regularization(**named))
    own.check(net)
    data = training_series(driven=True, dtype=jnp.float32)
    state, records = own.run(own.init(net, key=KEY), data, 3)
    assert not bool(state.diverged)
    assert set(named) <= set(records.traces)
    for name in named:
        assert np.isfinite(records.traces[name]).all()
        assert (records.traces[name] > 0).any()


def _adjusted(protocol: str) -> list[str]:
    from contract import CONFIGS

    small = {"protocol.tau": TAU, "protocol.spread": 2, "protocol.length": 4}
    keys = CONFIGS.keys("train", [f"protocol={protocol}"])
    return [f"{key}={value}" for key, value in small.items() if key in keys]


def test_members_of_an_ensemble_see_what_they_see_alone():
    own = trainer(Regularization(**{name: penalty(name) for name in PENALTIES}))
    starts = [own.init(network(key=jax.random.key(seed)), key=jax.random.key(seed)) for seed in (0, 1)]
    data = training_series()
    _, records = run_ensemble(own, stacked(starts), data, 6)
    for start, record in zip(starts, members(records), strict=True):
        _, alone = own.run(start, data, 6)
        for name in PENALTIES:  # float64, six steps: rounding of products taken together
            np.testing.assert_allclose(record.traces[name], alone.traces[name], rtol=1e-9, atol=1e-14)
