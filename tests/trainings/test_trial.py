"""How long a training will take, by a short one."""

from composed import settings

from rnnchaos.trainings import running, trial
from rnnchaos.trainings.trial import cpu_seconds_by_trial


def test_a_fit_in_closed_form_lacks_no_steps(monkeypatch):
    monkeypatch.setattr(running, "measure_after_training", lambda *_: iter(()))
    monkeypatch.setattr(trial, "_seconds_per_step", lambda _: 1e6)
    words = ("experiment=smoke", "model=ngrc", "protocol=closed_form", "dataset.train_length=1000")
    assert cpu_seconds_by_trial(settings(*words, "training.num_steps=5000")) < 1000
