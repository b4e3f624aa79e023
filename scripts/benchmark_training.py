"""CPU time of a training step, gradient included: segments, step by step, PyTorch fused and in a loop, bare products.

    pip install -e '.[benchmark]' && python scripts/benchmark_training.py [--cells LSTM GRU RNN PLRNN ShallowRNN]

Networks of 30 units, batches of 32 windows forced every 30 steps, float32; ShallowRNN is that of `rnnchaos train
model=shrnn optimizer=adamw`, 10 units with a layer of 50 on 8 windows of 116 steps, forced every 29. The contenders run
in turn, so that what slows the machine slows them all; the medians of the CPU times are compared. PyTorch has a single
thread and works the pseudo-inverse out once a step of the optimiser. Fused, its nn.LSTM, nn.GRU or nn.RNN runs the same
segments side by side; the loop is what one would write by hand, a cell call per step of the whole window.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable
from typing import NamedTuple

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

DIMENSION = 3
STEPS = 5  # of this package in one program, as `rnnchaos train` runs them


class Shape(NamedTuple):
    """Of the state and of what is trained on."""

    hidden: int
    batch: int
    tau: int
    products: tuple[tuple[int, int], ...]
    """Shapes of the weight matrices of a step."""


SHAPES = {
    "LSTM": Shape(30, 32, 30, ((120, 30),)),
    "GRU": Shape(30, 32, 30, ((90, 30),)),
    "RNN": Shape(30, 32, 30, ((30, 30),)),
    "PLRNN": Shape(30, 32, 30, ((30, 30),)),
    "ShallowRNN": Shape(10, 8, 29, ((50, 10), (10, 50))),
}
WINDOWS = {"ShallowRNN": [116]}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cells", nargs="+", choices=SHAPES, default=list(SHAPES))
    parser.add_argument("--windows", nargs="+", type=int, default=[200, 1000])
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--no-torch", action="store_true", help="leave PyTorch out")
    options = parser.parse_args()
    print(f"CPU ms per training step, median of {options.repeats}; the ratio to the segment form in brackets")
    names = ("step by step", "PyTorch fused", "PyTorch loop", "matrix products")
    print(f"{'cell':10} {'window':>6} {'segments':>9} " + " ".join(f"{name:>18}" for name in names))
    for cell in options.cells:
        for window in WINDOWS.get(cell, options.windows):
            contenders = {
                "segments": jax_step(cell, window, segments=True),
                "step by step": jax_step(cell, window, segments=False),
                "matrix products": matrix_products(cell, window),
            }
            if not options.no_torch and cell in ("LSTM", "GRU", "RNN"):
                contenders["PyTorch fused"] = fused_torch_step(cell, window)
            if not options.no_torch and cell != "ShallowRNN":
                contenders["PyTorch loop"] = torch_step(cell, window)
            times = interleaved(contenders, options.repeats)
            times |= {name: times[name] / STEPS for name in times if "PyTorch" not in name}
            base = times["segments"]
            columns = [
                f"{times[name]:9.2f} ({times[name] / base:5.2f})" if name in times else "" for name in names
            ]
            print(
                f"{cell:10} {window:6} {base:9.2f} " + " ".join(f"{column:>18}" for column in columns),
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
    """Loss, gradient and Adam update of this package, so many times."""
    shape = SHAPES[cell]
    cell_key, observation_key, data_key = jax.random.split(jax.random.key(0), 3)
    network = cells.Network(
        getattr(cells, cell)(shape.hidden, key=cell_key),
        cells.LinearObservation(DIMENSION, shape.hidden, key=observation_key),
    ).astype(jnp.float32)
    windows = jax.random.normal(data_key, (shape.batch, window + 1, DIMENSION), jnp.float32)
    forcing = Forcing(shape.tau)
    adam = optax.adam(1e-3)
    state = adam.init(eqx.filter(network, eqx.is_inexact_array))

    arrays, rest = eqx.partition(network, eqx.is_inexact_array)

    def step(carry, _):
        network, state = eqx.combine(carry[0], rest), carry[1]
        if segments:
            loss, gradient = segment_loss_and_gradient(network, forcing, windows, windows)
        else:
            loss, gradient = eqx.filter_value_and_grad(sequential_loss)(network, forcing, windows)
        updates, state = adam.update(gradient, state)
        return (eqx.filter(eqx.apply_updates(network, updates), eqx.is_inexact_array), state), loss

    steps = jax.jit(lambda carry: jax.lax.scan(step, carry, None, STEPS))
    return lambda: jax.block_until_ready(steps((arrays, state)))


def matrix_products(cell: str, window: int) -> Callable[[], object]:
    """Three products per step and weight that no implementation can do without, W h, Wᵀδ and δhᵀ, of these sizes."""
    shape = SHAPES[cell]
    segments = shape.batch * -(-window // shape.tau)
    rng = np.random.default_rng(0)

    def drawn(*sizes: int) -> jax.Array:
        return jnp.asarray(rng.standard_normal(sizes) / shape.hidden, jnp.float32)

    weights = [drawn(*sizes) for sizes in shape.products]
    states = [drawn(shape.tau, sizes[1], segments) for sizes in shape.products]

    def products(weights):
        def step(gradients, states):
            forward = [weight @ state for weight, state in zip(weights, states, strict=True)]
            # Each product feeds the carry, so that none can be left out.
            each = zip(gradients, weights, forward, strict=True)
            return [gradient + found @ (weight.T @ found).T for gradient, weight, found in each], None

        return jax.lax.scan(step, [jnp.zeros_like(weight) for weight in weights], states)[0]

    def moved(weights, _):
        # From other weights each time, so that none is worked out once for all.
        return [weight + 1e-9 * found for weight, found in zip(weights, products(weights), strict=True)], None

    repeated = jax.jit(lambda weights: jax.lax.scan(moved, weights, None, STEPS)[0])
    return lambda: jax.block_until_ready(repeated(weights))


def fused_torch_step(cell: str, window: int) -> Callable[[], object]:
    """Loss, gradient and Adam update of PyTorch's fused cell over the same segments, side by side."""
    import torch

    torch.manual_seed(0)
    torch.set_num_threads(1)
    hidden, batch, tau, _ = SHAPES[cell]
    module = {"LSTM": torch.nn.LSTM, "GRU": torch.nn.GRU, "RNN": torch.nn.RNN}[cell](1, hidden)
    observation = torch.nn.Parameter(torch.rand(DIMENSION, hidden) / hidden**0.5)
    adam = torch.optim.Adam([*module.parameters(), observation], lr=1e-3)
    windows = torch.randn(batch, window + 1, DIMENSION)
    starts = torch.arange(0, window, tau)
    targets = starts[:, None] + torch.arange(1, tau + 1)
    no_input = torch.zeros(tau, batch * len(starts), 1)

    def step():
        adam.zero_grad()
        inverse = torch.linalg.pinv(observation)
        first = windows[:, starts].reshape(-1, DIMENSION)
        target = windows[:, targets.clamp(max=window)].reshape(-1, tau, DIMENSION).transpose(0, 1)
        weight = (targets <= window).repeat(batch, 1).T / (batch * window * DIMENSION)
        forced = (first @ inverse.T)[None]
        states, _ = module(no_input, (forced, torch.zeros_like(forced)) if cell == "LSTM" else forced)
        loss = (weight[..., None] * (states @ observation.T - target) ** 2).sum()
        loss.backward()
        adam.step()
        return loss

    return step


def torch_step(cell: str, window: int) -> Callable[[], object]:
    """Loss, gradient and Adam update of a plain per-step PyTorch loop."""
    import torch

    hidden_size, batch, tau, _ = SHAPES[cell]
    torch.manual_seed(0)
    torch.set_num_threads(1)  # on products this small a second thread costs CPU time and saves none
    modules = {"LSTM": torch.nn.LSTMCell, "GRU": torch.nn.GRUCell, "RNN": torch.nn.RNNCell}
    if cell == "PLRNN":
        matrix = torch.nn.Parameter(torch.rand(hidden_size, hidden_size) / hidden_size)
        bias = torch.nn.Parameter(torch.rand(hidden_size) / hidden_size)
        weights = [matrix, bias]
    else:
        module = modules[cell](1, hidden_size)
        weights = list(module.parameters())
    observation = torch.nn.Parameter(torch.rand(DIMENSION, hidden_size) / hidden_size**0.5)
    adam = torch.optim.Adam([*weights, observation], lr=1e-3)
    windows = torch.randn(batch, window + 1, DIMENSION)
    no_input = torch.zeros(batch, 1)

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
            if t % tau == 0:
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
