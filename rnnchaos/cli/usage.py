"""The long help texts of the commands: groups and choices as they lie in the config folder, settings of diagnostics."""

import inspect
import textwrap
from collections.abc import Sequence

from rnnchaos.diagnostics import AbstractDiagnostic
from rnnchaos.setting import shown
from rnnchaos.settings.config_folders import ConfigFolders, builtin_folder
from rnnchaos.settings.index import settings_of

MOST_USED = (
    "protocol.tau",
    "model.hidden_size",
    "training.num_steps",
    "training.error_growth",
    "training.batch_size",
    "training.window",
    "optimizer.learning_rate",
    "dataset.train_length",
    "dataset.noise",
    "precision",
    "ensemble.seeds",
    "seed",
    "name",
)

EXAMPLES = (
    "rnnchaos train",
    "rnnchaos train dataset=rossler model=plrnn protocol.tau=30 seed=3",
    "rnnchaos train dataset=file dataset.path=my_series.csv dataset.dt=0.1",
    "rnnchaos train dataset=equations dataset.path=jerk.yaml dataset.parameters.a=2.02",
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
            _table("The most used settings, with their defaults (docs/settings.md has all)", most_used()),
            _table("Examples", [(example, "") for example in EXAMPLES]),
            _HYDRA,
        )
    )


def data_help() -> str:
    """What to type after `rnnchaos data`."""
    return "\n\n".join(
        (
            "Show what a training would see of a dataset: pieces, channels, time step, gaps, split, scaling and "
            "embedding, with a picture. Nothing is trained.",
            "Words after the command are those of rnnchaos train. The run folder data-DATASET has the picture.",
            _table(
                "Examples",
                [
                    ("rnnchaos data dataset=file dataset.path='session_*.parquet' dataset.time_column=t", ""),
                    (
                        "rnnchaos data dataset=file dataset.path=a.mat dataset.variable=EEG.data dataset.dt=0.004",
                        "",
                    ),
                    ("rnnchaos data dataset=rossler dataset.axes=[0] dataset.embedding_dimension=auto", ""),
                ],
            ),
        )
    )


def diagnostic_help(diagnostic: type[AbstractDiagnostic]) -> str:
    """What to type after the command of a diagnostic."""
    parts = [inspect.getdoc(diagnostic) or diagnostic.name]
    if diagnostic.takes_source():
        parts.append(_table("Groups and their choices", _groups("source")))
    parts.append(_table("Examples", _diagnostic_examples(diagnostic)))
    if diagnostic.against_any:
        parts.append(_table("Settings of what is judged, and against what", judging_settings()))
    settings = _own_settings(diagnostic)
    if diagnostic.takes_run():
        parts.append(
            "The settings of diagnostics.* may be changed; everything else is as the run was trained."
        )
    if settings:
        parts.append(_table(f"Settings, with diagnostics.{diagnostic.group_name()}. before", settings))
    return "\n\n".join([*parts, *([_HYDRA] if diagnostic.takes_source() else [])])


def _own_settings(diagnostic: type[AbstractDiagnostic]) -> list[tuple[str, str]]:
    """Its settings, each with its default, and with its help where the package declares it."""
    declared = settings_of("train")
    rows = []
    for key, value in diagnostic.defaults().items():
        known = declared.get(f"diagnostics.{diagnostic.group_name()}.{key}")
        rows.append(
            (f"{key}={value if isinstance(value, str) else shown(value)}", known.told if known else "")
        )
    return rows


def _diagnostic_examples(diagnostic: type[AbstractDiagnostic]) -> list[tuple[str, str]]:
    command, run = f"rnnchaos {diagnostic.name}", "outputs/my-run/v0001"
    examples = []
    if diagnostic.takes_source():
        examples.append((f"{command} dataset=lorenz63 dataset.rho=38", "of a system"))
    if diagnostic.takes_run():
        examples.append((f"{command} {run}", "of a trained network"))
    if diagnostic.takes_weights():
        examples.append((f"{command} weights=model.safetensors model=lstm", "of a network trained elsewhere"))
    if diagnostic.against_any:
        examples += _AGAINST
    if diagnostic.takes_input:
        examples.append((f"{command} weights=model.safetensors model=lstm input=drive.npy", "under an input"))
    return examples


_AGAINST = [
    ("rnnchaos judge free_run.npy against=test.npy dt=0.01", "of any model's trajectory"),
    ("rnnchaos judge a.npy b.npy outputs/my-run/v0001 dataset=lorenz63", "side by side"),
    ("rnnchaos judge rollouts.npy starts=starts.npy against=outputs/my-run/v0001", "of forecasts"),
    ("rnnchaos judge weights=plrnn.npz model=plrnn against=test.npy", "of a network trained elsewhere"),
]

_HYDRA = (
    "Hydra's own flags work too: --cfg job shows the config, --config-dir DIR adds a folder of your own "
    "choices, -m runs one job for each combination of values."
)


def most_used() -> list[tuple[str, str]]:
    """The settings that the help of `rnnchaos train` names, each with its default and its help."""
    declared = ConfigFolders((builtin_folder(),)).settings("train")
    rows = [(key, declared[key]) for key in MOST_USED]
    return [(key if each.required else f"{key}={each.shown}", each.told) for key, each in rows]


def judging_settings() -> list[tuple[str, str]]:
    """Those that rnnchaos judge has beside the ones of files of weights, each with its default and its help."""
    of_weights = settings_of("weights")
    return [
        (key if key == "against" else f"{key}={setting.shown}", setting.told)
        for key, setting in settings_of("judge").items()
        if (key not in of_weights or key == "weights") and key not in ("subjects", "dataset")
    ]


def _groups(config_name: str) -> list[tuple[str, str]]:
    configs = ConfigFolders((builtin_folder(),))
    groups = configs.chosen(config_name)
    rows = []
    for group, default in groups.items():
        if group == "dataset":
            rows.append(
                (
                    group,
                    f"{default} (default), file, equations, and many systems: rnnchaos systems lists them",
                )
            )
            continue
        choices = [
            f"{choice} (default)" if choice == default else choice for choice in configs.choices(group)
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
