"""The ways in which a command can fail or be stopped, each with its exit code."""


class ConfigError(ValueError):
    """Bad input: one line that names the setting, its bound and the value given. Exit code 2."""


def reader_says(error: Exception) -> str:
    """In one line, why a file cannot be read."""
    said = (str(error).strip().splitlines() or [type(error).__name__])[0]
    if "allow_pickle" in said:  # a hint of NumPy's that is none here
        return (
            "it holds Python objects, which are never unpickled; give arrays of several lengths a name each"
        )
    return said


class RunError(RuntimeError):
    """A failure while running that is not the input's fault, such as a full disk. Exit code 1."""


class LostClaimError(RunError):
    """Another process has taken over the run folder of this one."""


class TimeUp(KeyboardInterrupt):
    """A scheduler has said that the time is nearly up. Exit code 124, as of timeout(1)."""
