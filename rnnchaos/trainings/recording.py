"""What one training leaves in its run folder while it goes on."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console

from rnnchaos.diagnostics.exponents import reference_arrays
from rnnchaos.diagnostics.findings import Findings, draw, with_figures
from rnnchaos.errors import ConfigError, RunError
from rnnchaos.memory import in_words
from rnnchaos.models import Network, weights
from rnnchaos.runs import Checkpoint, RunWriter
from rnnchaos.runs.notices import say_once
from rnnchaos.setting import chosen
from rnnchaos.settings import stored
from rnnchaos.settings.recipe import grown_in_words
from rnnchaos.sinks import AbstractSink, Start
from rnnchaos.sinks.telling import Telling, name_of
from rnnchaos.training import StepRecord, TrainState
from rnnchaos.trainings.attempts import Attempt
from rnnchaos.trainings.cpu_clock import CpuClock
from rnnchaos.trainings.experiment import Experiment
from rnnchaos.trainings.history import History, JacobianProbe
from rnnchaos.trainings.selection import Selection
from rnnchaos.trainings.short_spectrum import short_spectrum

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Arrays of checkpoints of version 0.1 by their names now.
_MOVED = {"forcing.alpha": "forcing.alpha.value", "forcing.sigma_max": "forcing.alpha.sigma_max"}
# Of a checkpoint's arrays, those that are not the state of training.
_RECORDED = "recorded."


class Recorder:
    """History, checkpoints and the weights to keep, in the folder of one run.

    A checkpoint holds all of it, so that a run that is cut off and continued leaves what an uninterrupted one would.
    """

    def __init__(
        self,
        experiment: Experiment,
        run: RunWriter,
        console: Console,
        sinks: Sequence[AbstractSink] = (),
        title: str = "",
    ) -> None:
        self._first, self.run, self.console = experiment, run, console
        self.telling, self._title = Telling(sinks, self._warn), title
        self.history = History()
        network = experiment.folded(experiment.initial.network)
        steps = experiment.trainer.num_steps
        self.selection = Selection.of(experiment.settings, experiment.dataset, steps, network)
        self._spectra: list[tuple[int, np.ndarray, float]] = []
        self.clock = CpuClock()
        self.is_over = False
        self._begin(Attempt())

    def _begin(self, attempt: Attempt) -> None:
        self.attempt, self.experiment = attempt, self._first.attempt(attempt.number)
        self.state, trainer = self.experiment.initial, self.experiment.trainer
        self.selection.go_on(attempt, trainer.num_steps)
        self._probe = JacobianProbe.of(self.experiment.unfolded, trainer)
        self._saved: int | None = None  # the step of the last checkpoint

    @property
    def step(self) -> int:
        """Optimiser steps so far, of all attempts."""
        return self.attempt.begin + self.done

    @property
    def done(self) -> int:
        """Optimiser steps of this attempt."""
        return int(self.state.step)

    @property
    def most_attempts(self) -> int:
        """Of this run."""
        return chosen(self._first.settings.training.attempts)

    @property
    def stopped(self) -> bool:
        """Whether the training has diverged, and leaves nothing more to record."""
        return bool(self.state.diverged)

    @property
    def diverged(self) -> bool:
        """Whether all attempts have."""
        return self.stopped and not self.attempt.whole

    @property
    def kept(self) -> Experiment:
        """The training of the network to keep."""
        return self._attempted(self.selection.kept_attempt)

    def _attempted(self, number: int) -> Experiment:
        return self.experiment if number == self.attempt.number else self._first.attempt(number)

    def say(self, text: str) -> None:
        """Say something to the user and to the log."""
        self.run.log(text)
        self.console.print(text, highlight=False, soft_wrap=True)

    def go_on(self) -> None:
        """Take the state of the newest checkpoint that is whole, or begin anew; the sinks are told from where."""
        self._take_up()
        settings, name = stored.by_full_names(self.experiment.settings), name_of(self.run.path, self._title)
        self.telling.begin(Start(name, self.run.path, settings, self.step))

    def _take_up(self) -> None:
        steps = self.run.checkpoint_steps()
        for step in steps:
            try:
                checkpoint = self.run.load_checkpoint(step)
                self._restore(checkpoint)
            except (ConfigError, RunError) as error:
                self.say(f"step {step} is passed over: {error}")
            else:
                old = ", by a checkpoint of an earlier version, which has no digest: damage to it is not seen"
                of = f" (attempt {self.attempt.number})" if self.attempt.number > 1 else ""
                self.say(f"resumed from step {step}{of}{old if checkpoint.history is None else ''}")
                return
        if steps:
            self.say("no checkpoint is whole: the training begins anew")
            self._begin(Attempt())
        self.run.history.start()

    def record(self, state: TrainState, records: StepRecord) -> dict[str, float | int]:
        """Add one compiled stretch of training that ended in `state`; the line of the history."""
        self.state = state
        step, done, diverged = self.step, self.done, self.stopped
        taken = len(records.loss)
        line = self.history.add(
            records,
            step=step,
            attempt=self.attempt.number,
            attempt_steps=self.experiment.trainer.num_steps,
            products=self._probe.measure(state),
            score=None if diverged else self.selection.offer(self.experiment.folded(state.network), done),
        )
        if not diverged and self._is_due(done, taken):
            line |= self._measure_spectrum(state, step)
        self.run.history.append(line)
        self.telling.record(step, line)
        if not diverged and done % self.experiment.settings.training.checkpoint_every < taken:
            self.save()
        return line

    def end_attempt(self) -> None:
        """After the last step of an attempt: begin the next where no candidate is good enough, unless it was the last.

        One that diverged counts as failed, whatever its candidates were.
        """
        if not self.stopped:
            self.save()  # a run that is cut off later has only what follows to repeat
        number, most = self.attempt.number, self.most_attempts
        self.is_over = number >= most or (self.selection.is_good and not self.stopped)
        if self.is_over:
            return
        came_to = f"diverged at step {self.step}" if self.stopped else self.selection.of_attempt()
        larger = grown_in_words(self._first.settings, number + 1)
        self.say(f"attempt {number} of {most}: {came_to}; training again from another draw{larger}")
        self.history.cut(self.step)
        tried = len(self.selection.scores)
        self._begin(self.attempt.following(step=self.step, tried=tried, diverged=self.stopped))
        self.save()

    def save(self) -> None:
        """Write a checkpoint, unless there is one of this step."""
        step = self.step
        if step == self._saved:
            return
        recorded = {f"history.{name}": array for name, array in self.history.arrays().items()}
        recorded |= {f"selection.{name}": array for name, array in self.selection.arrays().items()}
        recorded |= {f"spectra.{name}": array for name, array in self._spectra_arrays().items()}
        recorded["attempt"] = np.array(self.attempt)
        recorded["cpu_seconds"] = np.array(self.clock.seconds)
        named = {f"{_RECORDED}{name}": array for name, array in recorded.items()}
        self.run.save_checkpoint(step, weights.to_arrays(self.state) | named)
        self._saved = step

    def _warn(self, text: str) -> None:
        say_once(f"{self.run.path}: {text}")
        if not self.run.record.status.has_ended:
            self.run.log(text)

    def _restore(self, checkpoint: Checkpoint) -> None:
        """Go on from a checkpoint.

        Raises ConfigError for a checkpoint of another training, RunError where history.jsonl does not reach it.
        """
        origin = f"{self.run.path} at step {checkpoint.step}"
        tensors = {_MOVED.get(name, name): tensor for name, tensor in checkpoint.tensors.items()}
        recorded = _under(checkpoint.tensors, _RECORDED)
        attempt = Attempt.restored(recorded.get("attempt"))
        kept = int(recorded.get("selection.attempt", 1))
        if not 1 <= kept <= attempt.number <= self.most_attempts:
            raise ConfigError(
                f"{origin}: the checkpoint is of attempt {attempt.number} and keeps weights of {kept}, "
                f"where training.attempts is {self.most_attempts}"
            )
        self._begin(attempt)
        state = weights.from_arrays(self.experiment.initial, tensors, origin=origin)
        if "cpu_seconds" not in recorded:
            raise ConfigError(
                f"{origin}: the checkpoint, of an earlier version, holds too little to go on from"
            )
        lines = self.run.history.cut(checkpoint)
        self.history = History.restored(lines, _under(recorded, "history."))
        self.selection.restore(_under(recorded, "selection."), self._shapes, origin=origin)
        spectra = _under(recorded, "spectra.")
        if spectra:
            steps, exponents = spectra["step"].tolist(), spectra["exponents_per_time_unit"]
            shares = spectra.get("share", np.full(len(steps), np.nan))  # none in checkpoints of version 0.1
            self._spectra = list(zip(steps, exponents, shares.tolist(), strict=True))
        self.clock.add(float(recorded["cpu_seconds"]))
        self.state, self._saved = state, checkpoint.step

    def _shapes(self, number: int) -> Network:
        attempt = self._attempted(number)
        return attempt.folded(attempt.initial.network)

    def close(self) -> None:
        """Write what has been learned so far, also of a training that was interrupted."""
        self.run.save_arrays("training", self.history.arrays())
        if self._spectra:
            self.run.save_arrays("spectra_over_training", self._spectra_beside_truth())
        kept = self.selection
        self.run.save_weights(weights.to_arrays(kept.network), metadata={"step": str(kept.step)})
        if (wanted := self.experiment.settings.diagnostics.figures) and self.history.lines:
            draw(self._figures(), self.run, wanted)

    def _is_due(self, step: int, taken: int) -> bool:
        every = self.experiment.settings.diagnostics.spectrum_every
        return every is not None and step % every < taken

    def _measure_spectrum(self, state: TrainState, step: int) -> dict[str, float]:
        experiment = self.experiment
        try:
            network, settings = experiment.folded(state.network), experiment.settings
            spectrum, share = short_spectrum(
                network, experiment.dataset, settings.diagnostics, seed=settings.seed
            )
        except Exception as error:  # the training does not depend on it
            self.run.log(f"spectrum at step {step}: {in_words(error)}")
            return {}
        self._spectra.append((step, np.asarray(spectrum.exponents), share))
        return {
            "lambda_max": float(spectrum.exponents[0]),
            "lambda_max_standard_error": float(spectrum.standard_error[0]),
            "share": share,
        }

    def _spectra_arrays(self) -> dict[str, np.ndarray]:
        if not self._spectra:
            return {}
        steps, exponents, shares = zip(*self._spectra, strict=True)
        return {
            "step": np.array(steps),
            "exponents_per_time_unit": np.stack(exponents),
            "share": np.array(shares),
        }

    def _spectra_beside_truth(self) -> dict[str, np.ndarray]:
        return {**self._spectra_arrays(), **reference_arrays(self.experiment.truth)}

    def _figures(self) -> dict[str, Callable[[], "Figure"]]:
        tables = {"training": self.history.drawn_from()}
        names = [("training", "training"), *([("traces", "training")] if self.history.traces() else [])]
        if self._spectra:
            tables["spectra_over_training"] = self._spectra_beside_truth()
            names.append(("spectra_over_training", "spectra_over_training"))
        return dict(with_figures(Findings({}, tables), *names).figures)


def _under(arrays: Mapping[str, np.ndarray], prefix: str) -> dict[str, np.ndarray]:
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
