"""Lyapunov spectra as the settings ask for them: of a system, of a trained network, and their checks."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float

from rnnchaos.data import Dataset, orbit
from rnnchaos.diagnostics.settings import DiagnosticsSettings, LyapunovSettings
from rnnchaos.errors import ConfigError
from rnnchaos.models import Network
from rnnchaos.models.simulation import attractor_states, measured
from rnnchaos.systems import AbstractFlow, AbstractMap, AbstractSystem
from rnnchaos.tangent import (
    Check,
    Divergence,
    LyapunovSpectrum,
    half_step_check,
    lyapunov_spectrum,
    parted,
    spectrum_checks,
)
from rnnchaos.typing import Step

# Of the standard deviation along each axis: too small to change what is conserved or to reach another basin.
_PUSH = 1e-6
# Up to so many dimensions all exponents are measured; beyond, so many at first, and twice as many until it is enough.
_ALL_EXPONENTS = 32
_FIRST_EXPONENTS = 8

# From data to the network's own attractor, before anything is measured on it.
SETTLING_STEPS = 1_000
# The half step takes twice the time a step: over this share of the steps, the check costs half as much again.
_SHARE_OF_HALF_STEP = 4


def spectrum_of_system(
    system: AbstractSystem,
    settings: LyapunovSettings,
    *,
    transient: int,
    target_stderr: float | None = None,
    target_relative_error: float | None = None,
) -> LyapunovSpectrum:
    """The Lyapunov spectrum of known equations by tangent dynamics, from several orbits."""
    starts = starts_of_system(system, settings, transient=transient)
    with jax.enable_x64(True):
        return measure_spectrum(
            system.step,
            starts,
            settings,
            num_steps=settings.system_steps,
            time_per_step=system.time_per_step,
            # A map's Jacobian is at hand itself.
            divergence=system.mean_divergence if isinstance(system, AbstractFlow) else None,
            target_stderr=target_stderr,
            target_relative_error=target_relative_error,
            leading=system.infinite_dimensional,
        )


def starts_of_system(
    system: AbstractSystem, settings: LyapunovSettings, *, transient: int, seed: int = 0
) -> Float[np.ndarray, "orbit state"]:
    """Where the orbits of known equations start: independent points of the attractor, or of what is conserved.

    Points of one orbit would retrace each other. Each is pushed off it a little, and followed until it has gone
    another way (`parted`), for no more than the steps that are measured.
    """
    gap = max(1, transient // 2)
    states = orbit(system, num_steps=gap * settings.num_orbits, transient=transient)
    scale = np.where(states.std(0) > 0, states.std(0), 1.0)
    pushes = np.random.default_rng(seed).standard_normal((settings.num_orbits, system.dimension))
    with jax.enable_x64(True):
        found = parted(
            system.step,
            jnp.asarray(states[::gap]),
            push=jnp.asarray(_PUSH * states.std(0) * pushes),
            scale=jnp.asarray(scale),
            most_steps=settings.system_steps,
        )
    return np.asarray(found)


def measure_spectrum(
    step: Step,
    starts: Float[np.ndarray, "orbit state"],
    settings: LyapunovSettings,
    *,
    num_steps: int,
    time_per_step: float,
    divergence: Divergence | None = None,
    target_stderr: float | None = None,
    target_relative_error: float | None = None,
    leading: bool = False,
) -> LyapunovSpectrum:
    """`lyapunov_spectrum` as `settings` say, of as many exponents as they or the Kaplan–Yorke dimension ask for.

    With `leading`, the last exponents of the state mean nothing and are left out unless the settings ask for them.
    """
    dimension = starts.shape[1]
    whole = dimension <= _ALL_EXPONENTS and not leading
    automatic = dimension if whole else min(dimension, _FIRST_EXPONENTS)
    count = automatic if settings.num_exponents == "auto" else settings.num_exponents
    while True:
        try:
            found = lyapunov_spectrum(
                step,
                starts,
                num_steps=num_steps,
                num_exponents=count,
                transient=None if settings.transient == "auto" else settings.transient,
                num_blocks=settings.num_blocks,
                qr_every=None if settings.qr_every == "auto" else settings.qr_every,
                time_per_step=time_per_step,
                divergence=divergence if count == dimension else None,
                target_stderr=target_stderr,
                target_relative_error=target_relative_error,
                max_steps=settings.max_extension * num_steps,
            )
        except ConfigError as error:
            # It begins with the name of the setting, which has the same name here.
            raise ConfigError(f"diagnostics.lyapunov.{error}") from None
        if settings.num_exponents != "auto" or found.kaplan_yorke is not None:
            return found
        count = min(2 * count, dimension)


def checks_of_system(
    system: AbstractSystem, spectrum: LyapunovSpectrum, settings: LyapunovSettings, *, transient: int
) -> list[Check]:
    """The checks of a spectrum of known equations, with a second measurement at half the step for a flow."""
    checks = spectrum_checks(spectrum, flow=not isinstance(system, AbstractMap))
    if isinstance(system, AbstractFlow) and settings.checks:
        steps = max(settings.num_blocks, settings.system_steps // _SHARE_OF_HALF_STEP)
        shorter = dataclasses.replace(settings, system_steps=steps, num_exponents=len(spectrum.exponents))
        checks.append(
            half_step_check(spectrum, spectrum_of_system(system.refined(), shorter, transient=transient))
        )
    return checks


def spectrum_of_network(
    network: Network, dataset: Dataset, settings: DiagnosticsSettings
) -> LyapunovSpectrum:
    """The exponents of the free-running network, per time unit of the data.

    Raises RunError where the network escapes to infinity.
    """
    wanted = settings.lyapunov
    return measure_spectrum(
        measured(network).step,
        starts_of_network(network, dataset, wanted),
        wanted,
        num_steps=wanted.num_steps,
        time_per_step=dataset.time_per_step,
        target_stderr=settings.target_stderr,
    )


def starts_of_network(
    network: Network, dataset: Dataset, settings: LyapunovSettings
) -> Float[np.ndarray, "orbit state"]:
    """Where the orbits of the free-running network start."""
    return attractor_states(network, dataset.test, transient=SETTLING_STEPS, count=settings.num_orbits)
