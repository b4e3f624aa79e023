"""A picture of an orbit for the terminal, in braille characters of 2 by 4 dots."""

import numpy as np
from jaxtyping import Float

# Bit of the braille character for each dot, by row and column.
_BITS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])


def braille_plot(
    across: Float[np.ndarray, " point"],
    up: Float[np.ndarray, " point"],
    *,
    width: int = 60,
    height: int = 18,
) -> str:
    """Points of a plane as `height` lines of `width` characters; both axes are stretched to fill them."""
    columns = _scaled(across, 2 * width)
    rows = 4 * height - 1 - _scaled(up, 4 * height)
    cells = np.zeros((height, width), dtype=int)
    np.bitwise_or.at(cells, (rows // 4, columns // 2), _BITS[rows % 4, columns % 2])
    return "\n".join("".join(chr(0x2800 + cell) for cell in line).rstrip("\u2800") for line in cells)


def _scaled(values: Float[np.ndarray, " point"], count: int) -> np.ndarray:
    """Values as whole numbers from 0 to `count` - 1."""
    low, high = values.min(), values.max()
    if high == low:
        return np.full(len(values), count // 2)
    return np.minimum(((values - low) / (high - low) * count).astype(int), count - 1)
