"""How much CPU time a run has taken."""

import time


class CpuClock:
    """CPU time in seconds of one run: of earlier attempts at it, of its share in a program of several, of its own."""

    def __init__(self) -> None:
        self._before = 0.0
        self._since: float | None = None
        self._runs = 1

    @property
    def seconds(self) -> float:
        """The time until now."""
        if self._since is None:
            return self._before
        return self._before + (time.process_time() - self._since) / self._runs

    def add(self, seconds: float) -> None:
        """Count the time of an earlier attempt."""
        self._before += seconds

    def start(self, process_time: float | None = None, *, runs: int = 1) -> None:
        """Count the time of this process from now or from a moment on; of several `runs` each counts its share."""
        self.stop()
        self._since = time.process_time() if process_time is None else process_time
        self._runs = runs

    def stop(self) -> None:
        """Count no more, until it is started again."""
        self._before, self._since = self.seconds, None
