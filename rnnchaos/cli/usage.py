"""The long help texts of the commands: groups and choices as they lie in the config folder, settings of diagnostics."""

import inspect
import textwrap
from collections.abc import Sequence

from rnnchaos.diagnostics import AbstractDiagnostic
from rnnchaos.setting import shown
from rnnchaos.settings.config_folders import ConfigFolders, builtin_folder

MOST_USED = (
    ("protocol.tau=30", "steps between two forcings; auto: from the system's largest Lyapunov exponent"),
    ("model.hidden_size=30", "hidden units"),
    ("training.num_steps=6000", "optimiser steps"),
    ("training.error_growth=2", "of errors between forcings, for protocol.tau=auto: tau = ln 2 / lambda_max"),
    ("training.batch_size=32", "windows per optimiser step"),
    ("training.window=200", "predicted steps per window; auto: a few forcing intervals"),
    ("optimizer.learning_rate=1e-3", ""),
    ("dataset.train_length=20000", "steps of the training series"),
    ("dataset.noise=0.05", "observation noise, relative to each axis"),
    ("precision=float64", "of training; float32 unless set"),
    ("ensemble.seeds=5", "networks to train, from seed, seed + 1, ..."),
    ("seed=3", "of every random draw of the run"),
    ("name=my-run", "folder of the run under outputs/"),
)

EXAMPLES = (
    "rnnchaos train",
    "rnnchaos train dataset=rossler model=plrnn protocol.tau=30 seed=3",
    "rnnchaos train dataset=file dataset.path=my_series.csv dataset.dt=0.1",
    "rnnchaos train experiment=paper_lorenz",
    "rnnchaos train -m model=lstm,gru seed=0,1,2",
    "rnnchaos train -m hydra/sweeper=optuna 'protocol.tau=range(5,100)' hydra.sweeper.metric=d_stsp_paper",
    "rnnchaos train --cfg job",
)


PLUGINS = (
    "--plugin FILE.py|MODULE, anywhere on the line and as often as needed, adds classes of your own to the choices; "
    "RNNCHAOS_PLUGINS does for every command (docs/extending.md)."
)

# Columns of a help text.
_WIDTH = 110


def train_help() -> str:
    """What to type after `rnnchaos train`."""
    return "\n\n".join(
        (
            "Train a network on a dataset and measure both.",
            "Words after the command change settings: model=plrnn picks another choice of a group, "
            "protocol.tau=30 sets one value.",
            _table("Groups and their choices", _groups("train")),
            _table("The most used settings", MOST_USED),
            _table("Examples", [(example, "") for example in EXAMPLES]),
            _HYDRA,
        )
    )


def diagnostic_help(diagnostic: type[AbstractDiagnostic]) -> str:
    """What to type after the command of a diagnostic."""
    parts = [inspect.getdoc(diagnostic) or diagnostic.name]
    if diagnostic.takes_source():
        parts.append(_table("Groups and their choices", _groups("source")))
    parts.append(_table("Examples", _diagnostic_examples(diagnostic)))
    settings = [
        (f"{key}={value if isinstance(value, str) else shown(value)}", "")
        for key, value in diagnostic.defaults().items()
    ]
    if diagnostic.takes_run():
        parts.append(
            "The settings of diagnostics.* may be changed; everything else is as the run was trained."
        )
    if settings:
        parts.append(_table(f"Settings, with diagnostics.{diagnostic.group_name()}. before", settings))
    return "\n\n".join([*parts, *([_HYDRA] if diagnostic.takes_source() else [])])


def _diagnostic_examples(diagnostic: type[AbstractDiagnostic]) -> list[tuple[str, str]]:
    command, run = f"rnnchaos {diagnostic.name}", "outputs/my-run/v0001"
    examples = []
    if diagnostic.takes_source():
        examples.append((f"{command} dataset=lorenz63 dataset.rho=38", "of a system"))
    if diagnostic.takes_run():
        examples.append((f"{command} {run}", "of a trained network"))
    if diagnostic.takes_weights():
        examples.append((f"{command} weights=model.safetensors model=lstm", "of a network trained elsewhere"))
    return examples


_HYDRA = (
    "Hydra's own flags work too: --cfg job shows the config, --config-dir DIR adds a folder of your own "
    "choices, -m runs one job for each combination of values."
)


def _groups(config_name: str) -> list[tuple[str, str]]:
    catalog = ConfigFolders((builtin_folder(),))
    groups = catalog.chosen(config_name)
    rows = []
    for group, default in groups.items():
        if group == "dataset":
            rows.append((group, f"{default} (default), file, and many systems: rnnchaos systems lists them"))
            continue
        choices = [
            f"{choice} (default)" if choice == default else choice for choice in catalog.choices(group)
        ]
        rows.append((group, ", ".join(choices)))
    return rows


def _table(title: str, rows: Sequence[tuple[str, str]]) -> str:
    """A titled block of two columns; the mark \\b keeps the help formatter from rewrapping it."""
    width = max((len(left) for left, right in rows if right), default=0)
    lines = []
    for left, right in rows:
        first, *more = textwrap.wrap(right, _WIDTH - width) or [""]
        lines.append(f"  {left:<{width}}  {first}".rstrip())
        lines += [f"  {'':<{width}}  {line}" for line in more]
    return "\n".join(["\b", f"{title}:", *lines])
