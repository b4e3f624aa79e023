"""Newton steps of forced windows against α, length and conditional exponent; CPU time against step by step.

    python scripts/benchmark_deer.py [--cells ShallowPLRNN GRU …] [--windows 100 1000 10000] [--alphas 0 .01 …]

Networks that are trained first on Lorenz-63 and the Hénon map hear noisy data of their system, and are forced at
every step by a share α (generalised forcing, float64). Of each: the Newton steps to convergence, or – for none
within the bound; the conditional exponent, ln‖J_T … J_1‖ / T along the forced orbit in nats per step; the largest
growth ln‖J_t … J_s‖ over any stretch of it; and loss and gradient against the step-by-step form with its CPU time.
"""

import argparse
import os
import time

os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ["JAX_ENABLE_X64"] = "1"

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax

from rnnchaos import models
from rnnchaos.data import Preparation, prepare
from rnnchaos.models import IdentityObservation, LinearObservation, Network
from rnnchaos.pieces import Pieces
from rnnchaos.protocols import Forcing
from rnnchaos.systems import Lorenz63
from rnnchaos.training import (
    Trainer,
    TrainingSeries,
    WindowSolver,
    forced_states,
    forced_step,
    sequential_loss,
)

CELLS = {
    "ShallowPLRNN": {"hidden_size": 10, "layer_size": 50, "clipped": False},
    "ShallowRNN": {"hidden_size": 10, "layer_size": 50},
    "RNN": {"hidden_size": 20},
    "GRU": {"hidden_size": 20},
    "LSTM": {"hidden_size": 10},
}
NOISE = 0.01
# Starts from which products of Jacobians are followed, and how far.
STARTS, LONGEST = 128, 400


class HenonMap(models.AbstractCell):
    """(x, y) ↦ (1 - a x² + y, b x): .419 nats per step, and forced along its own data .419 + ln(1 - α)."""

    a: jax.Array = eqx.field(default_factory=lambda: jnp.asarray(1.4))
    b: jax.Array = eqx.field(default_factory=lambda: jnp.asarray(0.3))
    hidden_size: int = 2

    def step(self, state):
        return jnp.stack([1 - self.a * state[0] ** 2 + state[1], self.b * state[0]])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cells", nargs="+", choices=[*CELLS, "Henon"], default=[*CELLS, "Henon"])
    parser.add_argument("--windows", nargs="+", type=int, default=[100, 1_000, 10_000])
    parser.add_argument("--alphas", nargs="+", type=float, default=[0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4])
    parser.add_argument("--most", type=int, default=60, help="the bound on Newton steps")
    parser.add_argument("--training-steps", type=int, default=1_500)
    options = parser.parse_args()
    longest = max(options.windows)
    print(
        "cell            α   exponent  growth  Newton steps of windows of "
        + ", ".join(map(str, options.windows))
    )
    for name in options.cells:
        network, window = prepared(name, longest, options.training_steps)
        measured = eqx.filter_jit(growth)
        solvers = {length: eqx.filter_jit(newton_steps) for length in options.windows}
        for alpha in options.alphas:
            forcing = Forcing(1, jnp.asarray(alpha))
            exponent, largest = measured(network, forcing, window)
            steps = [solvers[n](network, forcing, window[: n + 1], options.most) for n in options.windows]
            counts = " ".join(f"{int(n) if ok else '–':>5}" for n, ok in steps)
            print(
                f"{name:12} {alpha:5.2f} {float(exponent):10.4f} {float(largest):7.1f}  {counts}", flush=True
            )
        compare(name, network, window, max(options.alphas), options.most)


