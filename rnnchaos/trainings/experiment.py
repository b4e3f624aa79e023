"""All that is decided before the first optimiser step: data, forcing interval, trainer, untrained network."""

import dataclasses
from collections.abc import Callable
from typing import Any, NamedTuple

import equinox as eqx
import jax
from jaxtyping import PRNGKeyArray

from rnnchaos.data import Dataset, SeriesFile, described, out_of_range, too_short
from rnnchaos.diagnostics import TrainedNetwork
from rnnchaos.diagnostics.forcing_interval import ForcingInterval, forcing_interval
from rnnchaos.diagnostics.truth import Truth, truth_of
from rnnchaos.measurements.automatic_embedding import resolve_embedding
from rnnchaos.metrics import metrics_from_outside
from rnnchaos.models import Network
from rnnchaos.numbers import counted
from rnnchaos.setting import chosen, within
from rnnchaos.settings import build, checks
from rnnchaos.settings.recipe import LONGEST_NEWTON_INTERVAL, grown
from rnnchaos.settings.schema import Settings
from rnnchaos.settings.sizes import check_training
from rnnchaos.training import AbstractTrainer, TrainingSeries, TrainState
from rnnchaos.training.trainer import AbstractForcedTrainer
from rnnchaos.trainings.delays import unfolded
from rnnchaos.trainings.drawn import check_drawn, drawn_in_words, training_series
from rnnchaos.trainings.jacobians import known_jacobians
from rnnchaos.trainings.recipe import resolved
from rnnchaos.typing import Tangents


class Experiment(NamedTuple):
    """One training, before it starts."""

    settings: Settings
    dataset: Dataset
    """What the network is measured on."""
    unfolded: Dataset
    """What it is trained on: with the delays of all observations that its state stands for."""
    truth: Truth | None
    trainer: AbstractTrainer
    initial: TrainState
    """Of the network that shows all of them."""
    tau: int
    """Forcing interval in steps; the window's length where nothing is forced."""
    interval: ForcingInterval | None
    """How a rule has set it; None where it was given in steps."""
    understood: tuple[str, ...] = ()
    """What was understood of a measured series, and how the embedding was chosen, line by line."""
    tangents: Tangents | None = None
    """What a penalty is to know of the derivatives behind the training series."""

    def alike(self, other: Settings) -> "Experiment":
        """The same training by settings of another seed and name: other weights and batches, the same data."""
        settings = dataclasses.replace(self.settings, seed=other.seed, name=other.name)
        return self._replace(settings=settings, initial=_initial(settings, self.dataset, self.trainer))

    def attempt(self, number: int) -> "Experiment":
        """The training that begins where `number` - 1 have failed: the first is this one, others draw anew.

        A later one may have more steps and a larger layer (`training.attempt_growth`).
        """
        if number == 1:
            return self
        settings, trainer = grown(self.settings, number), self.trainer
        if settings is not self.settings:
            trainer = build.trainer(settings, auto_tau=None if self.interval is None else self.interval.steps)
        initial = _initial(settings, self.dataset, trainer, attempt=number)
        return self._replace(settings=settings, trainer=trainer, initial=initial)

    def training_series(self) -> TrainingSeries:
        """What batches are drawn from."""
        window = self.trainer.window
        return training_series(self.settings, self.unfolded, window=window, tangents=self.tangents)

    def folded(self, network: Network) -> Network:
        """A network in training as it is measured and kept: showing the newest observation alone."""
        return network.folded(self.settings.model.past, self.dataset.dimension)

    def trained(self, network: Network) -> TrainedNetwork:
        """What is measured on the network that came out."""
        settings = self.settings
        return TrainedNetwork(
            network,
            self.dataset,
            settings.diagnostics,
            settings.seed,
            lambda: self.truth,
            self.tau,
            lambda: self.trainer.forcing if isinstance(self.trainer, AbstractForcedTrainer) else None,
        )

    def facts(self) -> dict[str, Any]:
        """What a summary says of the training."""
        truth, network = self.truth, self.initial.network
        return {
            "seed": self.settings.seed,
            "tau_steps": self.tau,
            "tau_rule": "steps" if self.interval is None else self.interval.rule,
            "tau_pred_steps": None if truth is None else truth.predictability_steps,
            "window_steps": self.trainer.window,
            "state_size": network.state_size,
            "used_equations": self.settings.dataset.preparation.off_attractor_orbits > 0
            or self.settings.protocol.regularization.uses_equations,
            "num_weights": sum(leaf.size for leaf in jax.tree.leaves(network)),
            "truth": None if truth is None else truth.record(),
        }

    def announcement(self) -> str:
        """One line on the data, on τ where it is not what was asked for, on short pieces, and on what is trained."""
        dataset, truth = self.dataset, self.truth
        exponent = "no exponent found" if truth is None else str(truth)
        if truth is not None and truth.predictability_steps is not None:
            exponent += f", τ_pred {truth.predictability_steps:.1f} steps"
        network = self.initial.network
        driven = f", driven by {', '.join(dataset.input_names)}" if dataset.input_names else ""
        past = self.settings.model.past
        delayed = f" for {past}" if past.number > 1 else ""
        interval = self.interval
        reason = "" if interval is None or interval.reason is None else f"{interval.reason}\n"
        short = too_short(self.unfolded.train, self.trainer.window)
        for line in (short, drawn_in_words(self.settings, self.unfolded, self.trainer)):
            reason += f"{line}\n" if line else ""
        return (
            f"data: {len(dataset.train)} training and {len(dataset.test)} test steps in "
            f"{counted(dataset.dimension, 'dimension')}{driven}, {exponent}\n"
            f"{reason}training: {type(network.cell).__name__} of {counted(network.cell.hidden_size, 'unit')}{delayed}, "
            f"{self.trainer.describe()}"
        )


