"""Where progress and tables go in a script or a notebook."""

import importlib.util
import sys

from rnnchaos.console import Console


def console_of(*, quiet: bool) -> Console:
    """Rich in a notebook needs ipywidgets for what changes as it goes; without them plain lines do."""
    rich_notebook = "IPython" in sys.modules and importlib.util.find_spec("ipywidgets") is not None
    return Console(quiet=quiet) if rich_notebook else Console(quiet=quiet, force_jupyter=False)
