"""CPU time of one training step, gradient included: segments, step by step, a PyTorch loop, bare matrix products.

    pip install -e '.[benchmark]' && python scripts/benchmark_training.py [--cells LSTM GRU RNN PLRNN] [--repeats 15]

Networks of 30 units, batches of 32 windows forced every 30 steps, float32. The contenders run in turn, so that what
slows the machine slows them all; the medians of the CPU times are compared. The PyTorch loop is what one would write
by hand: a cell call per step, the pseudo-inverse once a step of the optimiser, and a single thread.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable

os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ["JAX_ENABLE_X64"] = "1"  # as the command line sets it; training is in float32 all the same

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax

from rnnchaos import models as cells
from rnnchaos.protocols import Forcing
from rnnchaos.training import segment_loss_and_gradient, sequential_loss

HIDDEN, DIMENSION, BATCH, TAU = 30, 3, 32, 30
# Rows of the recurrent weight matrix, in units of the hidden size.
GATES = {"LSTM": 4, "GRU": 3, "RNN": 1, "PLRNN": 1}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cells", nargs="+", choices=GATES, default=list(GATES))
    parser.add_argument("--windows", nargs="+", type=int, default=[200, 1000])
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--no-torch", action="store_true", help="leave the PyTorch loop out")
    options = parser.parse_args()
    print(f"CPU ms per training step, median of {options.repeats}; the ratio to the segment form in brackets")
    print(
        f"{'cell':6} {'window':>6} {'segments':>9} {'step by step':>18} {'PyTorch loop':>18} {'matrix products':>18}"
    )
    for cell in options.cells:
        for window in options.windows:
            contenders = {
                "segments": jax_step(cell, window, segments=True),
                "sequential": jax_step(cell, window, segments=False),
                "products": matrix_products(cell, window),
            }
            if not options.no_torch:
                contenders["torch"] = torch_step(cell, window)
            times = interleaved(contenders, options.repeats)
            base = times["segments"]
            columns = [
                f"{times[name]:9.2f} ({times[name] / base:5.2f})" if name in times else ""
                for name in ("sequential", "torch", "products")
            ]
            print(
                f"{cell:6} {window:6} {base:9.2f} " + " ".join(f"{column:>18}" for column in columns),
                flush=True,
            )


def interleaved(contenders: dict[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    """Median CPU milliseconds of each contender, called in turn after a warm-up."""
    for call in contenders.values():
        call()
        call()
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(repeats):
        for name, call in contenders.items():
            start = time.process_time()
            call()
            times[name].append(1e3 * (time.process_time() - start))
    return {name: statistics.median(values) for name, values in times.items()}


def jax_step(cell: str, window: int, *, segments: bool) -> Callable[[], object]:
    """Loss, gradient and Adam update of this package."""
    cell_key, observation_key, data_key = jax.random.split(jax.random.key(0), 3)
    network = cells.Network(
        getattr(cells, cell)(HIDDEN, key=cell_key),
        cells.LinearObservation(DIMENSION, HIDDEN, key=observation_key),
    ).astype(jnp.float32)
    windows = jax.random.normal(data_key, (BATCH, window + 1, DIMENSION), jnp.float32)
    adam = optax.adam(1e-3)
    state = adam.init(eqx.filter(network, eqx.is_inexact_array))

    @eqx.filter_jit
    def step(network, state, windows):
        if segments:
            loss, gradient = segment_loss_and_gradient(network, Forcing(TAU), windows, windows)
        else:
            loss, gradient = eqx.filter_value_and_grad(sequential_loss)(network, Forcing(TAU), windows)
        updates, state = adam.update(gradient, state)
        return loss, eqx.apply_updates(network, updates), state

    return lambda: jax.block_until_ready(step(network, state, windows))


def matrix_products(cell: str, window: int) -> Callable[[], object]:
    """The three products per step that no implementation can do without: W h, Wᵀδ and δhᵀ, of the same sizes."""
    segments = BATCH * -(-window // TAU)
    rng = np.random.default_rng(0)
    weight = jnp.asarray(rng.standard_normal((GATES[cell] * HIDDEN, HIDDEN)) / HIDDEN, jnp.float32)
    states = jnp.asarray(rng.standard_normal((TAU, HIDDEN, segments)), jnp.float32)

    @jax.jit
    def products(weight, states):
        def step(gradient, state):
            forward = weight @ state
            # Each product feeds the carry, so that none can be left out.
            return gradient + forward @ (weight.T @ forward).T, None

        return jax.lax.scan(step, jnp.zeros_like(weight), states)[0]

    return lambda: jax.block_until_ready(products(weight, states))


def torch_step(cell: str, window: int) -> Callable[[], object]:
    """Loss, gradient and Adam update of a plain per-step PyTorch loop."""
    import torch

    torch.manual_seed(0)
    torch.set_num_threads(1)  # on products this small a second thread costs CPU time and saves none
    modules = {"LSTM": torch.nn.LSTMCell, "GRU": torch.nn.GRUCell, "RNN": torch.nn.RNNCell}
    if cell == "PLRNN":
        matrix = torch.nn.Parameter(torch.rand(HIDDEN, HIDDEN) / HIDDEN)
        bias = torch.nn.Parameter(torch.rand(HIDDEN) / HIDDEN)
        weights = [matrix, bias]
    else:
        module = modules[cell](1, HIDDEN)
        weights = list(module.parameters())
    observation = torch.nn.Parameter(torch.rand(DIMENSION, HIDDEN) / HIDDEN**0.5)
    adam = torch.optim.Adam([*weights, observation], lr=1e-3)
    windows = torch.randn(BATCH, window + 1, DIMENSION)
    no_input = torch.zeros(BATCH, 1)

    def advance(state):
        if cell == "LSTM":
            return module(no_input, state)
        if cell == "PLRNN":
            active = torch.relu(state)
            return active @ matrix.T + torch.diagonal(matrix) * (state - active) + bias
        return module(no_input, state)

    def step():
        adam.zero_grad()
        inverse = torch.linalg.pinv(observation)
        loss, state = 0.0, None
        for t in range(window):
            if t % TAU == 0:
                forced = windows[:, t] @ inverse.T
                state = (forced, torch.zeros_like(forced)) if cell == "LSTM" else forced
            state = advance(state)
            hidden = state[0] if cell == "LSTM" else state
            loss = loss + ((hidden @ observation.T - windows[:, t + 1]) ** 2).mean()
        (loss / window).backward()
        adam.step()

    return step


if __name__ == "__main__":
    main()
