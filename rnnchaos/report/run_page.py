"""What a page shows of one run, part by part."""

import base64
import shlex
from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import NamedTuple

from rnnchaos.report import curves, parts
from rnnchaos.report.blocks import Block, Code, Details, Image, RunPage, Section, Table, Text
from rnnchaos.report.contents import Contents
from rnnchaos.report.progress import progress
from rnnchaos.report.scene import MOST_STEPS, scene
from rnnchaos.report.values import flat, mapping, number, sequence, shown
from rnnchaos.runs import Kind, Status

_PNG = b"\x89PNG\r\n\x1a\n"
_MOST_OF_FIGURES = 3_000_000  # bytes
# Figures whose curves the page draws itself, where the arrays are there.
_DRAWN = {
    "attractor",
    "forecast",
    "gradients",
    "lyapunov",
    "power_spectra",
    "training",
    "spectra_over_training",
}
_LEARNED = {"yes": "learned", "no": "not learned", "undecided": "undecided"}
_SAID = ("recipe:", "data:", "training:", "attempt ", "kept ")
_MOST_LINES = 400
# Results whose own parts of the page say more.
_ELSEWHERE = ("metrics.", "attractors.", "gradients.attractors.", "models.", "rivals.")


_Parts = Sequence[tuple[str, str, Callable[[], Sequence[Block]]]]


class Detail(NamedTuple):
    """How much of a run its page shows."""

    steps: int = MOST_STEPS
    """Of each attractor."""
    points: int = 500
    """Of each curve."""
    last_parts: bool = True
    """Whether provenance, config and log are in it, too, and the figures of the folder."""


EVERYTHING = Detail()


def run_page(contents: Contents, *, name: str, title: str, detail: Detail = EVERYTHING) -> RunPage:
    """All parts of a run. `name` makes the ids of a page with several runs."""
    wanted = [*_main_parts(contents, detail.steps), *(_last_parts(contents) if detail.last_parts else ())]
    return _page(contents, name, title, wanted, detail)


def brief_page(contents: Contents, *, name: str, title: str) -> RunPage:
    """The numbers of a run alone, for a study of many."""
    summary = contents.summary
    wanted: _Parts = [
        ("metrics", "Metrics", lambda: parts.metrics(summary)),
        ("exponents", "Exponents", lambda: parts.exponents(summary)),
    ]
    return _page(contents, name, title, wanted, EVERYTHING)


def _page(contents: Contents, name: str, title: str, wanted: _Parts, detail: Detail) -> RunPage:
    record, learned = contents.run.record, contents.summary.get("learned")
    nothing: Sequence[Block] = ()
    made = [(part, heading, contents.part(heading, make, nothing)) for part, heading, make in wanted]
    status = contents.run.observed_status()
    began = f"began {record.started:%Y-%m-%d %H:%M} UTC"
    return RunPage(
        id=name,
        title=title,
        kind=record.kind,
        status=str(status),
        status_message=status.message,
        reason=record.reason or "",
        learned=_LEARNED.get(learned, "") if isinstance(learned, str) else "",
        sentence=_sentence(contents),
        when=began + (f", took {_span(contents)}" if record.ended else ""),
        sections=[Section(part, heading, blocks) for part, heading, blocks in made if blocks],
        most_points=detail.points,
        notes=contents.notes,
    )


def _main_parts(contents: Contents, most_steps: int) -> _Parts:
    summary = contents.summary
    return [
        ("asked", "What was asked, and understood", lambda: _asked(contents)),
        ("models", "Models side by side", lambda: _models(contents)),
        ("attractor", "Attractor", lambda: _attractor(contents, most_steps)),
        ("forecast", "Forecast", lambda: _forecast(contents)),
        ("metrics", "Metrics", lambda: [*parts.metrics(summary), *_telling(contents)]),
        ("spectra", "Power spectra", lambda: _spectra(contents)),
        ("exponents", "Lyapunov exponents", lambda: _exponents(contents)),
        ("attractors", "Attractors", lambda: parts.attractors(summary)),
        ("gradients", "Gradients", lambda: _gradients(contents)),
        ("training", "Training", lambda: _training(contents)),
    ]


