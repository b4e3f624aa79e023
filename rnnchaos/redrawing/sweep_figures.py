"""The figures of a sweep: the usual results against what varies."""

from collections.abc import Iterator
from functools import partial

from rnnchaos.paper.presenting import figure_from, presented
from rnnchaos.redrawing.run_figures import Wanted
from rnnchaos.sweeps.plot import figure_of, usual_axes
from rnnchaos.sweeps.sweep import Sweep
from rnnchaos.sweeps.table import table_of, varied_settings


def figures_of_sweep(sweep: Sweep) -> Iterator[Wanted]:
    """What `rnnchaos paper` has presented, and what `sweep plot` draws of every usual result and number that varies."""
    for name in presented(sweep):
        yield Wanted(name, partial(figure_from, name, sweep))
    table = table_of(sweep).unique("cell", maintain_order=True)
    varied = [name.removesuffix("._target_") for name in varied_settings(sweep)]
    for axes in usual_axes(table, varied):
        yield Wanted(axes.name, partial(figure_of, table, axes))
