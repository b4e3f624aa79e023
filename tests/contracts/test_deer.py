"""Windows solved at all times at once by Newton steps: the same states, losses and gradients as step by step."""

import functools
import itertools

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from composed import settings
from contract import (
    KEY,
    MODELS,
    PROTOCOLS,
    WINDOW,
    fitted_in_closed_form,
    make,
    of_model,
    of_protocol,
    series,
    training_series,
)

from rnnchaos.errors import ConfigError
from rnnchaos.models import PLRNN, RNN, InputTerm, LinearObservation, Network
from rnnchaos.protocols import Forcing
from rnnchaos.settings import build, checks
from rnnchaos.training import Trainer, WindowSolver, sequential_loss
from rnnchaos.training.deer import solved_loss
from rnnchaos.training.recurrence import linear_recurrence, solve_recurrence

# Nothing is measured but numbers: programs that are compiled quickly will do.
QUICK = {"xla_backend_optimization_level": "0"}


def compiled(function, *given):
    return jax.jit(function).lower(*given).compile(compiler_options=QUICK)(*given)


def test_linear_recurrences_both_ways():
    matrices, offsets = (
        jax.random.normal(key, (2, 7, *shape), jnp.float64)
        for key, shape in zip(jax.random.split(KEY), [(3, 3), (3,)], strict=True)
    )
    forwards, backwards = compiled(
        lambda *given: (linear_recurrence(*given), linear_recurrence(*given, reverse=True)), matrices, offsets
    )
    for found, order in ((forwards, range(7)), (backwards, reversed(range(7)))):
        state = np.zeros((2, 3))
        for t in order:
            state = np.einsum("bij,bj->bi", matrices[:, t], state) + offsets[:, t]
            np.testing.assert_allclose(found[:, t], state, rtol=1e-12, atol=1e-12)


# z' = a z (1 - z): one multiplier of a fixed point 1/2, and chaos of ln 2 nats per step, side by side.
CALM, CHAOTIC = 2.5, 4.0
LENGTH = 700  # long enough for Newton's iterates to overflow


@pytest.mark.parametrize("stretch", [LENGTH, 300])
def test_a_window_that_does_not_converge_is_run_step_by_step(stretch):
    def step(weight, state, row):
        return weight * row * state * (1 - state)

    def at_once(weight, rows):
        start, guess = jnp.full((2, 1), 0.3), jnp.full((2, LENGTH, 1), 0.5)
        found = solve_recurrence(step, weight, start, rows, guess, most_steps=12, stretch=stretch)
        return jnp.sum(found.states[:, ::7] ** 2, axis=(1, 2)), found

    def one_by_one(weight, rows):
        def along(rows):
            def advance(state, row):
                state = step(weight, state, row)
                return state, state

            return jax.lax.scan(advance, jnp.full(1, 0.3), rows)[1]

        states = jax.vmap(along)(rows)
        return jnp.sum(states[:, ::7] ** 2, axis=(1, 2)), states

    def both(weight, rows):
        def sums(form):
            return jax.value_and_grad(
                lambda *given: (lambda a, b: (a.sum(), b))(*form(*given)), (0, 1), True
            )(weight, rows)

        return sums(at_once), sums(one_by_one)

    rows = jnp.broadcast_to(jnp.asarray([[CALM], [CHAOTIC]])[:, None], (2, LENGTH, 1))
    ((_, found), slopes), ((_, states), wanted) = compiled(both, jnp.asarray(1.0), rows)
    assert found.converged.tolist() == [True, False]
    assert 1 <= found.newton_steps <= 12
    np.testing.assert_array_equal(found.states[1], states[1])
    np.testing.assert_allclose(found.states[0], states[0], rtol=1e-12)
    for slope, expected in zip(slopes, wanted, strict=True):
        assert jnp.max(jnp.abs(slope - expected)) <= 1e-9 * jnp.max(jnp.abs(expected))
    assert jnp.max(jnp.abs(slopes[1][0] - wanted[1][0])) <= 1e-9 * jnp.max(jnp.abs(wanted[1][0]))


@functools.cache
def windows():
    return jnp.asarray(series()[: 2 * (WINDOW + 1)].reshape(2, WINDOW + 1, 3))


def both_forms(solver, network, forcing, values, heard, inputs=None):
    """Loss, gradient and counts at once; loss and gradient step by step."""
    found = eqx.filter_value_and_grad(solved_loss, has_aux=True)(
        network, solver, forcing, values, heard, inputs
    )
    return found, eqx.filter_value_and_grad(sequential_loss)(network, forcing, values, heard, inputs)


def assert_same(found, expected, tolerance=1e-9):
    ((loss, _), gradient), (wanted_loss, wanted) = found, expected
    assert abs(loss - wanted_loss) <= tolerance * wanted_loss
    largest = max(float(jnp.max(jnp.abs(leaf))) for leaf in jax.tree.leaves(wanted))
    for leaf, other in zip(jax.tree.leaves(gradient), jax.tree.leaves(wanted), strict=True):
        assert jnp.max(jnp.abs(leaf - other)) <= tolerance * max(
            float(jnp.max(jnp.abs(other))), 1e-3 * largest
        )


