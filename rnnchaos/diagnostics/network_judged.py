"""The evidence on a trained network, and the judgement that follows from it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from rich.text import Text

from rnnchaos.attractors import AttractorSet, cycle_of
from rnnchaos.console import coloured
from rnnchaos.diagnostics.comparison import Comparison, compare
from rnnchaos.diagnostics.evaluation import Evaluation
from rnnchaos.diagnostics.exponents import checks_summary
from rnnchaos.diagnostics.findings import Findings
from rnnchaos.diagnostics.judgement import (
    Conduct,
    Judgement,
    Recipe,
    judge,
    period_of,
    position,
)
from rnnchaos.diagnostics.neutral import flow_checks
from rnnchaos.diagnostics.subjects import TrainedNetwork
from rnnchaos.diagnostics.telling import telling
from rnnchaos.diagnostics.truth import Truth
from rnnchaos.errors import ConfigError, RunError
from rnnchaos.metrics import Metric
from rnnchaos.models import AbstractRegressedCell
from rnnchaos.numbers import number
from rnnchaos.series import STATE_SEEN, error_of_most, prediction_errors
from rnnchaos.tangent import Check, LyapunovSpectrum

if TYPE_CHECKING:
    from rnnchaos.diagnostics.judge import JudgeSettings

# A forecast that is so far from the data, in their scaled units, does not come back.
_BOUND = 1e6
_COLOURS = {"yes": "green", "no": "red", "undecided": "yellow"}


def findings_of_judgement(network: TrainedNetwork, settings: "JudgeSettings") -> Findings:
    """Learned or not, in one sentence, and which numbers still tell networks apart."""
    spectrum, reason = spectrum_of(network)
    comparison = None
    if spectrum is not None:
        comparison = compare(spectrum, network.truth, tolerance=settings.exponents)
    metrics, recipe = network.evaluation.metrics, recipe_of(network)
    if recipe is not None:
        recipe = recipe._replace(hidden=_hides_the_state(network))
    found = judge(
        _conduct(network, spectrum, reason),
        metrics,
        comparison,
        network.truth,
        recipe,
        near=settings.geometry,
    )
    neutral = [] if spectrum is None else flow_checks(spectrum, network.dataset, network.truth)
    return findings_of_verdict(found, metrics, comparison, network.truth, neutral)


def findings_of_verdict(
    found: Judgement,
    metrics: Sequence[Metric],
    comparison: Comparison | None,
    truth: Truth | None,
    neutral: Sequence[Check] = (),
) -> Findings:
    """A judgement with the evidence that it rests on, of a network or of a trajectory."""
    told = telling(metrics, comparison)
    positions = {metric.name: where for metric in metrics if (where := position(metric)) is not None}
    return Findings(
        summary={
            "learned": found.learned,
            "sentence": found.sentence,
            "telling": told._asdict(),
            "geometry": positions,
            **({"flow_checks": checks_summary(neutral)} if neutral else {}),
            "spectrum_comparison": None if comparison is None else comparison.summary(),
        },
        arrays={"judge": {"metric": np.array([*positions]), "position": np.array([*positions.values()])}},
        shown=(
            *_compared(comparison, truth),
            *(f"{check.name}: {check.grade}, {check.figure:.2g} ({check.meaning})" for check in neutral),
            told.sentence(),
            _coloured(found),
        ),
    )


def _compared(comparison: Comparison | None, truth: Truth | None) -> tuple[str, ...]:
    if comparison is not None:
        return (comparison.sentence(),)
    if truth is None or truth.trusted:
        return ()
    return (f"exponents held against nothing: {truth} is not an exponent to rely on",)


def spectrum_of(network: TrainedNetwork) -> tuple[LyapunovSpectrum | None, str]:
    """Of the main attractor, of a driven network along its inputs; or why there is none."""
    try:
        return network.driven.spectrum if network.network.num_inputs else network.spectrum, ""
    except (ConfigError, RunError) as error:
        return None, str(error)


def _conduct(network: TrainedNetwork, spectrum: LyapunovSpectrum | None, reason: str) -> Conduct:
    run = network.evaluation
    if spectrum is None:
        return Conduct(run.escape, run.steps, lost(run), (), None, unmeasured=reason)
    failing = [check.name for check in spectrum.checks if not check.grade.trusted]
    if network.network.num_inputs:
        kind = f"{'chaotic' if spectrum.chaotic else 'regular'} response to the input"
        return Conduct(run.escape, run.steps, lost(run), ((kind, 1.0),), spectrum.chaotic, ", ".join(failing))
    found = network.attractors
    period = None
    if run.escape is None and not spectrum.chaotic:
        period = period_of(run.generated, network.dataset.test.values.std(0))
    kinds = kinds_of(found)
    if period is not None:  # the free run may show a cycle that is too long for an attractor's name
        kinds = ((cycle_of(period), kinds[0][1]), *kinds[1:])
    escapes = [lost(run), escaped_of(found)]
    return Conduct(
        run.escape,
        run.steps,
        max(escapes, key=lambda entry: entry[0] / entry[1]),
        kinds,
        spectrum.chaotic,
        ", ".join(failing),
        leaving=leaving_of(found),
    )


def kinds_of(found: AttractorSet) -> tuple[tuple[str, float], ...]:
    """What each attractor is, in words, with its share of the orbits; the main one first."""
    return tuple((each.kind, each.share) for each in found.attractors)


def escaped_of(found: AttractorSet) -> tuple[int, int]:
    """Orbits that leave every bound, and all of them."""
    return int(found.gone.sum()), found.num_orbits


def leaving_of(found: AttractorSet) -> str:
    """In words, the orbits that left one set for another; empty where none did."""
    if found.leaving is None:
        return ""
    time = number(found.leaving.mean_time, found.leaving.mean_time_error)
    still = len(found.leaving.still)
    left = f"{found.leaving.num_left} of {found.num_orbits} orbits left one set for another"
    return f"{left}, after {time} time units on average" + (f", and {still} will" if still else "")


def lost(run: Evaluation) -> tuple[int, int]:
    """Forecasts from points of the data that leave every bound before their horizon, and all of them."""
    # Scaled units: the data are about 1.
    with np.errstate(invalid="ignore"):
        kept = np.all(np.abs(run.predicted) <= _BOUND, axis=(1, 2))
    return int(np.sum(~kept)), len(kept)


def recipe_of(network: TrainedNetwork) -> Recipe | None:
    """What hints depend on; None for a network that was trained elsewhere."""
    if network.foreign:
        return None
    cell = network.network.cell
    if isinstance(cell, AbstractRegressedCell):
        return Recipe(richer=cell.richer, simpler=cell.simpler, drawn=cell.drawn)
    forcing = None if network.tau is None else network.forcing()
    blended = forcing is not None and forcing.blends
    return Recipe(network.tau, cell.piecewise_linear() is not None, blended)


def _hides_the_state(network: TrainedNetwork) -> bool:
    """Whether it hears one axis of a known system, and nothing else, which the data say is not the state."""
    dataset, truth = network.dataset, network.truth
    if dataset.dimension > 1 or dataset.input_names or network.network.history > 1:
        return False
    if truth is None or not truth.known:  # of a series delays have been tried, or refused
        return False
    errors = prediction_errors(dataset.train)
    return errors is not None and error_of_most(errors) >= STATE_SEEN


def _coloured(found: Judgement) -> Text:
    head, _, rest = found.sentence.partition(":")
    return coloured(head, _COLOURS[found.learned], f":{rest}")
