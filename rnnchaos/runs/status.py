"""How a run stands."""

from enum import StrEnum


class Status(StrEnum):
    """How a run stands. DEAD, UNREADABLE and UNBEGUN are seen when runs are listed and never stored."""

    RUNNING = "running"
    FINISHED = "finished"
    DIVERGED = "diverged"
    ESCAPED = "escaped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    TIMED_OUT = "timed out"
    DEAD = "dead"
    UNREADABLE = "unreadable"
    UNBEGUN = "never begun"

    @property
    def exit_code(self) -> int:
        """Exit code of the command whose run ended so; 1 for all that has no result."""
        return _EXIT_CODES.get(self, 1)

    @property
    def message(self) -> str:
        """One sentence, without its full stop."""
        return _MESSAGES[self]

    @property
    def has_ended(self) -> bool:
        """Whether a run can be stored with this status once it is over."""
        return self not in (Status.RUNNING, Status.DEAD, Status.UNREADABLE, Status.UNBEGUN)

    @property
    def has_result(self) -> bool:
        """Whether nothing is left to do: a run that ended in any other way can be resumed."""
        return self in RESULTS


RESULTS = (Status.FINISHED, Status.DIVERGED, Status.ESCAPED)
"""How a training ends of which nothing is left to do."""
_EXIT_CODES = {
    Status.FINISHED: 0,
    Status.DIVERGED: 3,
    Status.ESCAPED: 4,
    Status.INTERRUPTED: 130,
    Status.TIMED_OUT: 124,
}
_MESSAGES = {
    Status.RUNNING: "the run has not ended yet",
    Status.FINISHED: "the run ended as planned",
    Status.DIVERGED: "the loss or the parameters stopped being finite",
    Status.ESCAPED: "the trained network, left to itself, escapes to infinity",
    Status.FAILED: "the run ended with an error",
    Status.INTERRUPTED: "the run was stopped by the user",
    Status.TIMED_OUT: "the scheduler's time limit was near",
    Status.DEAD: "the process of the run is gone, and the run had not ended",
    Status.UNREADABLE: "the record of the run cannot be read",
    Status.UNBEGUN: "its process died before there was anything to keep; rnnchaos runs --clean removes it",
}
