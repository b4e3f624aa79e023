"""logging=…, the one setting of what goes on with a training: it changes nothing of it."""

import re
from collections.abc import Sequence


def choose_logging(words: Sequence[str]) -> list[str]:
    """Let what this command starts log as `logging` and its settings among the words say; the words that are left.

    Raises ConfigError for a choice that there is not, or that needs what is not installed.
    """
    own = [word for word in words if re.match(r"\+*logging[.=]", word)]
    if own:
        from rnnchaos.settings.compose import compose
        from rnnchaos.settings.sinks import hand_on

        hand_on([compose("train", own)["logging"]])
    return [word for word in words if word not in own]
