"""Where orbits start: from the data, in a box, or at states that are given."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import get_args

import numpy as np
from jaxtyping import Float

from rnnchaos.data import read_table
from rnnchaos.diagnostics.settings import LyapunovSettings, StartsWord
from rnnchaos.nearest import did_you_mean
from rnnchaos.setting import SettingError, within

States = Float[np.ndarray, "orbit state"]

# Hidden units start anywhere between these bounds, as in the middle of what tanh and the gates give.
_HIDDEN = (-0.5, 0.5)
_NAME, _WORDS = "starts", get_args(StartsWord)


def chosen_starts(
    settings: LyapunovSettings,
    dimension: int,
    *,
    seed: int,
    from_data: Callable[[], States] | None,
    bounds: Callable[[], tuple[States, States]] | None = None,
) -> States:
    """The states from which orbits start, as the settings say.

    `from_data` gives those of starts=data, which `auto` takes; where there are no data it takes the box. `bounds` are
    the lowest and highest coordinates of the box, unless the settings have them: by default from -0.5 to 0.5.

    Raises SettingError for starts=data without data, and for states that are no states.
    """
    with within("diagnostics.lyapunov"):
        match settings.starts:
            case "auto" | "data" if from_data is not None:
                return from_data()
            case "data":
                raise SettingError(
                    _NAME, "be box, or states in a list or a file, where there are no data", "data"
                )
            case "auto" | "box":
                return _in_box(settings, dimension, seed=seed, bounds=bounds)
            case Path() as path:
                return _checked(_read(path), dimension, str(path))
            case states:
                return _checked(_rectangular(states), dimension, [list(state) for state in states])


def box_of(states: Float[np.ndarray, "time state"]) -> tuple[States, States]:
    """Lowest and highest of each coordinate."""
    return states.min(0), states.max(0)


def _in_box(
    settings: LyapunovSettings,
    dimension: int,
    *,
    seed: int,
    bounds: Callable[[], tuple[States, States]] | None,
) -> States:
    between = _HIDDEN if bounds is None else bounds()
    lowest, highest = between if settings.box == "auto" else settings.box
    return np.random.default_rng(seed).uniform(lowest, highest, (settings.num_orbits, dimension))


def _read(path: Path) -> States:
    """The rows of a file. Raises SettingError for a word that is none of the choices, and as `read_table` does."""
    if not path.suffix:
        near = did_you_mean(str(path), _WORDS).removeprefix("; ")
        raise SettingError(
            _NAME, f"be {', '.join(_WORDS)}, a list of states or a file of them", str(path), near
        )
    return read_table(path, least_rows=1, setting=_NAME).values


def _rectangular(states: Sequence[Sequence[float]]) -> States:
    """As an array; without columns where they are not of one length."""
    return np.array(states, dtype=float) if len({len(state) for state in states}) == 1 else np.empty((0, 0))


def _checked(states: States, dimension: int, given: object) -> States:
    if states.shape[1] != dimension or not np.isfinite(states).all():
        numbers = "1 finite number" if dimension == 1 else f"{dimension} finite numbers"
        raise SettingError(_NAME, f"be states of {numbers} each", given)
    return states
