"""Command lines with one wrong word each, for check_overrides.py."""

import random
import re
from collections.abc import Iterator
from typing import NamedTuple

import typer

from rnnchaos.cli.app import app
from rnnchaos.search.begin import SearchSettings
from rnnchaos.settings.config_folders import ConfigFolders, builtin_folder
from rnnchaos.settings.declarations import settings_in
from rnnchaos.settings.forecast import ForecastSettings
from rnnchaos.settings.index import Setting, settings_of, written
from rnnchaos.sweeps.launchers import CellLauncher, LocalLauncher
from rnnchaos.sweeps.slurm.options import SlurmOptions

CHOICES = ConfigFolders((builtin_folder(),))
DIAGNOSTICS = ("evaluate", "lyapunov", "gradients", "cycles", "bifurcation", "judge")
OF_SOURCE, OF_WEIGHTS = ("lyapunov",), ("lyapunov", "gradients", "cycles")
HUGE = ("1e12", "1000000000000000000", "1" + 30 * "0")
# Whatever a setting takes, it is none of these.
NEVER = ("{a: 1}", "[[[1]]]", "'", '"x', "${nothing}", "${oc.env:NO_SUCH_VARIABLE}", "[1,", "{")
NOT_FINITE = ("nan", "inf", "-inf", "1e400")
# What no count or share can mean; numbers that only have a size may be it.
NO_NUMBER = ("''", "abc", "[]", "[1,2]", "true", "5 apples", "٣", "0x1F", *NOT_FINITE)


LOCAL = settings_in(LocalLauncher, "hydra.launcher.")
SLURM = settings_in(CellLauncher, "hydra.launcher.") | settings_in(SlurmOptions, "hydra.launcher.")
SEARCH = settings_in(SearchSettings, "hydra.sweeper.")
FORECAST = settings_in(ForecastSettings)
# Commands that take no settings, with words that are right.
OTHERS = (
    ("resume", "run"), ("export", "run", "--to=npz"), ("report", "run"), ("systems", "henon"), ("runs",),
    ("sweep", "status", "study.sweep"), ("sweep", "table", "study.sweep"), ("sweep", "plot", "study.sweep"),
)  # fmt: skip


class Case(NamedTuple):
    """A command line, the setting that it is about, and what is wrong with it."""

    words: tuple[str, ...]
    name: str
    """What the message has to name."""
    kind: str
    certain: bool = True
    """Whether it can only be refused."""


class Place(NamedTuple):
    """A command with words that are right, and the settings that it takes."""

    words: tuple[str, ...]
    settings: dict[str, Setting]

    @property
    def options(self) -> list[str]:
        """The options of the command, such as `--json`."""
        found = typer.main.get_command(app)
        for word in self.words:
            found = getattr(found, "commands", {}).get(word, found)
        return [option for each in found.params for option in each.opts if option.startswith("--")]


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
        many = index % 4 == 1
        found.append(Place((command, *words, *(("-m",) if many else ())), own | (LOCAL if many else {})))
        for diagnostic in OF_SOURCE if index % 4 == 2 else ():
            of_source = _named("", "source") | _of_group("dataset", system)
            found.append(Place((diagnostic, words[0], *source), of_source))
    found.append(
        Place(
            ("train", "-m", "hydra/sweeper=optuna", "protocol.tau=range(5,9)", "seed=range(0,3)"),
            shared | LOCAL,
        )
    )
    found += [
        Place(
            ("train", "-m", "hydra/sweeper=optuna", "protocol.tau=range(5,9)", "seed=range(0,3)"),
            SEARCH | LOCAL,
        )
    ] * 3
    found += [Place(("train", "-m", "hydra/launcher=slurm", "seed=0,1"), SLURM)] * 3
    found += [Place(("train", "-m", "seed=0,1"), LOCAL)] * 2
    found.append(Place(("paper", "lorenz_tau"), shared | LOCAL))
    found += [Place(("sweep", "run", "study.sweep", "hydra/launcher=slurm"), SLURM)] * 2
    found.append(Place(("sweep", "run", "study.sweep", "hydra/launcher=local"), LOCAL))
    found += [Place(("forecast", "run", "history=series.csv"), FORECAST)] * 3
    found += [Place(words, {}) for words in OTHERS]
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
        kinds = [_of_others, _option]
        if place.settings:
            kinds += [_misspelt, _nested, _broken, _absurd, _of_type, _of_type, _bound] * 3
        names = sorted(place.settings) or [""]
        while (case := rng.choice(kinds)(rng, place, rng.choice(names))) is None:
            pass
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


def _of_others(rng: random.Random, place: Place, _: str) -> Case | None:
    """A setting of launchers, searches or forecasts where there is none of that name."""
    everything = LOCAL | SLURM | SEARCH | FORECAST
    name = rng.choice(sorted(everything))
    if name in place.settings or not place.settings or name in ("inputs", "history"):
        return None
    default = everything[name].default
    return _case(
        place, f"{name}={written(1 if default is None else default)}", name.rpartition(".")[2], "other"
    )


def _option(rng: random.Random, place: Place, _: str) -> Case | None:
    """An option that there is not, or a number for one that is none."""
    option = rng.choice(place.options)
    if option == "--n-jobs" and rng.random() < 0.5:
        return Case(
            (*place.words, f"{option}={rng.choice(('abc', '1.5', '0', '-3', 'nan', ''))}"), "n-jobs", "option"
        )
    index = rng.randrange(2, len(option))
    odd = rng.choice((f"{option}x", f"{option[:index]}q{option[index:]}", f"{option}-all"))
    return Case((*place.words, odd), odd, "option")


def _target(group: str, choice: str) -> str:
    return str(CHOICES.content(group, choice).get("_target_", ""))


def _of_group(group: str, choice: str) -> dict[str, Setting]:
    return _named(group, group) | _named(group, _target(group, choice))


def _named(group: str, owner: str) -> dict[str, Setting]:
    """Settings by their full names."""
    return {".".join(filter(None, (group, key))): setting for key, setting in settings_of(owner).items()}
