"""How a table that is written as text is read: settings by the names of polars."""

import dataclasses
from collections.abc import Collection
from typing import Annotated

from annotated_types import Ge

from rnnchaos.setting import Unit

TEXT_ENDINGS = (".csv", ".tsv", ".txt", ".dat")


@dataclasses.dataclass(frozen=True, kw_only=True)
class TextFormat:
    """How a table that is written as text is read, by the names of polars; what is None is found in the file."""

    separator: str | None = None
    """Between cells of a text: one character, or tab, semicolon, comma, bar or blanks (any number); None finds it."""
    decimal_comma: bool | None = None
    """Whether numbers of a text are written 1,5; None finds it."""
    comment_prefix: str | None = "#"
    """With what lines of a text begin that are no rows."""
    null_values: tuple[str | int | float, ...] = ()
    """Entries that stand for a missing value, such as -999, beside empty ones and nan, NA, null and the like; numbers
    count in arrays, too."""
    has_header: bool | None = None
    """Whether a text begins with the names of its columns; None finds it."""
    skip_rows: Annotated[int, Ge(0), Unit("line")] = 0
    """Lines of a text before its table."""
    encoding: str = "utf-8"
    """Of a text without a byte order mark, by its name in Python."""

    def over(self, other: "TextFormat", given: Collection[str]) -> "TextFormat":
        """The settings that were `given` as they are here, and all else as `other` has it."""
        names = [field.name for field in dataclasses.fields(TextFormat)]
        return TextFormat(**{name: getattr(self if name in given else other, name) for name in names})
