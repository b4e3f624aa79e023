"""Trainings: prepared, run, recorded, resumed. Loaded on first use, so that nothing imports JAX early."""

from rnnchaos.lazy import lazily

_LAZY = {
    "train": "rnnchaos.trainings.running",
    "train_at": "rnnchaos.trainings.running",
    "resume": "rnnchaos.trainings.running",
    "cpu_seconds_by_trial": "rnnchaos.trainings.trial",
}

__all__ = list(_LAZY)

__getattr__ = lazily(__name__, _LAZY)
