"""Which attractors the orbits of a step function end on, and the Lyapunov spectrum of each."""

from rnnchaos.attractors.finding import Attractor, AttractorSet, Leaving, find_attractors
from rnnchaos.attractors.kinds import cycle_of, in_a_sentence
from rnnchaos.attractors.spectrum import lyapunov_spectrum
from rnnchaos.attractors.staying import Staying, share_staying

__all__ = [
    "Attractor",
    "AttractorSet",
    "Leaving",
    "Staying",
    "cycle_of",
    "find_attractors",
    "in_a_sentence",
    "lyapunov_spectrum",
    "share_staying",
]