TRAINED = [choice for choice in MODELS if not fitted_in_closed_form(choice)]
FORCED = [choice for choice in PROTOCOLS if choice != "closed_form"]
# Every model and every protocol once at least, several in one program, for compiling is what takes long.
COUNT = max(len(TRAINED), len(FORCED))
PAIRS = list(itertools.islice(zip(itertools.cycle(TRAINED), itertools.cycle(FORCED), strict=True), COUNT))
GROUPS = [PAIRS[first : first + 5] for first in range(0, COUNT, 5)]


@pytest.mark.slow
@pytest.mark.parametrize("pairs", GROUPS, ids=lambda pairs: " ".join(map("-".join, pairs)))
def test_every_model_and_every_forcing(pairs):
    """In two stretches, the last of them ragged, and the windows heard with noise."""
    values = windows()[:, :8]
    heard = values + 0.01 * jax.random.normal(KEY, values.shape, jnp.float64)
    cases = []
    for model, protocol in pairs:
        network = make(of_model(model))
        forcing = build.trainer(of_protocol(protocol)).forcing.at_step(jnp.asarray(0.5), key=KEY)
        solver = WindowSolver("deer", jacobian_memory=4 * 4 * 2 * network.state_size**2 * 8 / 2**30)
        assert solver.stretch(network, 2) == 4
        cases.append((solver, network, forcing, values, heard))
    numbers, rest = eqx.partition(cases, eqx.is_array)

    def run(numbers):
        return [both_forms(*case) for case in eqx.combine(numbers, rest)]

    for (found, expected), pair in zip(compiled(run, numbers), pairs, strict=True):
        assert_same(found, expected)
        assert bool(jnp.all(found[0][1].converged)), pair


def test_inputs_drive_and_are_differentiated():
    keys = jax.random.split(KEY, 4)
    cell = RNN(5, key=keys[0])
    network = Network(
        cell, LinearObservation(3, 5, key=keys[1]), InputTerm(cell.input_matrix(2, key=keys[2]))
    )
    inputs = jax.random.normal(keys[3], (2, WINDOW + 1, 2), jnp.float64)
    numbers, rest = eqx.partition((network, Forcing(4, 0.5, partial=True)), eqx.is_array)
    values = windows()

    def run(numbers):
        return both_forms(WindowSolver("deer"), *eqx.combine(numbers, rest), values, values, inputs)

    found, expected = compiled(run, numbers)
    assert_same(found, expected)
    assert jnp.any(found[1].drive.weight != 0)


@pytest.mark.slow
def test_a_window_of_ten_thousand_steps():
    """ReLU units under generalised forcing: a few Newton steps whatever the length."""
    key, observation_key = jax.random.split(KEY)
    network = Network(PLRNN(6, key=key), LinearObservation(3, 6, key=observation_key))
    network = eqx.tree_at(lambda n: n.cell.weight, network, 2 * network.cell.weight)
    values = jnp.asarray(series(10_001))[None]
    numbers, rest = eqx.partition((network, Forcing(1, jnp.asarray(0.1))), eqx.is_array)

    def run(numbers):
        return both_forms(WindowSolver("deer"), *eqx.combine(numbers, rest), values, values)

    found, expected = compiled(run, numbers)
    assert_same(found, expected)
    assert bool(found[0][1].converged.all())
    assert found[0][1].newton_steps <= 10


def test_counts_stand_in_the_history():
    trainer = Trainer(Forcing(1, 0.3), optax.adam(1e-2), 3, 6, 4, solver=WindowSolver("deer", 9))
    start = trainer.init(make(of_model("rnn"), jnp.float32), key=KEY)
    _, records = trainer.run(start, training_series(trainer), 2)
    assert all(1 <= count <= 9 for count in records.traces["newton_steps"])
    assert records.traces["sequential_windows"].tolist() == [0, 0]
    assert trainer.describe().endswith(
        " α = 0.3, in windows of 6, at all times at once by at most 9 Newton steps"
    )


@pytest.mark.parametrize(
    ("solver", "forcing", "length", "at_once"),
    [("deer", Forcing(1, 0.1), 10, True), ("deer", Forcing(None), 10, True), ("deer", Forcing(5), 10, False),
     ("deer", Forcing(5, partial=True), 10, True), ("deer", Forcing(5, cut=True), 10, True),
     ("sequential", Forcing(1, 0.1), 10, False), ("auto", Forcing(1, 0.1), 10_000, False)],
)  # fmt: skip
def test_what_is_solved_at_once(solver, forcing, length, at_once):
    """Segments are side by side as they are, and on a CPU nothing is gained."""
    network = Network(PLRNN(4, key=KEY), LinearObservation(3, 4, key=KEY))
    assert WindowSolver(solver).at_once(network, forcing, length) is at_once


@pytest.mark.parametrize(
    ("overrides", "message"),
    [(["training.newton_steps=0"], "training.newton_steps must be from 1 to 10000, got 0"),
     (["training.jacobian_memory=0"], "training.jacobian_memory must be greater than 0, got 0"),
     (["optimizer=gauss_newton"],
      "training.solver must be sequential or auto with optimizer=gauss_newton, which carries slopes along each "
      "window, got 'deer'; optimizer=adamw"),
     (["model=ngrc", "protocol=closed_form"],
      "training.solver must be sequential or auto with protocol=closed_form, which runs no windows, got 'deer'")],
)  # fmt: skip
def test_settings_that_do_not_fit_are_refused(overrides, message):
    with pytest.raises(ConfigError) as raised:
        checks.check(settings("protocol=gtf", "training.solver=deer", *overrides))
    assert str(raised.value) == message
