"""The trivial rival: what followed in the past, where that was most like now, is said to follow again.

Zhang & Gilpin 2025 (arXiv:2505.11349) show that it forecasts chaos better than foundation models of time series do.
"""

from typing import NamedTuple

import numpy as np
import scipy
from jaxtyping import Float, Int

from rnnchaos.errors import ConfigError
from rnnchaos.pieces import Pieces

# Successive rows that are looked for in the past.
CONTEXT = 5


class Parrot(NamedTuple):
    """A past, and where its stretches of `CONTEXT` rows end that can be gone on from."""

    past: Pieces
    ends: Int[np.ndarray, " stretch"]
    tree: "scipy.spatial.cKDTree"

    @classmethod
    def of(cls, past: Pieces, *, horizon: int) -> "Parrot":
        """From a past of which every stretch that counts goes on for `horizon` steps, or half of its longest piece.

        Raises ConfigError for a past that is too short.
        """
        after = max(1, min(horizon, past.longest // 2))
        ends = past.ends(before=CONTEXT - 1, after=after)
        if len(ends) == 0:
            raise ConfigError(f"a copy of the past needs {CONTEXT + 1} rows of it, got {past.longest}")
        stretches = past.windows(ends - CONTEXT + 1, CONTEXT)
        return cls(past, ends, scipy.spatial.cKDTree(stretches.reshape(len(ends), -1)))

    def run(
        self, context: Float[np.ndarray, "context dimension"], num_steps: int
    ) -> Float[np.ndarray, "time dimension"]:
        """The rows after the last of `context`; where the past ends, it is looked up anew."""
        copied, length, recent = [], 0, context[-CONTEXT:]
        following = np.repeat(self.past.lengths, self.past.lengths) - 1 - self.past.since
        while length < num_steps:
            end = self.ends[self.tree.query(recent.ravel())[1]]
            rows = self.past.values[end + 1 : end + 1 + min(following[end], num_steps - length)]
            copied.append(rows)
            length, recent = length + len(rows), np.concatenate([recent, rows[-CONTEXT:]])[-CONTEXT:]
        return np.concatenate(copied)

    def forecasts(
        self, contexts: Float[np.ndarray, "start context dimension"], num_steps: int
    ) -> Float[np.ndarray, "start time dimension"]:
        """The rows after each of many contexts."""
        return np.stack([self.run(context, num_steps) for context in contexts])
