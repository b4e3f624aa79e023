"""What a network file system calls stale: a file that another machine replaced, and that is there under its name."""

import errno
import functools
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

_TRIES, _PAUSE = 4, 0.05

P = ParamSpec("P")
T = TypeVar("T")


def again_where_stale(function: Callable[P, T]) -> Callable[P, T]:
    """The same function, tried again where its handle of a file or folder has gone stale. It looks its path up anew."""

    @functools.wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
        for left in reversed(range(_TRIES)):
            try:
                return function(*args, **kwargs)
            except OSError as error:
                if error.errno != errno.ESTALE or not left:
                    raise
                time.sleep(_PAUSE)
        raise AssertionError  # for the type checker

    return wrapper
