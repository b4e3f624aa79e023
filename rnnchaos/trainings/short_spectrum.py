"""The Lyapunov spectrum of a network that is still training."""

import dataclasses

from rnnchaos.data import Dataset
from rnnchaos.diagnostics import DiagnosticsSettings
from rnnchaos.diagnostics.driven import along_test_inputs
from rnnchaos.diagnostics.spectra import SETTLING_STEPS, attractors_of_network
from rnnchaos.models import Network
from rnnchaos.tangent import LyapunovSpectrum

# Shorter than the one at the end, by this factor, and of the leading exponents.
_SHORTER = 10
_LEADING = 6


def short_spectrum(
    network: Network, dataset: Dataset, settings: DiagnosticsSettings, *, seed: int
) -> tuple[LyapunovSpectrum, float]:
    """That of the attractor reached from the data, with its share of the orbits; conditional where inputs drive it.

    Raises RunError where it escapes to infinity.
    """
    settings = shorter(settings, network.state_size)
    if network.num_inputs:
        return along_test_inputs(network, dataset, settings.lyapunov, seed=seed).spectrum, 1.0
    found = attractors_of_network(network, dataset, settings).main
    return found.spectrum, found.share


def shorter(settings: DiagnosticsSettings, state_size: int) -> DiagnosticsSettings:
    """The settings for a spectrum that is taken many times over a training."""
    lyapunov = settings.lyapunov
    steps = max(lyapunov.num_blocks, lyapunov.num_steps // _SHORTER)
    count = min(_LEADING, state_size)
    short = dataclasses.replace(lyapunov, num_steps=steps, num_exponents=count, watch=SETTLING_STEPS)
    return dataclasses.replace(settings, lyapunov=short, target_stderr=None)
