"""Classes from outside this package: of files and modules that the user names, and of installed distributions.

What is named on the command line (`--plugin`) or in the environment is trusted, and so is what is installed. What
stands in a run folder is not: nothing is ever imported because a folder says so.
"""

from rnnchaos.plugins.classes import SUPPLIED, choice_name
from rnnchaos.plugins.naming import FLAG, VARIABLE, flags, names, take
from rnnchaos.plugins.offered import Choice, choices, find, load_named
from rnnchaos.plugins.records import changes, check_there, check_unchanged, used

__all__ = [
    "FLAG",
    "SUPPLIED",
    "VARIABLE",
    "Choice",
    "changes",
    "choice_name",
    "check_there",
    "check_unchanged",
    "choices",
    "find",
    "flags",
    "load_named",
    "names",
    "take",
    "used",
]
