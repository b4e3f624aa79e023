"""What every training measures at its end."""

import traceback
from collections.abc import Iterator

from rich.console import Console

from rnnchaos.console import coloured
from rnnchaos.diagnostics.findings import Findings
from rnnchaos.diagnostics.registry import diagnostics
from rnnchaos.diagnostics.subjects import TrainedNetwork
from rnnchaos.errors import ConfigError, RunError
from rnnchaos.memory import in_words
from rnnchaos.runs import RunWriter


def measure_after_training(network: TrainedNetwork, run: RunWriter, console: Console) -> Iterator[Findings]:
    """The findings of each diagnostic that measures at the end of a training.

    One that fails, by want of memory or by any other error, does not lose the others: its findings are a line on the
    failure, which the log of `run` has, too.
    """
    for diagnostic in diagnostics():
        try:
            with console.status(diagnostic.name):
                found = diagnostic().after_training(network)
        except Exception as error:
            why = in_words(error)
            run.log(f"{diagnostic.name}: {why}")
            if not isinstance(error, RunError | ConfigError):
                run.log("".join(traceback.format_exception(error)))
            said = coloured(diagnostic.name, "red", f": {why}")
            found = Findings({f"{diagnostic.name}_failed": why}, {}, {}, (said,))
        if found is not None:
            yield found
