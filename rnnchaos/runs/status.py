"""How a run stands."""

from enum import StrEnum


class Status(StrEnum):
    """How a run stands. DEAD and UNREADABLE are seen when runs are listed and never stored."""

    RUNNING = "running"
    FINISHED = "finished"
    DIVERGED = "diverged"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    DEAD = "dead"
    UNREADABLE = "unreadable"

    @property
    def exit_code(self) -> int:
        """Exit code of the command whose run ended so; 1 for all that has no result."""
        return {Status.FINISHED: 0, Status.DIVERGED: 3, Status.INTERRUPTED: 130}.get(self, 1)

    @property
    def message(self) -> str:
        """One sentence, without its full stop."""
        return _MESSAGES[self]

    @property
    def has_ended(self) -> bool:
        """Whether a run can be stored with this status once it is over."""
        return self in (Status.FINISHED, Status.DIVERGED, Status.FAILED, Status.INTERRUPTED)


_MESSAGES = {
    Status.RUNNING: "the run has not ended yet",
    Status.FINISHED: "the run ended as planned",
    Status.DIVERGED: "the loss or the parameters stopped being finite",
    Status.FAILED: "the run ended with an error",
    Status.INTERRUPTED: "the run was stopped by the user",
    Status.DEAD: "the process of the run is gone, and the run had not ended",
    Status.UNREADABLE: "the record of the run cannot be read",
}
