"""Whether a network has learned the attractor, in one sentence; if not, what it does instead, and what to try."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from jaxtyping import Float

from rnnchaos.attractors import in_a_sentence
from rnnchaos.diagnostics.comparison import Comparison, described
from rnnchaos.diagnostics.telling import is_mute
from rnnchaos.diagnostics.truth import Truth
from rnnchaos.metrics import PREDICTIONS, Metric

Learned = Literal["yes", "no", "undecided"]

# Points of the end of a free run in which it may be seen to repeat itself, and how closely, in standard deviations.
_REPEATS_WITHIN, _REPEATS = 2_000, 1e-6

BOUNDED = "a model whose states stay bounded (model=gru, model=clipped_shplrnn)"
LONGER = "longer training (training.num_steps), more units (model.hidden_size), or protocol=gtf"
LONGER_BLENDED = "longer training (training.num_steps), or more units (model.hidden_size)"
SMOOTH = (
    "a smooth model (model=shrnn, model=lstm): a piecewise-linear one mixes the neutral exponent with λ_1"
)
_SLOW = "or model=shplrnn: hidden directions that contract slowly stand in place of the data's"
FEWER = f"fewer units, {_SLOW}"
_SEEDS = "other seeds (ensemble.seeds=5), of which some have one attractor alone, or"
OTHERS = f"{_SEEDS} a smooth model (model=shrnn)"
_OTHER_MODEL = "another model (model=shrnn)"
DELAYS = "delays of the one axis, which alone hides the state (dataset.embedding_dimension=auto)"


class Conduct(NamedTuple):
    """What a network does by itself."""

    escape: int | None
    """Step of the free run at which it leaves every bound; None where it stays."""
    steps: int
    """Of the free run."""
    escaped: tuple[int, int]
    """Forecasts from points of the data that leave every bound, and all of them."""
    kinds: tuple[tuple[str, float], ...]
    """In words, what each attractor is on which orbits from the data end, with its share; the main one first."""
    chaotic: bool | None
    """Whether the main one is chaotic; None where no exponents could be measured."""
    faults: str = ""
    """Checks that the main one's exponents fail."""
    unmeasured: str = ""
    """Why there are no exponents."""
    leaving: str = ""
    """In words, the orbits that left one set for another while they were watched."""
    is_trajectory: bool = False
    """Whether nothing but this one run is known of it."""


class Recipe(NamedTuple):
    """What the hint on a fault depends on."""

    tau: int | None = None
    """Steps from one forcing to the next."""
    piecewise_linear: bool = False
    blended: bool = False
    """Whether forcing leaves a share of the state, as that of protocol=gtf does."""
    richer: str | None = None
    """Of a network that was fitted in closed form, in words what lets it fit more; None of one trained by steps."""
    simpler: str = "fewer units"
    """In words, what leaves its state fewer dimensions."""
    drawn: bool = True
    """Whether another seed makes another network."""
    hidden: bool = False
    """Whether the network sees one axis alone, which does not show the state."""

    @property
    def more(self) -> str:
        """What lets a network follow the data better."""
        if self.richer is not None:
            return f"{self.richer}, another protocol.ridge, or {_OTHER_MODEL}"
        return LONGER_BLENDED if self.blended else LONGER

    @property
    def others(self) -> str:
        """What may have one attractor alone."""
        if not self.drawn:
            return self.more
        return OTHERS if self.richer is None else f"{_SEEDS} {_OTHER_MODEL}"

    @property
    def fewer(self) -> str:
        """What leaves out directions that are not the data's."""
        return f"{self.simpler}, {_SLOW}"


class Judgement(NamedTuple):
    """Whether the attractor was learned, and one sentence on it."""

    learned: Learned
    sentence: str