def _last_parts(contents: Contents) -> _Parts:
    return [
        ("figures", "Figures", lambda: _figures(contents)),
        ("repeat", "How to repeat it", lambda: _repeat(contents)),
        ("provenance", "Where it comes from", lambda: _provenance(contents)),
        ("all", "Everything in numbers and words", lambda: _everything(contents)),
    ]


def _sentence(contents: Contents) -> str:
    """The verdict; without one, how the run stands."""
    summary, record = contents.summary, contents.run.record
    for found in (summary.get("sentence"), mapping(summary.get("gradients")).get("verdict")):
        if isinstance(found, str) and found:
            return found
    status = contents.run.observed_status()
    return record.reason or (progress(contents) if status is Status.RUNNING else "") or status.message


def _span(contents: Contents) -> str:
    record = contents.run.record
    seconds = (record.ended - record.started).total_seconds() if record.ended else 0.0
    return f"{seconds:.0f} s" if seconds < 600 else f"{seconds / 60:.0f} min"


def _command(contents: Contents) -> str:
    """As it was typed, the program by its name."""
    words = [str(word) for word in sequence(contents.provenance.get("command"))]
    return shlex.join(["rnnchaos", *words[1:]]) if words else ""


def _asked(contents: Contents) -> list[Block]:
    command = _command(contents)
    said = [line for line in contents.log if line.startswith(_SAID)]
    rows = [_part_of(line) for line in dict.fromkeys(said)]
    found: list[Block] = [Code(command, "the command")] if command else []
    return [*found, *([Table("What the program made of it", ("part", "what it said"), rows)] if rows else [])]


def _part_of(line: str) -> list[str]:
    """What a line of the log is of, and what it says: `recipe: 3 units`, or `kept the weights of step 80`."""
    part, _, rest = line.partition(": ")
    return [part, rest] if rest and " " not in part else [line.partition(" ")[0], line]


def _models(contents: Contents) -> list[Block]:
    """Of `rnnchaos judge` of several."""
    models = {**mapping(contents.summary.get("models")), **mapping(contents.summary.get("rivals"))}
    rows = [
        [
            str(name),
            shown(entry.get("learned")),
            shown(number(entry.get("lambda_max"))),
            shown(entry.get("sentence")),
        ]
        for name, found in models.items()
        if (entry := mapping(found))
    ]
    header = ("model", "learned", "λ_max (per time unit)", "in one sentence")
    return [Table("Models beside each other", header, rows)] if rows else []


def _attractor(contents: Contents, most_steps: int) -> list[Block]:
    found = scene(contents.arrays("free_run"), contents.arrays("forecasts"), most_steps=most_steps)
    return [found] if found else []


def _forecast(contents: Contents) -> list[Block]:
    ahead, stored = contents.arrays("forecast"), contents.arrays("forecasts")
    if stored is not None:
        prediction = mapping(contents.settings("diagnostics").get("prediction"))
        return list(curves.forecasts(stored, number(prediction.get("threshold"))))
    return list(curves.continuation(ahead)) if ahead is not None else []


def _telling(contents: Contents) -> list[Block]:
    found = mapping(contents.summary.get("telling"))
    said = {"apart": "tell networks apart", "at_floor": "at their floor", "mute": "no use here"}
    words = [
        f"{text}: {', '.join(map(str, names))}"
        for key, text in said.items()
        if (names := sequence(found.get(key)))
    ]
    return [Text("; ".join(words).capitalize() + ".")] if words else []


def _spectra(contents: Contents) -> list[Block]:
    stored = contents.arrays("power_spectra")
    return [*curves.power_spectra(stored)] if stored is not None else [*_image(contents, "power_spectra")]


def _exponents(contents: Contents) -> list[Block]:
    summary, stored = contents.summary, contents.arrays("lyapunov")
    drawn: list[Block] = list(curves.exponents(summary))
    if stored is not None and "running" in stored:
        drawn += contents.part("How λ_1 settled", lambda: curves.running_exponent(stored, summary), [])
    drawn += parts.exponents(summary)
    drawn += parts.checks("Checks of the exponents", summary.get("lyapunov_checks"))
    drawn += parts.checks("Checks of a flow", summary.get("flow_checks"))
    return drawn


