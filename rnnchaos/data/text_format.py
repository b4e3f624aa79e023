"""How a table that is written as text is read: settings by the names of polars."""

import dataclasses
from typing import Annotated

from annotated_types import Ge

from rnnchaos.setting import Unit


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

    def over(self, other: "TextFormat") -> "TextFormat":
        """What is set here, and else as `other` has it."""
        default = TextFormat()
        mine = {field.name: getattr(self, field.name) for field in dataclasses.fields(TextFormat)}
        return TextFormat(
            **{
                name: getattr(other, name) if value == getattr(default, name) else value
                for name, value in mine.items()
            }
        )
