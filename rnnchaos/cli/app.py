"""The commands. Each imports what it needs when it runs, so that help and completion stay fast."""

import contextlib
import sys
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer

from rnnchaos import __version__, diagnostics, environment, plugins, stopping
from rnnchaos.cli import usage
from rnnchaos.cli.completion import add_completion
from rnnchaos.cli.drawing import add_figures
from rnnchaos.cli.export import add_export
from rnnchaos.cli.listing import add_listings
from rnnchaos.cli.logging_words import choose_logging
from rnnchaos.cli.options import (
    Detach,
    DryRun,
    Estimate,
    Json,
    Overrides,
    Run,
    RunWords,
    SystemOrRunWords,
    with_flags,
    words_of,
)
from rnnchaos.cli.pages import add_report
from rnnchaos.cli.report import attempt, to_json
from rnnchaos.cli.sweep import SUBCOMMANDS, go_on_with, sweep_app
from rnnchaos.cli.watching import add_watch
from rnnchaos.errors import ConfigError
from rnnchaos.outcome import Outcome

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
)

# Hydra's flags are unknown to Typer and pass through.
_FORWARD = {"ignore_unknown_options": True}


def _show_version(wanted: bool | None) -> None:
    if wanted:
        print(f"rnnchaos {__version__}")
        raise typer.Exit


_Version = Annotated[
    bool | None,
    typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit."),
]


@app.callback()
def rnnchaos(version: _Version = None) -> None:
    """Train recurrent networks on chaotic dynamics, and measure their Lyapunov spectra and gradients."""


@app.command(
    help=usage.train_help(),
    short_help="Train a network on a dataset and measure both.",
    context_settings=_FORWARD,
)
def train(
    words: Overrides = None,
    dry_run: DryRun = False,
    estimate: Estimate = False,
    detach: Detach = False,
    json: Json = False,
) -> None:
    def command() -> Outcome:
        from rnnchaos.cli import jobs

        flags = ["-m"] if dry_run or estimate or detach else []
        typed = with_flags(words, dry_run=dry_run, estimate=estimate, detach=detach)
        return jobs.run(jobs.train, [*typed, *flags], config_name="train")

    _finish(command, json)


@app.command(
    help=usage.data_help(),
    short_help="Show what a training would see of a dataset; train nothing.",
    context_settings=_FORWARD,
)
def data(words: Overrides = None, json: Json = False) -> None:
    def command() -> Outcome:
        from rnnchaos.cli.measuring import data

        return data(words or [])

    _finish(command, json)


@app.command(context_settings=_FORWARD)
def paper(
    figure: Annotated[
        str | None, typer.Argument(metavar="[FIGURE]", show_default=False, help="Its name.")
    ] = None,
    words: Overrides = None,
    dry_run: DryRun = False,
    estimate: Estimate = False,
    detach: Detach = False,
    json: Json = False,
) -> None:
    """Reproduce a figure of arXiv:2110.07238: its sweep, diagnostics, table and plot; without a name, list them.

    \b
    rnnchaos paper lorenz_tau
    rnnchaos paper lorenz_tau seed=0,1 training.num_steps=3000

    The same command again trains only what is missing, and draws what there is. Settings change the preset
    experiment=paper/FIGURE.
    """

    def command() -> Outcome:
        from rnnchaos.cli import paper
        from rnnchaos.console import Console

        if figure is None:
            return paper.list_figures(Console())
        typed = with_flags(words, dry_run=dry_run, estimate=estimate, detach=detach)
        return paper.reproduce(figure, typed, only_look=dry_run or estimate or detach)

    _finish(command, json)


@app.command()
def resume(
    run: Run,
    words: Annotated[list[str] | None, words_of("logging=NAME", "Where progress goes as well.")] = None,
    json: Json = False,
) -> None:
    """Go on with a training that was cut off, in its own folder, from its last checkpoint; or with a sweep.

    \b
    rnnchaos resume outputs/NAME/v0001
    rnnchaos resume outputs/NAME/v0001 logging=tensorboard

    The result is bit for bit that of a training that was not cut off, on the same machine.
    """

    def command() -> Outcome:
        from rnnchaos import trainings
        from rnnchaos.console import Console
        from rnnchaos.sweeps.sweep import Sweep

        if left := choose_logging(words or []):
            raise ConfigError(
                f"a training goes on as it was begun; resume takes logging=… alone, got {left[0]!r}"
            )
        if (sweep := Sweep.at(run)) is not None:
            return go_on_with(sweep, (), n_jobs=None, retry_failed=False, detach=False)
        return trainings.resume(run, Console())

    _finish(command, json)


