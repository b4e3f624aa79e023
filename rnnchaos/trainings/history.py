"""What training leaves behind: losses, gradient norms, and products of Jacobians."""

import dataclasses
from collections.abc import Mapping
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from rnnchaos.data import Dataset
from rnnchaos.drawing.training import record_arrays
from rnnchaos.tangent import log_jacobian_product
from rnnchaos.training import AbstractTrainer, StepRecord, TrainState

# Windows of the test series over which Jacobian products are averaged, at every record.
_PROBE_WINDOWS = 4
# Beside what a step recorded, the number of the training that took it.
_ATTEMPT = "attempt"


class JacobianProducts(NamedTuple):
    """Mean log‖J_T … J_2‖₂ in nats over the forcing interval and over the whole window.

    Of the free step, at the states that windows pass through in training: by how much gradients would grow there if
    nothing forced them.
    """

    over_interval: float
    over_window: float


class JacobianProbe(eqx.Module):
    """Products of Jacobians along the same few windows of the test series, in float64, all through training."""

    windows: Float[Array, "probe points dimension"]
    inputs: Float[Array, "probe points input"] | None
    trainer: AbstractTrainer

    @classmethod
    def of(cls, dataset: Dataset, trainer: AbstractTrainer) -> "JacobianProbe":
        """Windows spread evenly over the test series, or over the training series where that is too short."""
        series = dataset.test if dataset.test.longest > trainer.window else dataset.train
        starts = series.spread(_PROBE_WINDOWS, after=trainer.window)
        with jax.enable_x64(True):
            windows = jax.device_put(series.windows(starts, trainer.window + 1))
            inputs = series.input_windows(starts, trainer.window + 1)
            return cls(windows, None if inputs is None else jnp.asarray(inputs), trainer)

    def measure(self, state: TrainState) -> JacobianProducts:
        """The products at the present weights."""
        with jax.enable_x64(True):
            network = state.network.astype(jnp.float64)
            interval, window = self._measure(dataclasses.replace(state, network=network))
        return JacobianProducts(float(interval), float(window))

    @eqx.filter_jit
    def _measure(self, state: TrainState) -> tuple[Float[Array, ""], Float[Array, ""]]:
        step = state.network.prepared().step

        def products(window, inputs):
            states = self.trainer.orbit(state, window, inputs)

            def product(first: int):
                # J_2 … J_T: the first Jacobian that a loss gradient holds is the one at z_1, of the step into row 2.
                if inputs is None:
                    return log_jacobian_product(step, states[:first])
                driving = inputs[2:]  # row t + 1 acts on the step from z_t
                return log_jacobian_product(step, states[:first][: len(driving)], driving[:first])

            return product(max(1, self.trainer.interval - 1)), product(len(states) - 1)

        interval, window = jax.vmap(products)(self.windows, self.inputs)
        return jnp.mean(interval), jnp.mean(window)


class History:
    """The records of a training so far: one line per record, and every step's loss and norms."""

    def __init__(self) -> None:
        self.lines: list[dict[str, float | int]] = []
        self._records: list[dict[str, np.ndarray]] = []  # of stretches of steps, each

    def add(
        self,
        records: StepRecord,
        *,
        step: int,
        attempt: int = 1,
        attempt_steps: int,
        products: JacobianProducts,
        score: float | None,
    ) -> dict[str, float | int]:
        """Add one compiled stretch of training that ended after `step` optimiser steps of all attempts.

        `attempt_steps` is how many the present one takes if nothing stops it.
        `score` is the metric on the validation series by which weights are chosen, where it was taken.
        """
        loss, gradient_norm, weight_norm, traces = jax.tree.map(np.asarray, records)
        own = {"loss": loss, "weight_norm": weight_norm}
        norms = {}
        if gradient_norm is not None:
            own["gradient_norm"] = gradient_norm
            norms = {
                "gradient_norm": float(np.median(gradient_norm)),
                "gradient_norm_max": float(np.max(gradient_norm)),
            }
        self._records.append({**own, **traces, _ATTEMPT: np.full(len(loss), attempt, np.int32)})
        line = {
            "step": step,
            "attempt": attempt,
            "attempt_steps": attempt_steps,
            "loss": float(np.mean(loss)),
            **norms,
            "weight_norm": float(weight_norm[-1]),
            "log_jacobian_over_tau": products.over_interval,
            "log_jacobian_over_window": products.over_window,
        } | {name: float(values[-1]) for name, values in traces.items()}
        if score is not None:
            line["validation"] = score
        self.lines.append(line)
        return line

    @classmethod
    def restored(cls, lines: list[dict[str, float | int]], arrays: Mapping[str, np.ndarray]) -> "History":
        """From its lines and from what `arrays` gave."""
        history = cls()
        history.lines = lines
        if arrays:  # those of earlier versions are of one attempt
            history._records = [{_ATTEMPT: np.ones(len(arrays["loss"]), np.int32), **arrays}]
        return history

    def cut(self, step: int) -> None:
        """Forget the steps after `step`, which a training that diverged did not take."""
        self._records = [{name: values[:step] for name, values in self.arrays().items()}]

    def arrays(self) -> dict[str, np.ndarray]:
        """Loss, norms, traces and attempt of every optimiser step."""
        if not self._records:
            return {}
        return {
            name: np.concatenate([record[name] for record in self._records])
            # Whatever order a checkpoint had them in; what is not counted on every device is left out.
            for name in sorted(set.intersection(*map(set, self._records)))
        }

    def traces(self) -> dict[str, np.ndarray]:
        """What the protocol changed at every optimiser step."""
        known = (*StepRecord._fields, _ATTEMPT)
        return {name: values for name, values in self.arrays().items() if name not in known}

    def drawn_from(self) -> dict[str, np.ndarray]:
        """What figures show: the arrays, and the records' Jacobian products as `record_step` and their names."""
        return {**self.arrays(), **record_arrays(self.lines)}
