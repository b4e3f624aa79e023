"""Wrong and absurd words for every command: each is refused by exit code 2 and one line, and nothing is written.

    python scripts/check_overrides.py [COUNT] [SEED]

Words are made from the index of settings (rnnchaos/settings/index.json): values of another type, out of bounds, not
finite, empty, nested, badly quoted, names misspelt, and numbers of absurd size. The commands run in this process up to
where they would begin to compute; a word that brings them there was right, and is counted apart, unless it can only
be wrong. The exit code is 1 while any word is not refused as it should be.
"""

import contextlib
import io
import os
import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from rnnchaos import environment

environment.prepare()  # before JAX is imported

import numpy as np  # noqa: E402

from rnnchaos.cli import main  # noqa: E402
from rnnchaos.settings.config_folders import ConfigFolders, builtin_folder  # noqa: E402
from rnnchaos.settings.index import Setting, settings_of  # noqa: E402

CHOICES = ConfigFolders((builtin_folder(),))
DIAGNOSTICS = ("evaluate", "lyapunov", "gradients", "cycles", "bifurcation", "judge")
OF_SOURCE, OF_WEIGHTS = ("lyapunov",), ("lyapunov", "gradients", "cycles")
HUGE = ("1e12", "1000000000000000000", "1" + 30 * "0")
# Whatever a setting takes, it is none of these.
NEVER = ("{a: 1}", "[[[1]]]", "'", '"x', "${nothing}", "${oc.env:NO_SUCH_VARIABLE}", "[1,", "{")
NOT_FINITE = ("nan", "inf", "-inf", "1e400")
# What no count or share can mean; numbers that only have a size may be it.
NO_NUMBER = ("''", "abc", "[]", "[1,2]", "true", "5 apples", "٣", "0x1F", *NOT_FINITE)
SMALL = ("dataset.train_length=400", "dataset.test_length=200", "dataset.transient=10")


class Case(NamedTuple):
    """A command line, the setting that it is about, and what is wrong with it."""

    words: tuple[str, ...]
    name: str
    """What the message has to name."""
    kind: str
    certain: bool = True
    """Whether it can only be refused."""


class Reached(BaseException):
    """A command has checked all that it checks, and would begin to compute."""


class Place(NamedTuple):
    """A command with words that are right, and the settings that it takes."""

    words: tuple[str, ...]
    settings: dict[str, Setting]


def places() -> list[Place]:
    """Every command that takes settings; trainings with every dataset, model and protocol in turn."""
    rng = random.Random(0)
    shared = _named("", "train")
    found = []
    systems = [
        name for name in CHOICES.choices("dataset") if _target("dataset", name) and name != "equations"
    ]
    models, protocols = (
        [name for name in CHOICES.choices(group) if _target(group, name)] for group in ("model", "protocol")
    )
    for index in range(max(map(len, (systems, models, protocols)))):
        system, model = systems[index % len(systems)], models[index % len(models)]
        closed = model in ("esn", "ngrc")
        protocol = "closed_form" if closed else protocols[index % len(protocols)]
        if protocol == "closed_form" and not closed:
            protocol = "sparse_forcing"
        source = ("dataset.path=series.csv",) if system == "file" else ()
        if system == "dysts":  # an extra
            continue
        words = (f"dataset={system}", f"model={model}", f"protocol={protocol}", *source)
        own = (
            shared
            | _of_group("dataset", system)
            | _of_group("model", model)
            | _of_group("protocol", protocol)
        )
        own |= _named("optimizer", "optimizer")
        command = ("train", "train", "train", "data")[index % 4]
        found.append(Place((command, *words, *(() if index % 4 != 1 else ("-m",))), own))
        for diagnostic in OF_SOURCE if index % 4 == 2 else ():
            of_source = _named("", "source") | _of_group("dataset", system)
            found.append(Place((diagnostic, words[0], *source), of_source))
    found.append(Place(("train", "-m", "hydra/sweeper=optuna", "seed=range(0,3)"), shared))
    found.append(Place(("paper", "lorenz_tau"), shared))
    of_run = {key: setting for key, setting in shared.items() if key.startswith("diagnostics.")}
    found += [Place((diagnostic, "run"), of_run) for diagnostic in DIAGNOSTICS]
    of_weights = _named("", "weights")
    found += [Place((diagnostic, "weights=cell.npz", "name=w"), of_weights) for diagnostic in OF_WEIGHTS]
    found.append(Place(("judge", "series.csv", "against=series.csv"), _named("", "judge")))
    found.append(
        Place(("judge", "series.csv", "dataset=henon"), _named("", "judge") | _of_group("dataset", "henon"))
    )
    rng.shuffle(found)
    return found


