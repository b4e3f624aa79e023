"""Run folders: the only room that writes under `outputs`. `docs/run-folder.md` describes every file."""

from rnnchaos.runs.claim import Claim
from rnnchaos.runs.folder import RunFolder
from rnnchaos.runs.listing import ListedRun, list_runs, remove_husks
from rnnchaos.runs.provenance import Provenance, collect_provenance
from rnnchaos.runs.records import FORMAT, Kind, RunRecord
from rnnchaos.runs.status import RESULTS, Status
from rnnchaos.runs.tensors import Checkpoint
from rnnchaos.runs.writable import check_writable
from rnnchaos.runs.writer import RunWriter

__all__ = [
    "FORMAT",
    "RESULTS",
    "Checkpoint",
    "Claim",
    "Kind",
    "ListedRun",
    "Provenance",
    "RunFolder",
    "RunRecord",
    "RunWriter",
    "Status",
    "check_writable",
    "collect_provenance",
    "list_runs",
    "remove_husks",
]