def prepare_experiment(settings: Settings, say: Callable[[str], object] = lambda line: None) -> Experiment:
    """Data, forcing interval, trainer and untrained network; `say` is told first what was understood of the data.

    Raises ConfigError where they do not fit together.
    """
    metrics_from_outside()  # first: a plugin that fails shall not do so after hours of training
    source = build.source(settings)
    settings, embedding = resolve_embedding(source, settings)
    dataset = build.dataset(source, settings.dataset.preparation)
    understood = [] if embedding is None else [embedding]
    if isinstance(source, SeriesFile):
        understood += described(source, dataset, settings.dataset.preparation)
    else:
        understood += out_of_range(dataset, dataset.dimension)
    settings, recipe = resolved(settings, dataset)
    understood += [] if recipe is None else [recipe]
    for line in understood:
        say(line)
    # All that can be refused is, before anything takes time.
    shapes = build.shapes(settings, dataset.dimension, len(dataset.input_names))
    largest = grown(settings, chosen(settings.training.attempts))
    long = check_training(
        largest,
        source,
        dataset.dimension,
        build.shapes(largest, dataset.dimension, len(dataset.input_names)),
        build.trainer(largest, auto_tau=1),
        rows=len(dataset.train) + len(dataset.test),
    )
    if long is not None:
        say(long)
    checks.check_prepared(settings, dataset, shapes)
    delayed = unfolded(dataset, settings.model.past)
    tangents = known_jacobians(source, delayed, settings)
    rule = settings.tau if isinstance(settings.tau, str) else None
    trainer = _trainer(settings, delayed, shapes) if rule is None else None
    truth = truth_of(source, dataset, settings.diagnostics, settings.dataset.preparation)
    interval = None
    if trainer is None:
        assert rule is not None  # for the type checker
        growth = chosen(settings.training.error_growth)
        interval = forcing_interval(rule, truth, dataset, growth=growth)
        if build.is_gauss_newton(settings):
            interval = interval.at_most(LONGEST_NEWTON_INTERVAL)
        trainer = _trainer(settings, delayed, shapes, auto_tau=interval.steps)
    return Experiment(
        settings,
        dataset,
        delayed,
        truth,
        trainer,
        _initial(settings, dataset, trainer),
        trainer.interval,
        interval,
        tuple(understood),
        tangents,
    )


def _trainer(
    settings: Settings, dataset: Dataset, network: Network, *, auto_tau: int | None = None
) -> AbstractTrainer:
    """What trains the network, whose weights may be shapes. Raises ConfigError where it cannot."""
    trainer = build.trainer(settings, auto_tau=auto_tau)
    check_drawn(settings, dataset, trainer)
    with within("protocol"):
        trainer.check(network.unfolded())
    return trainer


def _initial(
    settings: Settings, dataset: Dataset, trainer: AbstractTrainer, *, attempt: int = 1
) -> TrainState:
    inputs = len(dataset.input_names)

    @eqx.filter_jit  # one program: forty small ones take half a second to load
    def drawn(key: PRNGKeyArray) -> TrainState:
        network_key, training_key = jax.random.split(
            key if attempt == 1 else jax.random.fold_in(key, attempt)
        )
        network = build.network(settings, dataset.dimension, inputs, key=network_key)
        return trainer.init(network.unfolded().astype(settings.precision), key=training_key)

    return drawn(jax.random.key(settings.seed))
