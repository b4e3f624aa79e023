"""Wrong and absurd words for every command: each is refused by exit code 2 and one line, and nothing is written.

    python scripts/check_overrides.py [COUNT] [SEED]

Words (override_cases.py) are made from the index of settings, rnnchaos/settings/index.json, and from what launchers,
searches and forecasts declare: values of another type, out of bounds, not finite, empty, nested, badly quoted, names
misspelt, numbers of absurd size, settings of another command, and options that there are not. The commands run in this
process up to where they would begin to compute; a word that brings them there was right, and is counted apart, unless
it can only be wrong. The exit code is 1 while any word is not refused as it should be.
"""

import contextlib
import io
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from rnnchaos import environment

environment.prepare()  # before JAX is imported

import numpy as np  # noqa: E402
from override_cases import Case, cases  # noqa: E402

from rnnchaos.cli import main  # noqa: E402
from rnnchaos.sweeps.slurm.options import SlurmOptions  # noqa: E402

SMALL = ("dataset.train_length=400", "dataset.test_length=200", "dataset.transient=10")


class Reached(BaseException):
    """A command has checked all that it checks, and would begin to compute."""


def outcome(case: Case, folder: Path) -> str:
    """How a case came out: `refused`, `right`, or what falls short."""
    before, said = _files(folder), io.StringIO()
    argv, sys.argv = sys.argv, ["rnnchaos", *case.words]
    code: object = 0
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(said):
            main()
    except SystemExit as ended:
        code = ended.code
    except Reached:
        return "not refused" if case.certain else "right"
    except BaseException as error:
        return f"uncaught {type(error).__name__}: {error}"
    finally:
        sys.argv = argv
    text = said.getvalue().strip()
    if _files(folder) != before:
        return f"exit {code}, and something is written: {text}"
    if code != 2:
        return f"exit {code}: {text}"
    if len(text.splitlines()) != 1:
        return f"{len(text.splitlines())} lines: {text}"
    if case.name not in text:
        return f"the setting is not named: {text}"
    return "refused"


def _files(folder: Path) -> set[str]:
    return {str(path) for path in folder.rglob("*")}


@contextlib.contextmanager
def prepared() -> Iterator[Path]:
    """A folder with a run, a series and a file of weights, in which nothing heavy is computed."""
    with tempfile.TemporaryDirectory() as name, contextlib.chdir(name):
        folder = Path(name)
        rows = np.random.default_rng(0).standard_normal((500, 3)).cumsum(axis=0)
        Path("series.csv").write_text("\n".join(["a,b,c", *(",".join(map(str, row)) for row in rows)]))
        drawn = {"weight_ih_l0": (4, 3), "weight_hh_l0": (4, 4), "bias_ih_l0": (4,), "bias_hh_l0": (4,)}
        arrays = {key: np.zeros(shape) for key, shape in drawn.items()}
        np.savez("cell.npz", **arrays, **{"linear.weight": np.zeros((3, 4)), "linear.bias": np.zeros(3)})
        untrained_run(folder / "run")
        sweep_of_one(folder)
        with _stopped_before_work():
            yield folder


def untrained_run(folder: Path) -> None:
    """A run folder whose network is as it was drawn."""
    import jax

    from rnnchaos.models import weights
    from rnnchaos.runs import Claim, Kind, RunWriter, Status
    from rnnchaos.settings import build, compose, read, stored

    settings = read.read_settings(compose.compose("train", ["experiment=smoke", "name=run", *SMALL]))
    network = build.network(settings, 3, key=jax.random.key(0))
    folder.mkdir()
    claim = Claim.take(folder)
    assert claim is not None
    text = stored.to_yaml(settings)
    with RunWriter.create_at(claim, name="run", kind=Kind.TRAIN, config_text=text, provenance={}) as run:
        run.save_weights(weights.to_arrays(network), metadata={})
        run.finish(Status.FINISHED, {})


def sweep_of_one(folder: Path) -> None:
    """A sweep that has not begun."""
    from rnnchaos.settings import compose
    from rnnchaos.sweeps.planning import Planned, cell_of
    from rnnchaos.sweeps.sweep import Sweep

    config = compose.compose("train", ["experiment=smoke", *SMALL])
    Sweep.create(folder, "study", [cell_of(Planned((), config))], command=["rnnchaos"])


@contextlib.contextmanager
def _stopped_before_work() -> Iterator[None]:
    """What computes or writes raises Reached; the data of one run are there."""
    from rnnchaos import diagnostics, measurements  # noqa: F401
    from rnnchaos.measurements import forecast, judging
    from rnnchaos.runs import RunFolder, RunWriter
    from rnnchaos.search import begin
    from rnnchaos.settings import build, stored
    from rnnchaos.sweeps import planning, running
    from rnnchaos.sweeps.slurm import array

    def stop(*_: object, **__: object) -> None:
        raise Reached

    settings = stored.from_yaml(RunFolder.open(Path("run")).config_text)
    known = settings.dataset.preparation, build.dataset(build.source(settings), settings.dataset.preparation)

    def dataset(source: object, preparation: object) -> object:
        if preparation == known[0]:
            return known[1]
        raise Reached

    stopped: list[tuple[object, str, Callable[..., object]]] = [
        (build, "dataset", dataset),
        (RunWriter, "create", stop),
        (RunWriter, "create_at", stop),
        (planning.Sweep, "create", stop),
        (begin, "Study", stop),
        (begin, "Search", stop),
        (running, "run", stop),
        (array, "run", stop),
        (SlurmOptions, "check_cluster", lambda options: None),
        (forecast, "continued", stop),
        (judging, "judged_models", stop),
    ]
    for diagnostic in diagnostics.at_hand():
        measures = ("of_run", "of_source", "of_weights")
        stopped += [(diagnostic, name, stop) for name in measures if name in vars(diagnostic)]
    before = [(owner, name, vars(owner).get(name)) for owner, name, _ in stopped if hasattr(owner, name)]
    for owner, name, own in stopped:
        if hasattr(owner, name):
            setattr(owner, name, own)
    try:
        yield
    finally:
        for owner, name, own in before:
            setattr(owner, name, own)


def check(count: int, seed: int, say: Callable[[str], object] = lambda line: None) -> Counter[str]:
    """How many cases came out how; `say` is told of each that falls short."""
    found: Counter[str] = Counter()
    with prepared() as folder:
        for case in cases(count, seed):
            came = outcome(case, folder)
            found[came if came in ("refused", "right") else "falls short"] += 1
            if came not in ("refused", "right"):
                say(f"{case.kind}: rnnchaos {' '.join(case.words)}\n    {came[:300]}")
            elif os.environ.get("SHOW") == came:
                say(f"{case.kind}: rnnchaos {' '.join(case.words)}")
    return found


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:]]
    counted = check(*(numbers + [2000, 0][len(numbers) :]), say=lambda line: print(line, flush=True))
    print(", ".join(f"{number} {how}" for how, number in counted.most_common()))
    sys.exit(1 if counted["falls short"] else 0)
