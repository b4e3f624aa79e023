"""What neutral_direction.py measures of a network: exponents, errors of map and Jacobian, its neutral direction."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from rnnchaos.attractors import find_attractors
from rnnchaos.data import Dataset
from rnnchaos.models import Network
from rnnchaos.systems import AbstractFlow
from rnnchaos.tangent import LyapunovSpectrum, covariant_vectors

ORBITS, STEPS, EXPONENTS = 16, 20_000, 3
# Points of the orbits at which maps and Jacobians are compared: so many records, so many steps apart.
RECORDS, APART = 400, 10


def own_spectrum(network: Network, dataset: Dataset) -> tuple[dict[str, object], np.ndarray]:
    """The spectrum of the attractor on which most of the orbits from the truth end, and states on it.

    Raises RunError where all orbits escape.
    """
    test = np.asarray(dataset.test.values)
    places = np.linspace(0, len(test) - 1, ORBITS).astype(int)
    starts = np.stack([np.asarray(network.force(jnp.asarray(test[place]))) for place in places])
    found = find_attractors(
        network.step,
        starts,
        num_steps=STEPS,
        num_exponents=min(EXPONENTS, network.state_size),
        time_per_step=dataset.time_per_step,
    )
    main = found.main
    return {"kind": main.kind, "share": main.share, **exponents(main.spectrum)}, main.states


def exponents(spectrum: LyapunovSpectrum) -> dict[str, float]:
    """The exponents of a row, with standard errors, in nats per time unit."""
    said = {}
    for place, (value, error) in enumerate(
        zip(spectrum.exponents, spectrum.standard_error, strict=True), start=1
    ):
        said |= {f"lambda_{place}": float(value), f"lambda_{place}_error": float(error)}
    return said


class Truth(eqx.Module):
    """The flow over one sampling step, in the scaled units in which networks see it."""

    flow: AbstractFlow
    mean: Float[Array, " axis"]
    scale: Float[Array, " axis"]

    @classmethod
    def of(cls, flow: AbstractFlow, dataset: Dataset) -> "Truth":
        """In the units of a dataset."""
        return cls(flow, jnp.asarray(dataset.scaling.mean), jnp.asarray(dataset.scaling.scale))

    def step(self, x: Float[Array, " axis"]) -> Float[Array, " axis"]:
        """The point one sampling step later."""
        return (self.flow.step(self.mean + self.scale * x) - self.mean) / self.scale

    def velocity(self, x: Float[Array, " axis"]) -> Float[Array, " axis"]:
        """The right-hand side."""
        return self.flow.velocity(self.mean + self.scale * x) / self.scale


def local_errors(network: Network, truth: Truth, states: np.ndarray, dt: float) -> dict[str, float]:
    """Map and Jacobians against the truth's at points of the network's attractor, and its neutral direction there.

    `map_error` is the error of the observed next point, `jacobian_error` that of the observed Jacobian in the plane of
    the two leading covariant vectors; each is relative to what a step changes, as roots of mean squares. `angle` is the
    median angle, in degrees, between the second covariant vector, as it is observed, and the truth's velocity; `turn`
    the root mean square of the angle, in degrees, by which a Jacobian turns the orbit's own direction away from the
    orbit; `growth_along` the mean growth of that direction under the Jacobians, nats per time unit, which is λ_2 unless
    other directions mix in.
    """
    found = covariant_vectors(
        network.step, states, num_steps=RECORDS * APART, num_vectors=2, record_every=APART, time_per_step=dt
    )
    at = jnp.asarray(found.states.reshape(-1, found.states.shape[-1]))
    pairs = jnp.asarray(found.vectors.reshape(-1, 2, at.shape[-1]))
    local = {name: np.asarray(values) for name, values in _compare(network, truth, at, pairs).items()}
    mean = {name: float(values.mean()) for name, values in local.items()}
    return {
        "map_error": (mean["map"] / mean["moved"]) ** 0.5,
        "jacobian_error": (mean["jacobian"] / mean["changed"]) ** 0.5,
        "angle": float(np.degrees(np.median(local["angle"]))),
        "turn": float(np.degrees(mean["turn"] ** 0.5)),
        "growth_along": mean["growth"] / dt,
    }


@eqx.filter_jit
def _compare(
    network: Network,
    truth: Truth,
    states: Float[Array, "point state"],
    pairs: Float[Array, "point 2 state"],
) -> dict[str, Float[Array, " point"]]:
    def at(state, pair):
        x, after = network.observe(state), network.step(state)
        pushed = jnp.stack([jax.jvp(network.step, (state,), (vector,))[1] for vector in pair])
        seen, images = (jax.vmap(network.observe)(each).T for each in (pair, pushed))
        plane, r = jnp.linalg.qr(seen)
        own = jax.scipy.linalg.solve_triangular(r.T, images.T, lower=True).T
        true = jax.jacfwd(truth.step)(x) @ plane
        # The direction of the orbit by central differences, one step on, and the next: a flow maps one onto the other.
        ahead = network.step(after)
        turned = network.observe(jax.jvp(network.step, (after,), ((ahead - state) / 2,))[1])
        onwards = network.observe((network.step(ahead) - after) / 2)
        return {
            "map": jnp.sum((network.observe(after) - truth.step(x)) ** 2),
            "moved": jnp.sum((truth.step(x) - x) ** 2),
            "jacobian": jnp.sum((own - true) ** 2),
            "changed": jnp.sum((true - plane) ** 2),
            "angle": _angle(seen[:, 1], truth.velocity(x)),
            "turn": _angle(turned, onwards) ** 2,
            "growth": jnp.log(_length(turned) / _length(onwards)),
        }

    return jax.vmap(at)(states, pairs)


def _angle(a: Float[Array, " axis"], b: Float[Array, " axis"]) -> Float[Array, ""]:
    """Between two lines, radians."""
    across = b - a * (a @ b) / (a @ a)
    return jnp.arctan2(_length(across), jnp.abs(a @ b) / _length(a))


def _length(vector: Float[Array, " axis"]) -> Float[Array, ""]:
    return jnp.sqrt(vector @ vector)
