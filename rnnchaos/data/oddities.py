"""What looks like a fault of a recording, in words; whether it is one, its owner knows."""

from rnnchaos.data.told import Told
from rnnchaos.numbers import counted


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
