"""The long help text of `rnnchaos train`: groups and choices as they lie in the config folder."""

import textwrap
from collections.abc import Sequence

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


def lyapunov_help() -> str:
    """What to type after `rnnchaos lyapunov`."""
    examples = (
        ("rnnchaos lyapunov dataset=lorenz63 dataset.rho=38", "of a system"),
        ("rnnchaos lyapunov outputs/my-run/v0001", "of a trained network"),
        ("rnnchaos lyapunov weights=model.safetensors model=lstm", "of a network trained elsewhere"),
        ("rnnchaos lyapunov outputs/my-run/v0001 diagnostics.lyapunov.num_steps=100000", ""),
    )
    return "\n\n".join(
        (
            "Lyapunov exponents of a system with known equations, of the network of a run, or of a file of weights.",
            _table("Groups and their choices", _groups("lyapunov")),
            _table("Examples", examples),
            _HYDRA,
        )
    )


def run_help(summary: str, group: str) -> str:
    """What to type after a command that measures a stored run with the settings `diagnostics.<group>`."""
    keys = [
        key
        for key in ConfigFolders((builtin_folder(),)).keys("train")
        if key.startswith(f"diagnostics.{group}.")
    ]
    return "\n\n".join(
        (
            summary,
            "The settings of diagnostics.* may be changed; everything else is as the run was trained.",
            _table("Among them", [(key, "") for key in keys]),
        )
    )


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
