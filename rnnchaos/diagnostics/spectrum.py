"""The record of a measured Lyapunov spectrum: exponents, their errors, and what follows from them."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float


class LyapunovSpectrum(NamedTuple):
    """Lyapunov exponents in nats per time unit, largest first, from equal blocks of one or several orbits.

    An exponent of -inf is a direction that a singular Jacobian collapses.
    """

    blocks: Float[np.ndarray, "orbit block k"]
    """The mean growth of each tangent direction within each block: local exponents, nats per time unit."""
    num_steps: int
    """Steps averaged, per orbit."""
    qr_every: int
    """Steps between QR decompositions."""
    time_per_step: float
    dimension: int
    """Length of the state: the number of exponents that there are."""
    log_volume_rate: float | None
    """What `sum` should be, nats per time unit: the mean divergence, or mean log|det J|, of the same steps.

    None where not all exponents were measured and no divergence was given.
    """

    @property
    def num_orbits(self) -> int:
        return self.blocks.shape[0]

    @property
    def exponents(self) -> Float[np.ndarray, " k"]:
        """Mean over all blocks of all orbits."""
        return self.blocks.mean(axis=(0, 1))

    @property
    def standard_error(self) -> Float[np.ndarray, " k"]:
        """Standard deviation over all blocks, divided by the root of their number.

        Takes blocks as independent. Consecutive blocks of a chaotic flow are anticorrelated, so short blocks
        overstate the error; blocks shorter than the correlation time of the orbit understate it.
        """
        return self.running_error[-1]

    @property
    def running(self) -> Float[np.ndarray, "block k"]:
        """The estimate after each block, from all orbits."""
        count = np.arange(1, self.blocks.shape[1] + 1)
        return np.cumsum(self.blocks.mean(axis=0), axis=0) / count[:, None]

    @property
    def running_error(self) -> Float[np.ndarray, "block k"]:
        """Standard error of the estimate after each block, with the standard deviation of all blocks."""
        count = self.num_orbits * np.arange(1, self.blocks.shape[1] + 1)
        return _deviation(self.blocks) / np.sqrt(count)[:, None]

    @property
    def per_step(self) -> Float[np.ndarray, " k"]:
        """Exponents in nats per step."""
        return self.exponents * self.time_per_step

    @property
    def per_step_error(self) -> Float[np.ndarray, " k"]:
        """Standard errors in nats per step."""
        return self.standard_error * self.time_per_step

    @property
    def max_exponent(self) -> float:
        """λ_max, nats per time unit."""
        return float(self.exponents[0])

    @property
    def sum(self) -> float:
        """Sum of the measured exponents, nats per time unit: with all of them, the rate of volume growth."""
        return float(self.exponents.sum())

    @property
    def kaplan_yorke(self) -> float | None:
        """D = j + (λ_1 + … + λ_j) / |λ_{j+1}|, with j the most exponents whose sum is not negative.

        Kaplan & Yorke (1979), Lecture Notes in Mathematics 730, 204. None where the measured exponents are
        too few to tell; the dimension of the state where volume does not contract.
        """
        j = self._whole_dimensions()
        if j == len(self.exponents):
            return float(j) if j == self.dimension else None
        return float(j + self.exponents[:j].sum() / abs(self.exponents[j]))

    @property
    def kaplan_yorke_error(self) -> float | None:
        """Standard error of `kaplan_yorke`: the spread of its linearisation over blocks (delta method)."""
        j = self._whole_dimensions()
        if j == len(self.exponents):
            return 0.0 if j == self.dimension else None
        if j == 0 or np.isinf(self.exponents[j]):
            return 0.0
        fraction = self.exponents[:j].sum() / abs(self.exponents[j])
        # Exponents are strongly correlated, so the blocks are combined before their spread is taken.
        linearised = (self.blocks[..., :j].sum(axis=-1) + fraction * self.blocks[..., j]) / abs(
            self.exponents[j]
        )
        return float(_deviation(linearised[..., None])[0] / np.sqrt(linearised.size))

    def _whole_dimensions(self) -> int:
        return int(np.argmin(np.append(np.cumsum(self.exponents) >= 0, False)))


def _deviation(blocks: Float[np.ndarray, "orbit block k"]) -> Float[np.ndarray, " k"]:
    finite = np.isfinite(blocks).all(axis=(0, 1))  # an exponent of -inf is exact
    return np.where(finite, blocks, 0.0).std(axis=(0, 1), ddof=1)
