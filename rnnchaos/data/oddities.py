"""What looks like a fault of a series, in words; whether it is one, its owner knows."""

import numpy as np

from rnnchaos.data.dataset import Dataset
from rnnchaos.data.told import Told
from rnnchaos.numbers import counted

# A series goes elsewhere where so many of its rows are farther out than by so much of the range that was trained on.
_SHARE, _BEYOND = 0.2, 0.1
_ROUNDING = 1e-9


def oddities(told: Told) -> list[str]:
    """A line for each thing that was found."""
    found = list(told.said)
    if (repeat := told.repeat) is not None:
        rows = f"rows {repeat.again} to {repeat.again + repeat.rows - 1}"
        found.append(
            f"{rows} are those from {repeat.first} on again, as in a periodic motion, or where rows were put in twice: "
            "if so, leave them out, else the test is of rows that were trained on"
        )
    for each in told.clipped:
        found.append(
            f"{told.names[each.axis]} stands at {each.value:g}, its {'largest' if each.high else 'smallest'} value, in "
            f"{counted(each.rows, 'row')}, as of a sensor beyond its range: if so, they are not measured, and "
            f"null_values=[{each.value:g}] takes them for missing"
        )
    for jumping in told.wrapped:
        found.append(
            f"{told.names[jumping.axis]} jumps across its range in {counted(jumping.jumps, 'step')} and goes in small "
            "steps else, as an angle or a number of few bits that wraps: if so, unwrap it, or take its cosine and sine"
        )
    return [f"odd: {line}" for line in found]


def out_of_range(dataset: Dataset, channels: int) -> list[str]:
    """A line for each of the first channels whose test series goes where its training series has never been."""
    train, test = (part.values[:, :channels] for part in (dataset.train, dataset.test))
    low, high = train.min(axis=0), train.max(axis=0)
    margin = np.maximum(_BEYOND * (high - low), _ROUNDING * np.abs(train).max(axis=0))
    shares = (np.maximum(low - test, test - high) > margin).mean(axis=0)
    return [
        f"odd: {dataset.axis_names[axis]} is outside the range of the training series in {100 * shares[axis]:.0f} % of "
        "the test series, where a network has learned nothing: instead of a trend take its steps, instead of an angle "
        "that is not wrapped its cosine and sine"
        for axis in np.flatnonzero(shares > _SHARE).tolist()
    ]