def cases(count: int, seed: int) -> Iterator[Case]:
    """So many, of all places and settings alike."""
    rng, everywhere = random.Random(seed), places()
    for index in range(count):
        place = everywhere[index % len(everywhere)]
        name = rng.choice(sorted(place.settings))
        kinds = [
            kind for kind in (_misspelt, _nested, _broken, _absurd, _of_type, _of_type, _bound) for _ in "x"
        ]
        while (case := rng.choice(kinds)(rng, place, name)) is None:
            name = rng.choice(sorted(place.settings))
        yield case


def _case(place: Place, word: str, name: str, kind: str, *, certain: bool = True) -> Case:
    key = word.partition("=")[0].lstrip("+~")
    kept = [own for own in place.words if own.partition("=")[0] != key or "=" not in own]
    return Case((*kept, word), name, kind, certain)


def _misspelt(rng: random.Random, place: Place, name: str) -> Case | None:
    """A letter more, less, another, or of another alphabet."""
    parts = name.split(".")
    which = rng.randrange(len(parts))
    part, index = parts[which], rng.randrange(len(parts[which]))
    odd = rng.choice(
        (part + "x", part[:index] + part[index + 1 :], f"{part[:index]}q{part[index:]}", part + "ß")
    )
    wrong = ".".join((*parts[:which], odd, *parts[which + 1 :]))
    if wrong in place.settings or not odd or wrong in CHOICES.groups():
        return None
    return _case(place, f"{wrong}=1", odd, "misspelt", certain=_is_closed(wrong))


def _is_closed(name: str) -> bool:
    return not name.startswith(("dataset.parameters", "dataset.initial_state", "optimizer."))


def _nested(rng: random.Random, place: Place, name: str) -> Case | None:
    """A setting within one that has none."""
    if place.settings[name].accepts == "a value" or "a mapping" in place.settings[name].accepts:
        return None
    return _case(place, f"{name}.x=1", name.rpartition(".")[2], "nested", certain=_is_closed(name))


def _broken(rng: random.Random, place: Place, name: str) -> Case | None:
    """Quotes, brackets and references that do not work out."""
    said = place.settings[name].accepts
    if (
        "text" in said
        or "path" in said
        or "value" in said
        or "names" in said
        or name in ("ignore", "dataset.columns")
    ):
        return None
    return _case(place, f"{name}={rng.choice(NEVER)}", name.rpartition(".")[2], "broken")


def _absurd(rng: random.Random, place: Place, name: str) -> Case | None:
    """A count beyond all bounds."""
    if not place.settings[name].accepts.startswith("a whole number"):
        return None
    return _case(
        place, f"{name}={rng.choice(HUGE)}", name.rpartition(".")[2], "absurd", certain="seed" not in name
    )


def _of_type(rng: random.Random, place: Place, name: str) -> Case | None:
    """A value of another type."""
    said = place.settings[name].accepts
    if said.startswith("a whole number") and "list" not in said and "path" not in said and "text" not in said:
        values = (*NO_NUMBER, "1.5", *(() if "null" in said else ("null",)))
    elif said.startswith("a number") and "list" not in said:
        values = (*NO_NUMBER, *(() if "null" in said else ("null",)))
    elif said == "true or false":
        values = ("maybe", "2", "''", "[]", "1.5", "nan")
    elif place.settings[name].words and "text" not in said and "path" not in said and "list" not in said:
        values = ("atuo", "''", "[]", "nan", "ä")
        if "number" in said:
            values = ("atuo", "''", "[]", "nan")
    else:
        return None
    return _case(place, f"{name}={rng.choice(values)}", name.rpartition(".")[2], "type")


def _bound(rng: random.Random, place: Place, name: str) -> Case | None:
    """A number beyond its bound."""
    must = place.settings[name].must
    least = re.search(r"be (?:at least|greater than|from) (-?[\d.]+)", must)
    if least is None:
        return None
    low = float(least[1])
    values = [f"{low - 1:g}", "-1e9" if low > -1e9 else "-1e300"]
    if "greater than" in must:
        values.append(f"{low:g}")
    most = re.search(r"(?:to|at most|less than) (-?[\d.]+)", must)
    if most is not None:
        values.append(f"{float(most[1]) + 1:.12g}")
    return _case(place, f"{name}={rng.choice(values)}", name.rpartition(".")[2], "bound")


def _target(group: str, choice: str) -> str:
    return str(CHOICES.content(group, choice).get("_target_", ""))


def _of_group(group: str, choice: str) -> dict[str, Setting]:
    return _named(group, group) | _named(group, _target(group, choice))


def _named(group: str, owner: str) -> dict[str, Setting]:
    """Settings by their full names."""
    return {".".join(filter(None, (group, key))): setting for key, setting in settings_of(owner).items()}


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


@contextlib.contextmanager
def _stopped_before_work() -> Iterator[None]:
    """What computes or writes raises Reached; the data of one run are there."""
    from rnnchaos import diagnostics, measurements  # noqa: F401
    from rnnchaos.measurements import forecast, judging
    from rnnchaos.runs import RunFolder, RunWriter
    from rnnchaos.search import begin
    from rnnchaos.settings import build, stored
    from rnnchaos.sweeps import planning

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
