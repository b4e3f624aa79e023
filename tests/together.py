"""Many processes that do one thing in the same moment."""

import multiprocessing
from collections.abc import Callable
from typing import Any


def _wait_and_do(together: Any, results: Any, act: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    together.wait()
    results.put(act(*arguments))
    together.wait()  # a claim's owner that ended before the others have tried would be a dead one


def all_at_once(act: Callable[..., Any], arguments: list[tuple[Any, ...]]) -> list[Any]:
    """What ``act``, a function of a module, returns in as many new processes as there are arguments."""
    context = multiprocessing.get_context("spawn")  # JAX has threads, which do not survive a fork
    together, results = context.Barrier(len(arguments)), context.SimpleQueue()
    processes = [context.Process(target=_wait_and_do, args=(together, results, act, a)) for a in arguments]
    for process in processes:
        process.start()
    found = [results.get() for _ in processes]
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * len(processes)
    return found