def judge(
    conduct: Conduct,
    metrics: Sequence[Metric],
    comparison: Comparison | None,
    truth: Truth | None,
    recipe: Recipe | None,
    *,
    near: float = 0.05,
) -> Judgement:
    """The first fault of: escape, another kind of motion, several attractors, wrong exponents, wrong geometry.

    The geometry is right where no metric is beyond the share `near` of the way from its floor to its ceiling, wrong
    where one is by more than chance.

    Without a recipe, as of a model that was trained elsewhere, there are no hints on what to try.

    Learned is a network with none of them whose exponents agree with those that it should have. It is undecided where
    there are no such exponents, where errors are too large to tell, or where the network's own exponents fail a check.
    """
    known = recipe or Recipe()
    fault = _escape(conduct) or _other_motion(conduct, truth, known) or _several(conduct, known)
    wrong, unclear = _geometry(metrics, near)
    if fault is None and comparison is not None and not conduct.faults and comparison.verdict == "differs":
        fault = _exponents(comparison, known)
    if fault is None and wrong:
        fault = (f"{_at_rest(conduct)}its geometry is another: {_positions(wrong)}", known.more)
    if fault is not None:
        hint = "" if recipe is None else f"; try {DELAYS if known.hidden else fault[1]}"
        return Judgement("no", f"not learned: {fault[0]}{hint}")
    doubt = _doubt(conduct, metrics, comparison, truth, unclear)
    if doubt:
        return Judgement("undecided", f"undecided whether it was learned: {doubt}")
    kind = conduct.kinds[0][0]
    if conduct.is_trajectory:
        return Judgement(
            "yes",
            f"learned, as far as {conduct.steps} steps show: their motion is that of the data ({kind}), λ_max agrees "
            f"within {_share(comparison):.0%}, and so does their geometry; what other orbits do is not seen",
        )
    return Judgement(
        "yes",
        f"learned: the free run of {conduct.steps} steps stays on one attractor ({kind}) {_exponents_agree(comparison)}"
        "whose geometry is the data's",
    )


