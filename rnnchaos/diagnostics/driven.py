"""What a driven network does under its input: conditional exponents beside the truth's, and whether it forgets."""

from collections.abc import Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float

from rnnchaos.data import Dataset
from rnnchaos.diagnostics.comparison import compared
from rnnchaos.diagnostics.conditional import conditional_findings, spectrum_along, stretches
from rnnchaos.diagnostics.findings import Findings
from rnnchaos.diagnostics.settings import LyapunovSettings
from rnnchaos.diagnostics.truth import Truth
from rnnchaos.models import Network
from rnnchaos.models.contraction_bound import ANY_INPUT, ContractionBound, contraction_bound
from rnnchaos.models.simulation import measured
from rnnchaos.tangent import EchoStateVerdict, LyapunovSpectrum, echo_state, far_starts
from rnnchaos.typing import DrivenStep

# A rate within so many standard errors of 0 counts as zero.
_SIGNIFICANT = 3.0


class Driven(NamedTuple):
    """What was measured along an input."""

    spectrum: LyapunovSpectrum
    echo: EchoStateVerdict


def driven_findings(driven: Driven, truth: Truth | None, *, title: str) -> Findings:
    """The conditional exponents beside the truth's, and the echo-state verdict."""
    found = conditional_findings(
        driven.spectrum,
        truth,
        name="conditional",
        title=title,
        said=(said_of(driven.spectrum), driven.echo.sentence),
    )
    leading = {
        name.removeprefix("conditional_"): value
        for name, value in found.summary.items()
        if name.startswith("conditional_lambda_max")
    }
    summary = {**leading, **compared(driven.spectrum, truth), **found.summary}
    return found._replace(summary={**summary, "echo_state": _summary(driven.echo)})


def along_test_inputs(network: Network, dataset: Dataset, settings: LyapunovSettings, *, seed: int) -> Driven:
    """Of a trained network, along the inputs that were recorded with the test series.

    Raises as `along_inputs` does.
    """
    pieces, before = [], []
    for part in dataset.test.parts():
        assert part.inputs is not None  # the network is driven
        pieces.append(part.inputs[1:])
        before.append(part.values[:-1])
    ready = measured(network)
    with jax.enable_x64(True):
        states = np.asarray(jax.vmap(ready.force)(jnp.asarray(np.concatenate(before))))
    return along_inputs(
        ready.step,
        network.state_size,
        pieces,
        settings,
        states=states,
        bound=contraction_bound(network, np.concatenate(pieces)),
        seed=seed,
        time_per_step=dataset.time_per_step,
    )


def along_inputs(
    step: DrivenStep,
    state_size: int,
    pieces: Sequence[Float[np.ndarray, "time input"]],
    settings: LyapunovSettings,
    *,
    states: Float[np.ndarray, "time state"] | None = None,
    bound: ContractionBound | None = None,
    seed: int,
    time_per_step: float = 1.0,
) -> Driven:
    """The conditional exponents along pieces of an input, and the echo-state verdict along the longest of them.

    Orbits for the exponents start from `states`, those before the step of each row of the input, or from 0.

    Raises ConfigError for too short an input, RunError where an orbit escapes to infinity.
    """
    parts = stretches([len(piece) for piece in pieces], most=settings.num_orbits, longest=settings.num_steps)
    rows = np.asarray(parts.begins)[:, None] + np.arange(parts.length)
    inputs = np.concatenate(list(pieces))[rows]
    starts = far_starts(step, inputs[0], state_size, count=max(2, settings.num_orbits), seed=seed)
    begin = np.zeros((len(inputs), state_size)) if states is None else states[parts.begins]
    spectrum = spectrum_along(step, begin, inputs, settings, time_per_step=time_per_step)
    longest = max(pieces, key=len)[: settings.num_steps]
    echo = echo_state(
        step,
        starts,
        longest,
        bound=None if bound is None else bound.factor,
        bound_for=ANY_INPUT if bound is None else bound.holds_for,
    )
    return Driven(spectrum, echo)


def said_of(spectrum: LyapunovSpectrum) -> str:
    """What the first exponent says of neighbours under this input."""
    rate, error = float(spectrum.per_step[0]), float(spectrum.per_step_error[0])
    if np.isneginf(rate):
        return "neighbours under this input: one and the same after a step that collapses all directions"
    if spectrum.zero[0] or abs(rate) <= _SIGNIFICANT * error:
        return "neighbours under this input: neither part nor meet exponentially, for all that it tells"
    if rate < 0:
        return f"neighbours under this input: meet, a tenth as far apart after {np.log(10) / -rate:.3g} steps"
    return f"neighbours under this input: part, ten times as far apart after {np.log(10) / rate:.3g} steps"


def _summary(echo: EchoStateVerdict) -> dict[str, object]:
    return {
        "verdict": echo.verdict,
        "starts": echo.starts,
        "responses": echo.responses,
        "steps": echo.num_steps,
        "forgotten_after_steps": echo.forgotten,
        "distance": echo.distance,
        "contraction_bound": echo.bound,
        "sentence": echo.sentence,
    }
