"""What every training measures at its end."""

import traceback
from collections.abc import Collection, Iterator, Mapping

from rich.console import Console

from rnnchaos.console import coloured
from rnnchaos.diagnostics.findings import Findings
from rnnchaos.diagnostics.registry import at_hand, diagnostics
from rnnchaos.diagnostics.subjects import TrainedNetwork
from rnnchaos.errors import ConfigError, RunError
from rnnchaos.memory import in_words
from rnnchaos.runs import RunWriter, jsonfile, layout, tensors

# What is stored by name, each kind apart, and the names that training gives before and after this.
_KINDS: Mapping[str, tuple[str, ...]] = {
    "summary": ("escape_step", "cpu_seconds"),
    "arrays": ("training", "spectra_over_training"),
    "figures": ("training", "traces", "spectra_over_training"),
    "tables": (),
}


def measure_after_training(
    network: TrainedNetwork, run: RunWriter, console: Console, known: Collection[str] = ()
) -> Iterator[Findings]:
    """The findings of each diagnostic that measures at the end of a training, of which `known` are in the summary.

    One that fails, by want of memory or by any other error, or whose findings cannot be stored, does not lose the
    others: its findings are a line on the failure, which the log of `run` has, too. What one of a plugin gives by a
    name that is there already is left out, which a line says.
    """
    taken = {kind: {*names} for kind, names in _KINDS.items()}
    taken["summary"] |= {*known}
    for diagnostic in diagnostics():
        try:
            with console.status(diagnostic.name):
                found = diagnostic().after_training(network)
            if found is not None and diagnostic not in at_hand():
                found = _apart(_storable(found), taken, diagnostic.name)
        except Exception as error:
            why = in_words(error)
            run.log(f"{diagnostic.name}: {why}")
            if not isinstance(error, RunError | ConfigError):
                run.log("".join(traceback.format_exception(error)))
            said = coloured(diagnostic.name, "red", f": {why}")
            found = Findings({f"{diagnostic.name}_failed": why}, {}, {}, (said,))
        if found is not None:
            for kind, names in taken.items():
                names |= {*getattr(found, kind)}
            yield found


def _storable(found: object) -> Findings:
    """The findings of a plugin. Raises ConfigError, TypeError or ValueError for what no run folder can hold."""
    if not isinstance(found, Findings):
        raise ConfigError(f"after_training must give Findings or None, got {type(found).__name__}")
    jsonfile.to_text(found.summary)
    for name, arrays in found.arrays.items():
        layout.check_name(name, setting="the name of arrays")
        tensors.to_npz(arrays)
    return found


def _apart(found: Findings, taken: Mapping[str, Collection[str]], name: str) -> Findings:
    """Without what is named as something that others have found, which would be lost."""
    doubled = [each for kind, names in taken.items() for each in getattr(found, kind) if each in names]
    if not doubled:
        return found
    own = {
        kind: {each: value for each, value in getattr(found, kind).items() if each not in names}
        for kind, names in taken.items()
    }
    which = ", ".join(dict.fromkeys(doubled))
    said = f"left out is what has the name of something that others have found: {which}; name it otherwise"
    return found._replace(**own, shown=(*found.shown, coloured(name, "red", f": {said}")))
