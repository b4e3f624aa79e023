"""Fixed points and cycles of a step function, and what its orbits do as a parameter changes."""

from rnnchaos.cycles.cycles import Cycle, distinct, find_cycles, same_cycle
from rnnchaos.cycles.parameter_scan import Bifurcation, bifurcation_diagram, local_maxima
from rnnchaos.cycles.piecewise_linear import AllCycles, RegionVisits, all_cycles, regions_visited

__all__ = [
    "AllCycles",
    "Bifurcation",
    "Cycle",
    "RegionVisits",
    "all_cycles",
    "bifurcation_diagram",
    "distinct",
    "find_cycles",
    "local_maxima",
    "regions_visited",
    "same_cycle",
]
