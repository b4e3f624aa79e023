"""The evidence on a trained network, and the judgement that follows from it."""

from rnnchaos.diagnostics.comparison import compare
from rnnchaos.diagnostics.findings import Findings
from rnnchaos.diagnostics.judgement import Conduct, Judgement, Recipe, in_words, judge, period_of
from rnnchaos.diagnostics.subjects import TrainedNetwork
from rnnchaos.diagnostics.telling import telling
from rnnchaos.errors import ConfigError, RunError
from rnnchaos.tangent import LyapunovSpectrum, worst

_COLOURS = {"yes": "green", "no": "red", "undecided": "yellow"}


def findings_of_judgement(network: TrainedNetwork) -> Findings:
    """Learned or not, in one sentence, and which numbers still tell networks apart."""
    spectrum, reason = _spectrum(network)
    comparison = None if spectrum is None else compare(spectrum, network.truth)
    metrics = network.evaluation.metrics
    found = judge(_conduct(network, spectrum, reason), metrics, comparison, network.truth, _recipe(network))
    told = telling(metrics, comparison)
    return Findings(
        summary={"learned": found.learned, "sentence": found.sentence, "telling": told._asdict()},
        shown=(told.sentence(), _coloured(found)),
    )


def _spectrum(network: TrainedNetwork) -> tuple[LyapunovSpectrum | None, str]:
    try:
        return network.spectrum, ""
    except (ConfigError, RunError) as error:
        return None, str(error)


def _conduct(network: TrainedNetwork, spectrum: LyapunovSpectrum | None, reason: str) -> Conduct:
    run = network.evaluation
    if spectrum is None:
        return Conduct(run.escape, run.steps, (0, 0), (), None, unmeasured=reason)
    grade = worst(spectrum.checks)
    failing = [check.name for check in spectrum.checks if not check.grade.trusted]
    period = None if run.escape is not None else period_of(run.generated, network.dataset.test.std(0))
    kind = in_words(period, float(spectrum.exponents[0]), float(spectrum.standard_error[0]))
    return Conduct(
        run.escape,
        run.steps,
        (0, spectrum.num_orbits),
        ((kind, 1.0),),
        spectrum.chaotic,
        "" if grade.trusted else ", ".join(failing),
    )


def _recipe(network: TrainedNetwork) -> Recipe:
    return Recipe(network.tau, network.network.cell.piecewise_linear() is not None)


def _coloured(found: Judgement) -> str:
    head, _, rest = found.sentence.partition(":")
    return f"[{_COLOURS[found.learned]}]{head}[/]:{rest}"
