"""rnnchaos systems: all systems with known equations, and what is known of their exponents."""

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from rnnchaos.listings import facts
from rnnchaos.listings.facts import FAMILIES, Facts, system_names
from rnnchaos.numbers import number
from rnnchaos.outcome import Outcome
from rnnchaos.settings.config_folders import ConfigFolders
from rnnchaos.settings.outside import configs

_WIDTH = 132


def list_systems(console: Console) -> Outcome:
    """All systems as a table, and as records for `--json`."""
    found = known_systems()
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for heading in ("system", "family", "dim", "λ_max per time unit", "D_KY", "τ_pred, steps", "source"):
        table.add_column(heading, no_wrap=True)
    for entry in found:
        table.add_row(*_row(entry))
    table.caption = (
        "dataset=NAME chooses one; rnnchaos systems NAME shows it. Digits in brackets are standard errors."
    )
    table.caption_justify = "left"
    console.width = max(console.width, _WIDTH)
    console.print(table, highlight=False)
    return Outcome(0, {"systems": [entry.record for entry in found]})


def known_systems() -> list[Facts]:
    """Every dataset of the config folder, and of plugins, that has equations, by family and name.

    Facts are stored; a dataset that is new, or whose file is another than when they were, is built.
    """
    known = configs()
    found = [_facts(known, name) for name in system_names(known)]
    return sorted(found, key=lambda entry: (FAMILIES.index(entry.family), entry.system))


def _facts(known: ConfigFolders, name: str) -> Facts:
    entry = facts.stored().get(name)
    if entry is not None and entry.config == known.content("dataset", name):
        return entry
    from rnnchaos.listings.systems import built

    return built(known, name).facts


def _row(entry: Facts) -> list[str]:
    known, steps = entry.reference, entry.tau_pred_steps
    exponent = "–" if known is None else number(known["exponents"][0], known["standard_error"][0])
    dimension = "–" if known is None else number(known["kaplan_yorke"], known["kaplan_yorke_error"])
    return [
        entry.system,
        entry.family,
        str(entry.dimension),
        exponent,
        dimension,
        "–" if steps is None else f"{steps:.1f}",
        entry.source,
    ]
