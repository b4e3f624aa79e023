"""The cases of check_calibration.py: one number measured many times, each with what is printed beside it."""

from collections.abc import Callable, Iterator
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from calibration_spectra import (
    HENON,
    LONGER,
    LORENZ,
    OF_HENON,
    OF_LORENZ,
    OF_NETWORK,
    WEIGHTS,
    Row,
    rows_of_spectra,
    spectra,
)

from rnnchaos.attractors import find_attractors
from rnnchaos.diagnostics.gradient_growth import spaced_lags
from rnnchaos.diagnostics.settings import LyapunovSettings
from rnnchaos.diagnostics.spectra import starts_of_system
from rnnchaos.metrics import n_step_error, state_space_estimate
from rnnchaos.systems import HenonHeiles, Lorenz63, Sprott, StandardMap
from rnnchaos.tangent import finite_time_exponents, fit_slope, jacobian_norms, lyapunov_spectrum


def few_orbits(repeats: int) -> Iterator[Row]:
    """One orbit, in 8 pieces and in 4 blocks; three orbits; 16 equal starts, which are one orbit."""
    for name, orbits, options in (
        ("1 orbit", 1, {}),
        ("1 orbit of 4 blocks", 1, {"num_blocks": 4}),
        ("3 orbits", 3, {}),
    ):
        for row in spectra(
            OF_HENON, repeats, steps=16_000 // orbits, orbits=orbits, derived=False, **options
        ):
            yield row._replace(quantity=f"{row.quantity}, {name}", kind="t" if "4 blocks" in name else "±")
    starts = np.repeat(OF_HENON.starts(repeats, 1), 16, axis=1)
    truth = lyapunov_spectrum(HENON, OF_HENON.starts(1, 16)[0], num_steps=500_000)
    found = [lyapunov_spectrum(HENON.step, start, num_steps=8_000) for start in starts]
    for row in rows_of_spectra(found, truth, exponents=1, derived=False):
        yield row._replace(quantity=f"{row.quantity}, 16 equal starts")


def targets(repeats: int) -> Iterator[Row]:
    """Runs that end when their own error is small enough: just within what they would take anyway, and far beyond."""
    for options in ({"target_stderr": 0.004}, {"target_stderr": 0.002}, {"target_relative_error": 0.005}):
        ((name, value),) = options.items()
        for row in spectra(OF_HENON, repeats, steps=1_000, derived=False, **options):
            yield row._replace(quantity=f"{row.quantity}, {name.removeprefix('target_')} {value:g}")


def weakly_chaotic(repeats: int) -> Iterator[Row]:
    """Sprott I from the starts of the catalogue's command: 20 000 steps, in which a push grows by 11 e-folds."""
    system, settings = Sprott(case="I"), LyapunovSettings(system_steps=20_000)
    step = system.step

    def measure(starts, num_steps):
        return lyapunov_spectrum(step, starts, num_steps=num_steps, time_per_step=system.time_per_step)

    found = [
        measure(starts_of_system(system, settings, transient=1_000, seed=seed), 20_000)
        for seed in range(1, repeats + 1)
    ]
    truth = measure(starts_of_system(system, settings, transient=1_000), 20 * 20_000)
    for row in rows_of_spectra(found, truth, exponents=2, derived=False):
        yield row._replace(truth=0.0, kind="zero") if row.quantity == "λ_2" else row


def zeros(repeats: int) -> Iterator[Row]:
    """Regular motion, and the neutral directions of a flow that conserves energy: exact zeros, known to ln T / T."""
    for name, system, which, steps in (
        ("standard map, kick 0.5", StandardMap(kick=0.5), 0, 5_000),
        ("Hénon–Heiles", HenonHeiles(), 1, 2_000),
    ):
        settings = LyapunovSettings(system_steps=steps)
        step = system.step
        found = [
            lyapunov_spectrum(
                step,
                starts_of_system(system, settings, transient=1_000, seed=seed),
                num_steps=steps,
                time_per_step=system.time_per_step,
            )
            for seed in range(repeats)
        ]
        yield Row(
            f"λ_{which + 1}, {name}",
            0.0,
            np.array([each.exponents[which] for each in found]),
            np.array([each.standard_error[which] for each in found]),
            kind="bound",
        )


def slopes(repeats: int) -> Iterator[Row]:
    """Slopes of log‖dz_T/dz_1‖, from one start with and without the spectrum's diffusion, from three and from ten."""
    lags = spaced_lags(10_000)
    for name, source in (("Lorenz", OF_LORENZ), ("Hénon", OF_HENON)):
        starts = source.starts(repeats, 10)
        norms = jacobian_norms(source.step, starts.reshape(-1, starts.shape[-1]), lags=lags)
        norms = norms.reshape(repeats, 10, -1)
        spectrum = lyapunov_spectrum(source.step, starts[:, 0][:16], num_steps=200_000)
        diffusion = float(spectrum.per_step_error[0]) ** 2 * spectrum.num_orbits * spectrum.num_steps
        for count, known in ((1, diffusion), (1, None), (3, diffusion), (3, None), (10, diffusion)):
            found = [fit_slope(lags, each[:count], diffusion=known) for each in norms]
            label = f"slope of {count}, {name}{'' if known else ' alone'}"
            values, errors = (np.array([each[part] for each in found]) for part in (0, 1))
            yield Row(label, float(spectrum.per_step[0]), values, errors)


