"""Trainings that begin again, from another draw: where a run stands among them."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Int


class Attempt(NamedTuple):
    """The training under way, and what earlier ones of the run came to."""

    number: int = 1
    begin: int = 0
    """Optimiser steps of earlier ones."""
    tried: int = 0
    """Candidates of earlier ones."""
    whole: int = 0
    """Earlier ones that came to their end, and did not diverge."""

    def following(self, *, step: int, tried: int, diverged: bool) -> "Attempt":
        """The next one, after so many optimiser steps and candidates of all until now."""
        return Attempt(self.number + 1, step, tried, self.whole + (not diverged))

    @classmethod
    def restored(cls, row: Int[np.ndarray, " field"] | None) -> "Attempt":
        """From an array of its fields; the first for a checkpoint of an earlier version, which has none."""
        return cls() if row is None else cls(*map(int, row))