def prepared(name: str, length: int, steps: int) -> tuple[Network, jax.Array]:
    """A network, and noisy data of the system that it is of, `length` steps of them."""
    preparation = Preparation(train_length=20_000, test_length=100, validation_length=100, transient=1_000)
    if name == "Henon":
        return Network(HenonMap(), IdentityObservation(2, 2)), jnp.asarray(noisy(henon(length)))
    series = prepare(Lorenz63(dt=0.02), preparation).train.values
    cell_key, observation_key, key = jax.random.split(jax.random.key(0), 3)
    cell = getattr(models, name)(**CELLS[name], key=cell_key)
    network = Network(cell, LinearObservation(3, cell.hidden_size, key=observation_key))
    trainer = Trainer(Forcing(15, washout=2), optax.adam(3e-3), batch_size=16, window=120, num_steps=steps)
    data = TrainingSeries.of(Pieces.of(series), window=120, dtype=jnp.float64)
    state, records = trainer.run(trainer.init(network, key=key), data, steps)
    print(f"{name}: trained to a loss of {float(records.loss[-1]):.2g}", flush=True)
    return state.network, jnp.asarray(noisy(series[: length + 1]))


def noisy(series: np.ndarray) -> np.ndarray:
    return series + NOISE * np.random.default_rng(0).normal(size=series.shape)


def henon(length: int) -> np.ndarray:
    state, rows = np.array([0.1, 0.1]), []
    for step in range(length + 101):
        state = np.array([1 - 1.4 * state[0] ** 2 + state[1], 0.3 * state[0]])
        rows += [state] if step >= 100 else []
    return np.array(rows)


def newton_steps(network, forcing, window, most):
    found = WindowSolver("deer", most).solve(network, forcing, window[None])
    return found.newton_steps, found.converged[0]


def growth(network, forcing, window):
    """The conditional exponent in nats per step, and the largest ln‖J_t … J_s‖ from any of some starts."""
    network = network.prepared()
    data_states = jax.vmap(network.force)(window[:-1])
    states = jnp.concatenate([data_states[:1], forced_states(network, forcing, window)[:-1]])
    times = jnp.arange(len(states))

    def slope(state, t, data_state):
        return jax.jacfwd(lambda state: forced_step(network, forcing, state, (t, data_state, None)))(state)

    slopes = jax.vmap(slope)(states, times, data_states)[
        1:
    ]  # the first step forgets what was before the window

    def multiply(carry, slope):
        product, log = carry
        product = slope @ product
        norm = jnp.linalg.norm(product, 2)
        log = log + jnp.log(norm)
        return (product / norm, log), log

    def follow(slopes):
        return jax.lax.scan(multiply, (jnp.eye(slopes.shape[-1]), 0.0), slopes)[1]

    span = min(LONGEST, len(slopes))
    starts = jnp.linspace(0, len(slopes) - span, STARTS).astype(int)
    logs = jax.vmap(lambda start: follow(jax.lax.dynamic_slice_in_dim(slopes, start, span)))(starts)
    return follow(slopes)[-1] / len(slopes), jnp.max(logs)


def compare(name, network, window, alpha, most):
    """Loss, gradient and CPU time of one window in both forms."""
    forcing, windows = Forcing(1, jnp.asarray(alpha)), window[None]
    at_once = eqx.filter_jit(WindowSolver("deer", most).loss_and_gradient)
    one_by_one = eqx.filter_jit(eqx.filter_value_and_grad(sequential_loss))
    (loss, gradient, counts), took = timed(lambda: at_once(network, forcing, windows, windows))
    (expected, wanted), took_one_by_one = timed(lambda: one_by_one(network, forcing, windows))
    off = max(
        float(jnp.max(jnp.abs(left - right)) / jnp.max(jnp.abs(right)))
        for left, right in zip(jax.tree.leaves(gradient), jax.tree.leaves(wanted), strict=True)
    )
    print(
        f"{name}: {windows.shape[1] - 1} steps, α = {alpha:g}, {int(counts['newton_steps'])} Newton steps: loss "
        f"differs by {abs(float(loss / expected) - 1):.1g}, gradient by {off:.1g}; CPU time "
        f"{took / took_one_by_one:.1f} × that step by step ({1e3 * took_one_by_one:.0f} ms)",
        flush=True,
    )


def timed(call):
    """What a call gives, and its CPU time in seconds once compiled."""
    jax.block_until_ready(call())
    start = time.process_time()
    found = jax.block_until_ready(call())
    return found, time.process_time() - start


if __name__ == "__main__":
    main()
