"""The loop of training: one member by its own program, several by one for all; each leaves its own run folder."""

from collections.abc import Iterator, Sequence

import numpy as np

from rnnchaos import stopping
from rnnchaos.setting import chosen
from rnnchaos.training import run_members
from rnnchaos.trainings.progress import TrainingProgress
from rnnchaos.trainings.recording import Recorder


def train_members(members: Sequence[Recorder]) -> None:
    """Train each from its last checkpoint to the end of its last attempt; the states are those of the recorders then.

    The members differ in nothing but their seeds. One that diverges stops by itself.
    """
    for member in members:
        member.go_on()
    try:
        while alike := _furthest_behind(members):
            _train(alike)
    finally:
        for member in members:
            member.close()


def _furthest_behind(members: Sequence[Recorder]) -> list[Recorder]:
    """Those that go on next, in one program: in the same attempt, and cut off at the same step."""
    places = [(member.attempt.number, member.done, member) for member in members if not member.is_over]
    first = min((place for *place, _ in places), default=None)
    return [member for *place, member in places if place == first]


def _train(members: Sequence[Recorder]) -> None:
    """Train from one step to the end of the attempt, or until the last of them has diverged."""
    experiment = members[0].experiment
    trainer, settings = experiment.trainer, experiment.settings
    series = experiment.training_series()
    going_on, done, attempt = members, members[0].done, members[0].attempt.number
    left = stretches(trainer.num_steps, chosen(settings.training.record_every), done=done)
    bar = TrainingProgress(members[0].console, trainer.num_steps, attempt, done=done)
    with bar as progress, stopping.deferred():
        for ends in run_members(trainer, [member.state for member in members], series, left):
            for member, (state, records) in zip(members, ends, strict=True):
                if not member.stopped:
                    member.record(state, records)
            going_on = [member for member in members if not member.stopped]
            if not going_on:
                break
            loss = _median(going_on, "loss")
            assert loss is not None  # every record has one
            progress.update(going_on[0].done, loss, _median(going_on, "gradient_norm"))
            if stopping.is_asked():
                _stop(going_on)
        for member in members:
            member.end_attempt()
        stopping.obey()


def stretches(num_steps: int, record_every: int, *, done: int = 0) -> Iterator[int]:
    """The lengths of the compiled stretches of a training of which `done` steps have been taken."""
    for start in range(done, num_steps, record_every):
        yield min(record_every, num_steps - start)


def _median(members: Sequence[Recorder], name: str) -> float | None:
    """Of the last records; None where they have no such number."""
    found = [line[name] for member in members if name in (line := member.history.lines[-1])]
    return float(np.median(found)) if found else None


def _stop(members: Sequence[Recorder]) -> None:
    """Save the states of trainings that somebody has asked to stop, and raise what the signal stands for."""
    for member in members:
        member.save()
        member.say(f"stopped after step {member.step}; go on with: rnnchaos resume {member.run.path}")
    stopping.obey()
