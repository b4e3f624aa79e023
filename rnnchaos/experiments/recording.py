"""What one training leaves in its run folder while it goes on."""

import dataclasses

import numpy as np

from rnnchaos.config.schema import DiagnosticsSettings
from rnnchaos.errors import ConfigError, RunError
from rnnchaos.experiments import weights
from rnnchaos.experiments.experiment import Experiment
from rnnchaos.experiments.history import History, JacobianProbe
from rnnchaos.experiments.selection import Selection
from rnnchaos.experiments.spectra import spectrum_of_network
from rnnchaos.runs import RunWriter
from rnnchaos.training import StepRecord, TrainState

# Spectra over training are shorter than the one at its end, by this factor, and of the leading exponents.
_SHORTER = 10
_LEADING = 6


class Recorder:
    """History, checkpoints and the weights to keep, in the folder of one run."""

    def __init__(self, experiment: Experiment, run: RunWriter) -> None:
        self.experiment, self.run = experiment, run
        self.history = History()
        self.selection = Selection.of(
            experiment.settings, experiment.dataset, experiment.trainer.num_steps, experiment.initial.network
        )
        self._probe = JacobianProbe.of(experiment.dataset, experiment.trainer, experiment.tau)
        self._spectra: list[tuple[int, np.ndarray]] = []
        self.stopped = False
        """Whether the training has diverged, and leaves nothing more to record."""

    def record(self, state: TrainState, records: StepRecord) -> dict[str, float]:
        """Add one compiled stretch of training that ended in `state`; the line of the history."""
        step, diverged = int(state.step), bool(state.diverged)
        self.stopped = diverged
        taken = len(records.loss)
        line = self.history.add(
            records,
            step=step,
            products=self._probe.measure(state.network, state.forcing),
            score=None if diverged else self.selection.offer(state.network, step),
        )
        if not diverged and self._is_due(step, taken):
            line |= self._measure_spectrum(state, step)
        self.run.append_history(line)
        if not diverged and step % self.experiment.settings.training.checkpoint_every < taken:
            self.run.save_checkpoint(step, weights.to_arrays(state))
        return line

    def close(self) -> None:
        """Write what has been learned so far, also of a training that was interrupted."""
        self.run.save_arrays("training", self.history.arrays())
        if self._spectra:
            steps, exponents = zip(*self._spectra, strict=True)
            found = {"step": np.array(steps), "exponents_per_time_unit": np.stack(exponents)}
            self.run.save_arrays("spectra_over_training", found)
        kept = self.selection
        self.run.save_weights(weights.to_arrays(kept.network), metadata={"step": str(kept.step)})
        if self.experiment.settings.diagnostics.figures and self.history.lines:
            self._draw()

    def _is_due(self, step: int, taken: int) -> bool:
        every = self.experiment.settings.diagnostics.spectrum_every
        return every is not None and step % every < taken

    def _measure_spectrum(self, state: TrainState, step: int) -> dict[str, float]:
        settings = shorter(self.experiment.settings.diagnostics, state.network.state_size)
        try:
            found = spectrum_of_network(state.network, self.experiment.dataset, settings)
        except (ConfigError, RunError) as error:
            self.run.log(f"spectrum at step {step}: {error}")
            return {}
        self._spectra.append((step, np.asarray(found.exponents)))
        return {
            "lambda_max": float(found.exponents[0]),
            "lambda_max_standard_error": float(found.standard_error[0]),
        }

    def _draw(self) -> None:
        from rnnchaos.figures import save_figure, spectra_over_training_figure, traces_figure

        with self.run.figure("training") as path:
            save_figure(self.history.figure(), path)
        if traces := self.history.traces():
            with self.run.figure("traces") as path:
                save_figure(traces_figure(traces), path)
        if self._spectra:
            steps, exponents = zip(*self._spectra, strict=True)
            truth = self.experiment.truth
            figure = spectra_over_training_figure(
                np.array(steps), np.stack(exponents), reference=None if truth is None else truth.exponents
            )
            with self.run.figure("spectra_over_training") as path:
                save_figure(figure, path)


def shorter(settings: DiagnosticsSettings, state_size: int) -> DiagnosticsSettings:
    """The settings for a spectrum that is taken many times over a training."""
    lyapunov = settings.lyapunov
    steps = max(lyapunov.num_blocks, lyapunov.num_steps // _SHORTER)
    short = dataclasses.replace(lyapunov, num_steps=steps, num_exponents=min(_LEADING, state_size))
    return dataclasses.replace(settings, lyapunov=short, target_stderr=None)
