"""Where progress and tables go in a script or a notebook."""

from rnnchaos.console import Console


def console_of(*, quiet: bool) -> Console:
    """Plain lines in a notebook, too: rich's own way there needs ipywidgets."""
    return Console(quiet=quiet, force_jupyter=False)
