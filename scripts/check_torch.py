"""A network that PyTorch trains, read from its checkpoint, against PyTorch itself: its orbit and its spectrum.

    python scripts/check_torch.py --kind LSTM --steps 500

Two layers and a readout learn Lorenz's equations one step ahead, and are then fed with what they predict. Held against
PyTorch: the orbit (a chaotic one parts at its own rate, so from every state the next 20 steps), and the spectrum from
Jacobians by torch.autograd at the same states, through a QR decomposition of NumPy. Needs torch ≥ 2.6.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import torch

from rnnchaos.measurements.weights_file import read_network
from rnnchaos.settings.compose import compose
from rnnchaos.settings.read import read_weights_settings
from rnnchaos.systems import Lorenz63
from rnnchaos.tangent import lyapunov_spectrum

UNITS, WINDOW, AHEAD, TOLERANCE = 16, 200, 20, 1e-6


class Predictor(torch.nn.Module):
    """Two recurrent layers, and a readout that says what comes next."""

    def __init__(self, kind: str, inputs: int) -> None:
        super().__init__()
        self.rnn = getattr(torch.nn, kind)(inputs, UNITS, num_layers=2, batch_first=True)
        self.readout = torch.nn.Linear(UNITS, inputs)

    def step(self, state: torch.Tensor) -> torch.Tensor:
        """One step of the closed loop; the state is that of both layers, an LSTM's memories last."""
        parts = state.reshape(-1, 2, UNITS)
        before = tuple(parts) if len(parts) == 2 else parts[0]
        _, after = self.rnn(self.readout(parts[0, 1])[None], before)
        return torch.stack(after).flatten() if isinstance(after, tuple) else after.flatten()


def lorenz(steps: int) -> torch.Tensor:
    """A series of Lorenz's equations, standardised."""
    system = Lorenz63()
    with jax.enable_x64(True):
        start = jnp.asarray([1.0, 1.0, 25.0])
        series = jax.lax.scan(lambda z, _: (system.step(z),) * 2, start, None, steps + 1000)[1][1000:]
    series = np.asarray(series)
    return torch.tensor((series - series.mean(0)) / series.std(0))


def train(kind: str, steps: int) -> Predictor:
    """Windows of Lorenz's orbit, by Adam."""
    torch.manual_seed(0)
    torch.set_num_threads(1)  # threads of torch and XLA wait for each other
    series, model = lorenz(20_000), Predictor(kind, 3).double()
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    for step in range(steps):
        starts = torch.randint(len(series) - WINDOW - 1, (16,))
        windows = torch.stack([series[start : start + WINDOW + 1] for start in starts])
        loss = torch.mean((model.readout(model.rnn(windows[:, :-1])[0]) - windows[:, 1:]) ** 2)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % 100 == 99:
            print(f"step {step + 1}: loss {loss.item():.2e}", flush=True)
    return model


def spectrum_of(jacobians: np.ndarray) -> np.ndarray:
    """Exponents per step from Jacobians along one orbit."""
    basis, sums = np.eye(jacobians.shape[1]), np.zeros(jacobians.shape[1])
    for jacobian in jacobians:
        basis, triangle = np.linalg.qr(jacobian @ basis)
        sums += np.log(np.abs(np.diag(triangle)))
    return sums / len(jacobians)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kind", choices=("RNN", "GRU", "LSTM"), default="LSTM")
    parser.add_argument("--steps", type=int, default=500, help="of training")
    parser.add_argument("--orbit", type=int, default=400, help="steps along which Jacobians are compared")
    wanted = parser.parse_args()
    model = train(wanted.kind, wanted.steps)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model.pt"
        torch.save({"model_state_dict": model.state_dict()}, file)
        read = read_network(read_weights_settings(compose("weights", [f"weights={file}"])))
    print(*read.said, sep="\n")
    network = read.network

    with jax.enable_x64(True):
        start = jnp.zeros(network.state_size) + 0.1
        states = jax.lax.scan(lambda z, _: (network.step(z),) * 2, start, None, 500 + wanted.orbit)[1][500:]
        own = np.asarray(jax.vmap(jax.jacfwd(network.step))(states))
    states = np.array(states)
    apart = 0.0
    with torch.no_grad():
        for first in range(0, wanted.orbit - AHEAD, AHEAD):
            state = torch.tensor(states[first])
            for later in range(first + 1, first + AHEAD + 1):
                state = model.step(state)
                apart = max(apart, float(np.abs(state.numpy() - states[later]).max()))
    theirs = np.stack(
        [torch.autograd.functional.jacobian(model.step, torch.tensor(state)).numpy() for state in states]
    )
    difference = float(np.abs(spectrum_of(own) - spectrum_of(theirs)).max())
    long = lyapunov_spectrum(network.step, states[::100], num_steps=2_000, transient=500)
    found = {"orbit": apart, "Jacobians": float(np.abs(own - theirs).max()), "spectrum": difference}
    for name, value in found.items():
        print(f"{name}: apart by at most {value:.1e} (bound {TOLERANCE:g})")
    print(f"λ_1 {long.exponents[0]:.5f} ± {long.standard_error[0]:.5f} per step")
    return int(max(found.values()) > TOLERANCE)


if __name__ == "__main__":
    sys.exit(main())