def finite_time(repeats: int) -> Iterator[Row]:
    """The variance of finite-time exponents."""

    def measure(starts, windows):
        return finite_time_exponents(HENON.step, starts, window=16, num_windows=windows, transient=100)

    found = [measure(start, 200) for start in OF_HENON.starts(repeats, 16)]
    truth = measure(OF_HENON.starts(1, 16)[0], 200 * LONGER).variance_times_window[0]
    values, errors = (
        np.array([getattr(each, name)[0] for each in found])
        for name in ("variance_times_window", "variance_times_window_error")
    )
    yield Row("variance × window", float(truth), values, errors)


def several_attractors(repeats: int) -> Iterator[Row]:
    """A tanh network whose last unit is a switch: below zero the others are chaotic, above it they come to rest."""
    size = len(WEIGHTS)
    weights, signs = np.zeros((size + 1, size + 1)), np.sign(WEIGHTS[0])
    weights[:size, :size], weights[:size, size], weights[size, size] = WEIGHTS, 4 * signs, 3.0
    bias = np.append(4 * signs * 0.99505, 0.0)
    matrix, offset = jnp.asarray(weights), jnp.asarray(bias)

    def step(state):
        return jnp.tanh(matrix @ state + offset)

    def measure(seed, num_steps):
        starts = np.random.default_rng(seed).uniform(-0.5, 0.5, (16, size + 1))
        starts[:, size] = np.where(np.arange(16) < 10, -0.5, 0.5)
        return find_attractors(step, starts, num_steps=num_steps, num_exponents=2).attractors

    truth = measure(0, 20 * 2_000)[0].spectrum
    found = [measure(seed, 2_000) for seed in range(1, repeats + 1)]
    told = [each[0].spectrum for each in found if [a.kind for a in each] == ["chaotic", "fixed point"]]
    print(f"  {len(told)} of {len(found)} runs find the chaotic attractor and the fixed point, and no other")
    for row in rows_of_spectra(told, truth, exponents=2, derived=False):
        yield row._replace(quantity=f"{row.quantity}, beside a sink")


def leaving(repeats: int) -> Iterator[Row]:
    """The mean time that a chaotic set holds orbits: a tent map with a hole of known size, beside a fixed point."""
    slope = 2.004

    def step(x):
        inside = slope * jnp.minimum(x, 1 - x)
        return jnp.where(x <= 1, inside, 3 + 0.5 * (x - 3))

    values, errors = [], []
    for seed in range(repeats):
        starts = np.random.default_rng(seed).uniform(0.05, 0.95, (24, 1))
        found = find_attractors(step, starts, num_steps=1_500).leaving
        if found is not None:
            values.append(found.mean_time)
            errors.append(found.mean_time_error)
    yield Row("mean time to leave", 1 / np.log(slope / 2), np.array(values), np.array(errors))


def metrics(repeats: int) -> Iterator[Row]:
    """The n-step error of a Lorenz-63 that is a little off, from 100 starts, and the D_stsp of its runs."""
    other = Lorenz63(rho=28.3)

    def ahead(system, starts):
        return np.asarray(
            jax.jit(lambda x: jax.lax.fori_loop(0, 20, lambda _, x: jax.vmap(system.step)(x), x))(starts)
        )

    starts = OF_LORENZ.starts(repeats, 100).reshape(-1, 3)
    true, predicted = (ahead(system, starts).reshape(repeats, 100, 3) for system in (LORENZ, other))
    found = [n_step_error(a, b) for a, b in zip(true, predicted, strict=True)]
    long_run = n_step_error(true.reshape(-1, 3), predicted.reshape(-1, 3)).value
    values, errors = (
        np.array([each.value for each in found]),
        np.array([each.standard_error for each in found]),
    )
    yield Row("n-step error", float(long_run), values, errors)

    def run(system, start):
        return jax.lax.scan(lambda x, _: (system.step(x), x), start, None, 10_000)[1]

    # The error speaks of both series: each run has a truth of its own.
    starts = OF_LORENZ.starts(2 * repeats, 1)[:, 0]
    truths, runs = (
        np.asarray(jax.jit(jax.vmap(partial(run, system)))(part))
        for system, part in ((LORENZ, starts[:repeats]), (other, starts[repeats:]))
    )
    for form in ("paper", "strict", "gtf"):
        found = [
            state_space_estimate(
                (truth - truth.mean(0)) / truth.std(0), (each - truth.mean(0)) / truth.std(0), form=form
            )
            for truth, each in zip(truths, runs, strict=True)
        ]
        values, errors = (
            np.array([each.value for each in found]),
            np.array([each.standard_error for each in found]),
        )
        # Runs of this length are what it speaks of: their mean is the truth.
        yield Row(f"D_stsp, {form}", float(values.mean()), values, errors)


CASES: dict[str, Callable[[int], Iterator[Row]]] = {
    "lorenz": lambda repeats: spectra(OF_LORENZ, repeats, steps=10_000, exponents=2),
    "henon": lambda repeats: spectra(OF_HENON, repeats, steps=1_000),
    "network": lambda repeats: spectra(
        OF_NETWORK, repeats, steps=2_000, exponents=4, num_exponents=6, derived=False, longer=40
    ),
    "few_orbits": few_orbits,
    "targets": targets,
    "weakly_chaotic": weakly_chaotic,
    "zeros": zeros,
    "slopes": slopes,
    "finite_time": finite_time,
    "several_attractors": several_attractors,
    "leaving": leaving,
    "metrics": metrics,
}
