"""What is odd about arrays that are read as pieces, in words."""

from collections.abc import Iterable

import numpy as np
from jaxtyping import Float

from rnnchaos.setting import Auto

Transpose = bool | Auto | tuple[int, int, int]

# A dimension is that of time where neighbours along it are so many times closer than along another.
_SMOOTHER = 3.0
_PARTS = {"train", "training", "test", "testing", "val", "valid", "validation"}


def turned_said(
    stored: np.ndarray, trials: Float[np.ndarray, "trial time channel"], transpose: Transpose
) -> tuple[str, ...]:
    """Whether what is taken for trials looks like times, where no setting says what it is."""
    if transpose != "auto" or min(trials.shape[:2]) < 2:
        return ()
    along_trials, along_times = (_mean(np.abs(np.diff(trials, axis=axis))) for axis in (0, 1))
    if not along_trials * _SMOOTHER < along_times:
        return ()
    return (
        f"of its array of shape {stored.shape} the first dimension, of trials, is smoother than the second, of times: "
        "transpose=[1,0,2] reads times, trials, channels, transpose=false says that it is as it should be",
    )


def _mean(values: Float[np.ndarray, "..."]) -> float:
    """Of those that are known; NaN of none."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else float("nan")


def parts_said(names: Iterable[str]) -> tuple[str, ...]:
    """Whether arrays that are read as pieces of one series are named as parts to train on and to test on."""
    parts = [name for name in names if name.rpartition("/")[2].lower() in _PARTS]
    if len(parts) < 2:
        return ()
    return (
        f"its arrays {', '.join(parts)} are taken for pieces of one series, and split as any other: "
        f"variable={parts[0]} takes one of them, and test_path a file of its own for the test",
    )
