"""Which attractors the orbits of a step function end on, and the Lyapunov spectrum of each."""

from rnnchaos.attractors.finding import Attractor, AttractorSet, Leaving, find_attractors

__all__ = ["Attractor", "AttractorSet", "Leaving", "find_attractors"]
