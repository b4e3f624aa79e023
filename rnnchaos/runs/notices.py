"""What a reader of run folders says beside its result: one line for one thing, once."""

import logging
from functools import cache

from rnnchaos.escaping import one_line


@cache
def say_once(text: str) -> None:
    """A line on stderr, or wherever the logging of this process sends the warnings of `rnnchaos`."""
    logging.getLogger("rnnchaos").warning("%s", one_line(text))
