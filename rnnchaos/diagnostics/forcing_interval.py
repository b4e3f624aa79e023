"""The forcing interval that protocol.tau=auto and the other rules stand for."""

from typing import NamedTuple

from rnnchaos.data import Dataset
from rnnchaos.diagnostics.truth import Truth
from rnnchaos.errors import ConfigError
from rnnchaos.numbers import counted
from rnnchaos.series import autocorrelation_time, choose_lag

# More points than these do not change how long a series is found to remember itself.
_POINTS_FOR_MEMORY = 20_000
_MUTUAL_INFORMATION, _AUTOCORRELATION = "mutual_information", "autocorrelation"


class ForcingInterval(NamedTuple):
    """τ in steps, at least 1, and the rule that gave it."""

    steps: int
    rule: str
    """`auto` where it is that of λ_max."""
    reason: str | None = None
    """In one line why another rule was taken than the one that was asked for."""

    def at_most(self, steps: int) -> "ForcingInterval":
        """The same, or no longer than so many steps."""
        return self._replace(steps=min(self.steps, steps))


def forcing_interval(rule: str, truth: Truth | None, dataset: Dataset, *, growth: float) -> ForcingInterval:
    """What a rule comes to: of `auto`, ln(growth) / λ_max rounded to whole steps.

    The other rules ask how long the training series remembers itself: up to the first minimum of its mutual
    information, or until its autocorrelation has fallen to 1/e. The last is what `auto` takes where the series gives no
    exponent that passes its checks. Of maps, which forget themselves at once, the mutual information has minima by
    chance alone.

    Raises ConfigError where the equations say that nothing is chaotic, since the data then sets no predictability time,
    or where the autocorrelation does not fall so far.
    """
    if rule == _MUTUAL_INFORMATION:
        return ForcingInterval(choose_lag(dataset.train.head(_POINTS_FOR_MEMORY)).lag, rule)
    if rule == _AUTOCORRELATION:
        return ForcingInterval(autocorrelation_time(dataset.train.head(_POINTS_FOR_MEMORY)), rule)
    steps = None if truth is None else truth.growth_steps(growth)
    if steps is not None:
        return ForcingInterval(max(1, round(steps)), rule)
    if truth is not None and truth.known and truth.trusted:
        raise ConfigError(
            "protocol.tau=auto needs a positive Lyapunov exponent, got "
            f"{truth.exponents[0]:.4g} ± {truth.standard_error[0]:.2g} per time unit; "
            "give protocol.tau in steps, or protocol=free"
        )
    return _without_exponent(truth, dataset)


def _without_exponent(truth: Truth | None, dataset: Dataset) -> ForcingInterval:
    """By the autocorrelation, with the reason. Raises ConfigError where it gives none either."""
    if truth is None:
        why = "the series shows no exponent"
    elif truth.trusted:
        why = f"{truth} is not above 0"
    else:
        why = f"{truth} is not an exponent to rely on"
    try:
        steps = autocorrelation_time(dataset.train.head(_POINTS_FOR_MEMORY))
    except ConfigError as error:
        raise ConfigError(f"protocol.tau=auto: {why}, and {error}; give protocol.tau in steps") from None
    reason = (
        f"τ = {counted(steps, 'step')}, in which the autocorrelation falls to 1/e "
        f"(protocol.tau=autocorrelation): {why}"
    )
    return ForcingInterval(steps, _AUTOCORRELATION, reason)
