"""What makes two trainings the same one."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from rnnchaos import plugins
from rnnchaos.errors import ConfigError
from rnnchaos.paths import DATA_FILES, FilePath, digest_of
from rnnchaos.setting import within

# Where a run is put, what it is called and whether it is drawn does not change what comes out.
_NOT_COMPARED = ("outputs", "name", "ensemble")
_DIGITS = 20
# Settings that are younger than sweeps that are there: with these values their cells stay the same ones.
_YOUNGER: dict[str, Any] = {"whole": False, "integrator": "rk4", "tolerance": 1e-8, "transpose": "auto"}
_YOUNGER |= {
    "separator": None,
    "decimal_comma": None,
    "comment_prefix": "#",
    "null_values": [],
    "has_header": None,
}
_YOUNGER |= {"skip_rows": 0, "encoding": "utf-8"}
_YOUNGER_OF_TRAINING = {"attempts": "auto", "attempt_growth": "auto", "segments": "auto"}
# The default of diagnostics.lyapunov.max_extension, and what it was when cells were named after it: stored and new ones
# of either are the same training, measured for longer or shorter.
_EXTENSION_THEN = {20: 500}


def cell_id(config: Mapping[str, Any]) -> str:
    """A hash of a resolved config without names and places; of data files and plugins the content counts, not the path.

    Raises ConfigError for a data file that cannot be read.
    """
    compared = {key: value for key, value in config.items() if key not in _NOT_COMPARED}
    compared["dataset"] = _without_place(config["dataset"])
    compared["training"] = _but(config["training"], _YOUNGER_OF_TRAINING)
    if outside := plugins.used(config):
        compared["plugins"] = {plugin["name"]: plugin["sha256"] for plugin in outside}
    ignored = {"figures", *plugins.choices("diagnostic")}  # those of plugins come and go with what is named
    compared["diagnostics"] = {
        key: value for key, value in config["diagnostics"].items() if key not in ignored
    }
    lyapunov = compared["diagnostics"]["lyapunov"]
    extension = lyapunov["max_extension"]
    compared["diagnostics"]["lyapunov"] = {
        **lyapunov,
        "max_extension": _EXTENSION_THEN.get(extension, extension),
    }
    text = json.dumps(compared, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]


def _without_place(dataset: Mapping[str, Any]) -> dict[str, Any]:
    compared = _but(dataset, _YOUNGER)
    if compared.get("time_column") == "auto":
        compared["time_column"] = None  # as it was by default; where auto trains at all, it found none
    if compared["embedding_lag"] is None:  # as it was by default, and auto where it stands for that
        compared["embedding_lag"] = 1 if isinstance(compared["embedding_dimension"], int) else "auto"
    for setting in DATA_FILES:
        if (path := dataset.get(setting)) is not None:
            compared[setting] = _digest(tuple(path) if isinstance(path, list) else path, setting)
    return compared


def _digest(path: FilePath, setting: str) -> str:
    try:
        with within("dataset"):
            return digest_of(path, setting)
    except OSError as error:
        said = f"cannot read {error.filename}: {error.strerror or error}"
        raise ConfigError(f"dataset.{setting}: {said}") from None


def _but(group: Mapping[str, Any], younger: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in group.items() if key not in younger or value != younger[key]}
