"""Where progress and tables go in a script or a notebook."""

from rnnchaos.console import Console, notebook


def console_of(*, quiet: bool) -> Console:
    """Plain lines in a notebook: what moves there needs ipywidgets in rich's own way, or is taken for a terminal's."""
    return Console(quiet=quiet, force_jupyter=False, force_terminal=False if notebook() else None)
