"""The `rnnchaos` command with workflows that only say what they were given. Run as a script, or imported."""

from rnnchaos import listings, measurements, trainings
from rnnchaos.errors import RunError
from rnnchaos.outcome import Outcome


def train(settings, console) -> Outcome:
    console.print("training")
    print("a stray print")  # noqa: T201
    return _ended(settings.name) or Outcome(
        0, {"name": settings.name, "seed": settings.seed, "tau": settings.tau, "loss": float("nan")}
    )


def measure_source(diagnostic, settings, console) -> Outcome:
    return _ended(settings.name) or Outcome(
        0, {"name": settings.name, "seed": settings.seed, "parameters": settings.dataset.source.arguments}
    )


def _ended(name: str) -> Outcome | None:
    """In another way than well, where the name says so."""
    match name:
        case "diverges":
            return Outcome(3, {"status": "diverged"})
        case "full":
            raise RunError("outputs: no space left on device")
        case "breaks":
            raise ZeroDivisionError("division\nby zero")
        case "interrupted":
            raise KeyboardInterrupt
    return None


def measure_run(diagnostic, path, overrides, console) -> Outcome:
    return Outcome(0, {"diagnostic": diagnostic.name, "run": path, "overrides": overrides})


def resume(path, console) -> Outcome:
    return Outcome(0, {"run": path})


def list_runs(outputs, console) -> Outcome:
    return Outcome(0, {"outputs": outputs})


def cpu_seconds_by_trial(settings) -> float:
    return 60.0


WORKFLOWS = {
    "cpu_seconds_by_trial": cpu_seconds_by_trial,
    "train": train,
    "measure_source": measure_source,
    "measure_run": measure_run,
    "resume": resume,
    "list_runs": list_runs,
}


def room_of(name: str):
    """The room that offers a workflow."""
    return next(room for room in (trainings, measurements, listings) if name in room.__all__)


if __name__ == "__main__":
    from rnnchaos.cli import main

    for name, workflow in WORKFLOWS.items():
        setattr(room_of(name), name, workflow)
    main()
