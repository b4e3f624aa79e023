"""Attractors and their spectra as the settings ask for them: of a system, of a trained network, and their checks."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float

from rnnchaos.attractors import Attractor, AttractorSet, find_attractors
from rnnchaos.data import Dataset, orbit
from rnnchaos.diagnostics.jumps import jump_checks
from rnnchaos.diagnostics.settings import DiagnosticsSettings, LyapunovSettings
from rnnchaos.diagnostics.starts import box_of, chosen_starts
from rnnchaos.errors import ConfigError
from rnnchaos.models import Network
from rnnchaos.models.recorded import refuse_driven
from rnnchaos.models.simulation import attractor_states, measured
from rnnchaos.systems import AbstractFlow, AbstractMap, AbstractSystem
from rnnchaos.tangent import (
    Check,
    Divergence,
    LyapunovSpectrum,
    conditional_spectrum,
    half_step_check,
    parted,
    spectrum_checks,
)
from rnnchaos.typing import Step

# Of the standard deviation along each axis: too small to change what is conserved or to reach another basin.
_PUSH = 1e-6
# Up to so many dimensions all exponents are measured; beyond, so many at first, and twice as many until it is enough.
ALL_EXPONENTS = 32
FIRST_EXPONENTS = 8

# From data to the network's own attractor, before anything is measured on it.
SETTLING_STEPS = 1_000
# Of a system's own orbit, with its transient, for the box around it.
_STEPS_FOR_BOX = 2_000
# The half step takes twice the time a step: over this share of the steps, the check costs half as much again.
_SHARE_OF_HALF_STEP = 4


def attractor_of_system(
    system: AbstractSystem, settings: LyapunovSettings, *, transient: int, **targets: float | None
) -> Attractor:
    """The attractor that the data of known equations lie on; `targets` as of `attractors_of_system`."""
    starts = starts_of_system(system, settings, transient=transient)
    return attractors_of_system(system, settings, starts, **targets).main


def attractors_of_system(
    system: AbstractSystem,
    settings: LyapunovSettings,
    starts: Float[np.ndarray, "orbit state"],
    *,
    target_stderr: float | None = None,
    target_relative_error: float | None = None,
) -> AttractorSet:
    """The attractors of known equations that orbits from `starts` end on, by tangent dynamics."""
    chosen = settings.starts not in ("auto", "data")
    with jax.enable_x64(True):
        return measure_attractors(
            system.step,
            starts,
            settings,
            origin=None if chosen else np.asarray(system.initial_state()),
            num_steps=settings.system_steps,
            watch=settings.system_steps,
            time_per_step=system.time_per_step,
            # A map's Jacobian is at hand itself.
            divergence=system.mean_divergence if isinstance(system, AbstractFlow) else None,
            target_stderr=target_stderr,
            target_relative_error=target_relative_error,
            leading=system.infinite_dimensional,
        )


def chosen_starts_of_system(
    system: AbstractSystem, settings: LyapunovSettings, *, transient: int, seed: int
) -> Float[np.ndarray, "orbit state"]:
    """Where the orbits of known equations start, as the settings say."""
    return chosen_starts(
        settings,
        system.dimension,
        seed=seed,
        from_data=lambda: starts_of_system(system, settings, transient=transient),
        bounds=lambda: box_of(orbit(system, num_steps=_STEPS_FOR_BOX, transient=0)),
    )


def starts_of_system(
    system: AbstractSystem, settings: LyapunovSettings, *, transient: int, seed: int = 0
) -> Float[np.ndarray, "orbit state"]:
    """Where the orbits of known equations start: independent points of the attractor, or of what is conserved.

    Points of one orbit would retrace each other. Each is pushed off it a little, and followed until it has gone
    another way (`parted`), for no more than the steps that are measured. No coordinate is pushed across 0, which may
    be a border that orbits never cross, as where it is a number of animals.
    """
    gap = max(1, transient // 2)
    states = orbit(system, num_steps=gap * settings.num_orbits, transient=transient)
    scale = np.where(states.std(0) > 0, states.std(0), 1.0)
    pushes = np.random.default_rng(seed).standard_normal((settings.num_orbits, system.dimension))
    begin = states[::gap]
    push = np.clip(_PUSH * states.std(0) * pushes, -np.abs(begin) / 2, np.abs(begin) / 2)
    with jax.enable_x64(True):
        found = parted(
            system.step,
            begin,
            push=push,
            scale=scale,
            most_steps=settings.system_steps,
        )
    return np.asarray(found)


def measure_attractors(
    step: Step,
    starts: Float[np.ndarray, "orbit state"],
    settings: LyapunovSettings,
    *,
    num_steps: int,
    watch: int,
    time_per_step: float,
    origin: Float[np.ndarray, " state"] | None = None,
    divergence: Divergence | None = None,
    target_stderr: float | None = None,
    target_relative_error: float | None = None,
    leading: bool = False,
) -> AttractorSet:
    """`find_attractors` as `settings` say, with as many exponents as they or the Kaplan–Yorke dimensions ask for.

    `origin` is as for `find_attractors`. With `leading`, the last exponents of the state mean nothing and are left out
    unless the settings ask for them.
    """
    dimension = starts.shape[1]
    whole = dimension <= ALL_EXPONENTS and not leading
    automatic = dimension if whole else min(dimension, FIRST_EXPONENTS)
    count = automatic if settings.num_exponents == "auto" else settings.num_exponents
    while True:
        try:
            found = find_attractors(
                step,
                starts,
                num_steps=num_steps,
                watch_steps=watch,
                origin=origin,
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
        if settings.num_exponents != "auto" or _told(found):
            return found
        count = min(2 * count, dimension)


def _told(found: AttractorSet) -> bool:
    """Whether the exponents are enough for the Kaplan–Yorke dimension of every attractor."""
    return all(each.spectrum.kaplan_yorke is not None for each in found.attractors)


def checks_of_system(
    system: AbstractSystem, attractor: Attractor, settings: LyapunovSettings
) -> tuple[Check, ...]:
    """The checks of a spectrum of known equations, with a second measurement at half the step for a flow."""
    spectrum = attractor.spectrum
    checks = spectrum_checks(spectrum, flow=not isinstance(system, AbstractMap))
    if isinstance(system, AbstractFlow) and settings.checks:
        checks += jump_checks(system, attractor.states)
        steps = max(settings.num_blocks, settings.system_steps // _SHARE_OF_HALF_STEP)
        shorter = dataclasses.replace(settings, system_steps=steps, num_exponents=len(spectrum.exponents))
        finer = attractors_of_system(system.refined(), shorter, attractor.states)
        checks.append(half_step_check(spectrum, finer.main.spectrum))
    known = {check.name for check in checks}
    return (*checks, *(check for check in spectrum.checks if check.name not in known))


def response_spectrum(
    system: AbstractSystem, settings: LyapunovSettings, *, transient: int
) -> LyapunovSpectrum:
    """The conditional exponents of the driven part of a system, along orbits of the whole (skew product)."""
    starts = starts_of_system(system, settings, transient=transient)

    def drive(start):
        def advance(state, _):
            return system.step(state), state[system.response_size :]

        return jax.lax.scan(advance, start, None, settings.system_steps)[1]

    wanted = settings.num_exponents
    with jax.enable_x64(True):
        drives = np.asarray(jax.jit(jax.vmap(drive))(jnp.asarray(starts)))
    return conditional_spectrum(
        system.response_step,
        starts[:, : system.response_size],
        drives,
        num_exponents=None if wanted == "auto" else min(wanted, system.response_size),
        num_blocks=settings.num_blocks,
        transient=None if settings.transient == "auto" else settings.transient,
        qr_every=None if settings.qr_every == "auto" else settings.qr_every,
        time_per_step=system.time_per_step,
    )


def attractors_of_network(
    network: Network, dataset: Dataset, settings: DiagnosticsSettings, *, seed: int = 0
) -> AttractorSet:
    """The attractors of the free-running network, with exponents per time unit of the data.

    Raises RunError where it escapes to infinity from every start.
    """
    refuse_driven(network, "attractors and their exponents")
    wanted = settings.lyapunov
    starts = chosen_starts(
        wanted,
        network.state_size,
        seed=seed,
        from_data=lambda: attractor_states(network, dataset.test, transient=0, count=wanted.num_orbits),
    )
    return measure_attractors(
        measured(network).step,
        starts,
        wanted,
        num_steps=wanted.num_steps,
        watch=watched_steps(wanted, auto=settings.free_run.length(dataset.test)),
        time_per_step=dataset.time_per_step,
        target_stderr=settings.target_stderr,
    )


def watched_steps(settings: LyapunovSettings, *, auto: int) -> int:
    """For how long a network's orbits are watched: as set, or `auto`, but long enough to come to its attractor."""
    return max(SETTLING_STEPS, auto) if settings.watch == "auto" else settings.watch