def _gradients(contents: Contents) -> list[Block]:
    stored = contents.arrays("gradients")
    drawn: list[Block] = list(curves.gradients(stored, contents.summary)) if stored is not None else []
    return drawn + list(parts.gradients(contents.summary))


def _training(contents: Contents) -> list[Block]:
    stored, spectra = contents.arrays("training"), contents.arrays("spectra_over_training")
    drawn: list[Block] = list(
        curves.training(stored) if stored is not None else curves.history(contents.history)
    )
    return drawn + (list(curves.spectrum_over_training(spectra)) if spectra is not None else [])


def _figures(contents: Contents) -> list[Block]:
    """Those that the page does not draw itself, as far as there is room."""
    drawn, room = [], _MOST_OF_FIGURES
    for name in contents.run.figure_names():
        stem = PurePath(name).stem
        if stem in _DRAWN:
            continue
        for image in _image(contents, stem):
            room -= len(image.source)
            if room < 0:
                contents.notes.append(f"figures/{name}: left out, the page would be too large")
                break
            drawn.append(image)
    return list(drawn)


def _image(contents: Contents, name: str) -> list[Image]:
    content = contents.figure(name)
    if content is None or not content.startswith(_PNG):
        return []
    source = f"data:image/png;base64,{base64.b64encode(content).decode()}"
    return [Image(source, f"{name.replace('_', ' ')}: figure of the run, as figures/{name}.png")]


def _repeat(contents: Contents) -> list[Block]:
    origin, record, command = contents.provenance, contents.run.record, _command(contents)
    if not command:
        return []
    commit = origin.get("git_commit")
    version = f"rnnchaos {shown(origin.get('rnnchaos'))}" + (f", commit {commit}" if commit else "")
    changed = ", whose checkout held changes" if origin.get("git_dirty") is True else ""
    found: list[Block] = [
        Code(command, "the command again"),
        Text(
            f"With {version}{changed}, and the packages listed below. The same seed gives the same bits on the same "
            "machine with the same packages; config.yaml holds every setting."
        ),
    ]
    if record.kind == Kind.TRAIN:
        again = f"rnnchaos train --from {shlex.quote(str(contents.run.path))} seed=1"
        found.append(Code(again, "with another seed, or any other setting changed"))
    status = contents.run.observed_status()
    if record.kind == Kind.TRAIN and status is not Status.RUNNING and not status.has_result:
        found.append(Code(f"rnnchaos resume {shlex.quote(str(contents.run.path))}", "to go on with it"))
    return found


def _provenance(contents: Contents) -> list[Block]:
    origin = contents.provenance
    keys = ("rnnchaos", "git_commit", "seed", "precision", "device", "python", "platform", "cpu_count", "host",
            "started", "ended")  # fmt: skip
    pairs = [(key.replace("_", " "), origin.get(key)) for key in keys]
    pairs += [
        ("measured run", contents.run.record.parent),
        ("CPU seconds", number(contents.summary.get("cpu_seconds"))),
    ]
    packages = [(str(name), version) for name, version in mapping(origin.get("packages")).items()]
    more = parts.facts("Installed packages", packages)
    return [
        *parts.facts("Provenance", pairs),
        *([Details(f"{len(packages)} packages", more)] if more else []),
    ]


def _everything(contents: Contents) -> list[Block]:
    entries = [pair for pair in flat(contents.summary).items() if not pair[0].startswith(_ELSEWHERE)]
    numbers = parts.facts("The summary", entries[:_MOST_LINES])
    log = "\n".join(contents.log[-_MOST_LINES:])
    return [
        *([Details("Summary", numbers)] if numbers else []),
        *([Details("Config", [Code(contents.config_text, "config.yaml")])] if contents.config_text else []),
        *([Details("Log", [Code(log, "log.txt")])] if log else []),
    ]