@app.command()
def forecast(words: RunWords, json: Json = False) -> None:
    """Go on from data of your own with the network of a run, in the data's units.

    \b
    rnnchaos forecast outputs/NAME/v0001 history=last_week.csv num_steps=500

    history=FILE holds the last rows, in any file that dataset.path takes: the run's columns by name or in order, one
    row or more, the newest last; time_column=NAME names that of sampling times. The run folder NAME.forecast has the
    rows that follow as forecast.csv and arrays/forecast.npz, with their times, and a figure.
    """

    def command() -> Outcome:
        from rnnchaos.cli.measuring import forecast

        return forecast(words)

    _finish(command, json)


def command_names() -> list[str]:
    """What may stand after `rnnchaos`."""
    commands = [info for info in app.registered_commands if not info.hidden]
    names = [info.name or getattr(info.callback, "__name__", "") for info in commands]
    return names + [group.name for group in app.registered_groups if isinstance(group.name, str)]


def add_diagnostic(diagnostic: type[diagnostics.AbstractDiagnostic]) -> None:
    """Make the command of a diagnostic. Raises ConfigError where another command has its name."""
    if diagnostic.name in command_names():
        raise ConfigError(f"the diagnostic {diagnostic.name} has the name of another command")

    def of_run(words: RunWords, json: Json = False) -> None:
        def command() -> Outcome:
            from rnnchaos.cli.measuring import measure

            return measure(diagnostic, words)

        _finish(command, json)

    def of_source_or_run(words: SystemOrRunWords = None, json: Json = False) -> None:
        of_run(words or [], json)

    app.command(
        name=diagnostic.name,
        help=usage.diagnostic_help(diagnostic),
        short_help=diagnostic.summary(),
        epilog=usage.PLUGINS,
        context_settings=_FORWARD if diagnostic.takes_source() or diagnostic.against_any else None,
    )(of_source_or_run if diagnostic.takes_source() else of_run)
    _have_commands.append(diagnostic)


def add_diagnostics_from_outside() -> None:
    """Make a command for each diagnostic of a plugin. Raises ConfigError for a plugin that fails."""
    environment.prepare()
    for diagnostic in diagnostics.diagnostics():
        if diagnostic not in _have_commands:
            add_diagnostic(diagnostic)


_have_commands: list[type[diagnostics.AbstractDiagnostic]] = []
for _diagnostic in diagnostics.at_hand():
    add_diagnostic(_diagnostic)


add_completion(app, command_names)


def check_command(words: Sequence[str]) -> None:
    """Raise ConfigError where a line begins with no command, with the one that is meant."""
    from rnnchaos.cli import mistakes

    first = words[0] if words else "--help"
    if first in _AT_THE_START:
        return
    if first == "sweep" and (said := mistakes.no_subcommand(first, words[1:], SUBCOMMANDS)):
        raise ConfigError(said)
    if first not in command_names():
        raise ConfigError(mistakes.no_command(words, command_names()))


def in_our_words(message: str, words: Sequence[str]) -> str:
    """What typer says of a line that it refuses, with what to type instead."""
    from rnnchaos.cli import mistakes

    command = " ".join(words[: 2 if words[:1] == ["sweep"] else 1])
    return mistakes.refused(message, command, words, _options_of(command))


def _options_of(command: str) -> list[str]:
    """The options of a command, such as `--json`."""
    found: Any = typer.main.get_command(app)
    for name in command.split():
        found = getattr(found, "commands", {}).get(name)
    return [each for option in getattr(found, "params", []) for each in option.opts if each.startswith("--")]


_AT_THE_START = ("-h", "--help", "--version", "complete")


def _finish(command: Callable[[], Outcome], as_json: bool) -> None:
    """Run a command and exit with its code; under --json stdout carries the record and nothing else."""
    environment.prepare()
    stopping.begin()  # a terminated run ends as an interrupted one, its files whole

    def work() -> Outcome:
        plugins.load_named()
        return command()

    with contextlib.redirect_stdout(sys.stderr) if as_json else contextlib.nullcontext():
        outcome = attempt(work)
    if as_json:
        print(to_json(outcome))
    raise typer.Exit(outcome.exit_code)


add_export(app, _finish)
add_report(app, _finish)
add_watch(app, _finish)
add_figures(app, _finish)
add_listings(app, _finish)
app.add_typer(sweep_app(_finish), name="sweep")

_sweeps = [group.typer_instance for group in app.registered_groups if group.typer_instance is not None]
for _info in (
    app.registered_callback,
    *(info for each in (app, *_sweeps) for info in each.registered_commands),
):
    if _info is not None:
        _info.epilog = usage.PLUGINS