def period_of(
    series: Float[np.ndarray, "time dimension"], scale: Float[np.ndarray, " dimension"]
) -> int | None:
    """The steps after which the end of a series repeats itself, 1 at a fixed point; None where it does not.

    `scale` is the standard deviation of each axis by which distances are measured.
    """
    end = series[-min(len(series) // 2, _REPEATS_WITHIN) :] / scale
    for period in np.flatnonzero(np.abs(end[1:] - end[0]).max(axis=1) <= _REPEATS) + 1:
        if 2 * period <= len(end) and np.abs(end[period:] - end[:-period]).max() <= _REPEATS:
            return int(period)
    return None


Fault = tuple[str, str]
"""What the network does instead, and what to try."""


def _escape(conduct: Conduct) -> Fault | None:
    if conduct.escape is not None:
        run = "it" if conduct.is_trajectory else "its free run"
        return (f"{run} escapes to infinity at step {conduct.escape} of {conduct.steps}", BOUNDED)
    count, of = conduct.escaped
    if count:
        return (f"{count} of {of} forecasts from points of the data escape to infinity", BOUNDED)
    return None


def _other_motion(conduct: Conduct, truth: Truth | None, recipe: Recipe) -> Fault | None:
    """Where the data are known to be chaotic and the network is not, or the other way round."""
    if truth is None or not truth.trusted or conduct.chaotic is None or conduct.chaotic == truth.chaotic:
        return None
    kind, share = conduct.kinds[0]
    if conduct.chaotic:
        return ("it is chaotic and the data are not", recipe.more)
    on = "" if conduct.is_trajectory else f" ({share:.0%} of its orbits)"
    ends = f"it ends on {in_a_sentence(kind)}{on} where the data are chaotic"
    if conduct.leaving:
        return (f"{ends}: {conduct.leaving}", recipe.others)
    far = truth.predictability_steps
    hint = recipe.more
    if recipe.tau is not None and far is not None and recipe.tau > far:
        hint = (
            f"forcing more often, as by protocol=sparse_forcing protocol.tau=auto: {recipe.tau} steps are "
            f"{recipe.tau / far:.1f} times the predictability time of {far:.0f}"
        )
    return (ends, hint)


def _at_rest(conduct: Conduct) -> str:
    """Where it ends, if that is no chaos: said also of data of which nobody knows whether they are chaotic."""
    return (
        f"it ends on {in_a_sentence(conduct.kinds[0][0])}, and "
        if conduct.chaotic is False and conduct.kinds
        else ""
    )


def _several(conduct: Conduct, recipe: Recipe) -> Fault | None:
    if conduct.leaving:
        return (f"what it learned does not last: {conduct.leaving}", recipe.others)
    if len(conduct.kinds) < 2:
        return None
    said = ", ".join(f"{kind} ({share:.0%} of the orbits)" for kind, share in conduct.kinds)
    return (f"it has several attractors: {said}", recipe.others)


def _exponents(comparison: Comparison, recipe: Recipe) -> Fault:
    wrong = [each for each in comparison.decisive if each.verdict == "differs"]
    total = comparison.leading_sum
    mixed = total is not None and total.verdict == "agrees"
    contracting = all(each.true < 0 and abs(each.true) > each.tolerance for each in wrong)
    hint = recipe.more
    if contracting and not recipe.piecewise_linear and all(each.gap > 0 for each in wrong):
        hint = recipe.fewer
    elif mixed and not contracting and recipe.piecewise_linear:
        hint = SMOOTH
    return (f"its exponents are others: {described(wrong)} per time unit", hint)


_Placed = list[tuple[Metric, float]]


def _geometry(metrics: Sequence[Metric], near: float) -> tuple[_Placed, _Placed]:
    """The metrics of the attractor that are beyond `near`, the worst first: by more than chance, and by no more."""
    found = [(metric, position(metric)) for metric in metrics]
    beyond = [(metric, where) for metric, where in found if where is not None and where > near]
    beyond.sort(key=lambda entry: -entry[1])
    by_chance = [entry for entry in beyond if entry[0].above_floor is False]
    return [entry for entry in beyond if entry not in by_chance], by_chance


def position(metric: Metric) -> float | None:
    """How far a metric of the attractor lies on the way from its floor to its ceiling; None where it says nothing."""
    if metric.value is None or metric.floor is None or metric.ceiling is None or _is_prediction(metric):
        return None
    if metric.ceiling <= metric.floor or is_mute(metric):
        return None
    return (metric.value - metric.floor) / (metric.ceiling - metric.floor)


def _is_prediction(metric: Metric) -> bool:
    """Forecasts end with the predictability time, however well the attractor was learned."""
    return metric.name in PREDICTIONS


def _positions(wrong: Sequence[tuple[Metric, float]]) -> str:
    said = ", ".join(f"{metric.name} {where:.0%}" for metric, where in wrong)
    return f"{said} of the way from floor to ceiling"


def _doubt(
    conduct: Conduct,
    metrics: Sequence[Metric],
    comparison: Comparison | None,
    truth: Truth | None,
    unclear: _Placed,
) -> str:
    if conduct.chaotic is None:
        return f"its exponents could not be measured ({conduct.unmeasured})"
    if all(position(metric) is None for metric in metrics):
        return "no metric says anything of its geometry: the series is too short"
    if unclear:
        return f"the errors are too large to tell whether its geometry is another: {_positions(unclear)}"
    if comparison is None:
        why = "there is none" if truth is None else f"{truth} is not one to rely on"
        return (
            f"its geometry is the data's, but there is no exponent of the data to hold its own against: {why}"
        )
    if conduct.faults:
        return f"its own exponents are not to be relied on ({conduct.faults})"
    if comparison.verdict == "undecided":
        open_ones = [each for each in comparison.decisive if each.verdict == "undecided"]
        return f"the errors are too large to tell: {described(open_ones)} per time unit"
    return ""


def _exponents_agree(comparison: Comparison | None) -> str:
    """Nothing where no exponent is in the data, as of a cycle: how fast it attracts cannot be learned."""
    decisive = comparison is not None and comparison.decisive
    return f"whose exponents agree within {_share(comparison):.0%} and " if decisive else ""


def _share(comparison: Comparison | None) -> float:
    assert comparison is not None  # else there was doubt
    return comparison.share
