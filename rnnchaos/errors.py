"""The two ways in which a command can fail, each with its exit code."""


class ConfigError(ValueError):
    """Bad input: one line that names the setting, its bound and the value given. Exit code 2."""


class RunError(RuntimeError):
    """A failure while running that is not the input's fault, such as a full disk. Exit code 1."""
