"""What a page is made of. The templates say how each looks."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from rnnchaos.report.charts import Chart
from rnnchaos.report.scene import Scene


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    text: str
    kind: ClassVar[str] = "text"


@dataclass(frozen=True)
class Code:
    """Lines as they are, such as a command."""

    text: str
    label: str
    kind: ClassVar[str] = "code"


@dataclass(frozen=True)
class Bar:
    """A place between 0 and 1, drawn, and in words."""

    place: float
    words: str


@dataclass(frozen=True)
class Table:
    """Rows of cells; the first cell of each names the row."""

    caption: str
    header: Sequence[str]
    rows: Sequence[Sequence[str | Bar]]
    note: str = ""
    kind: ClassVar[str] = "table"


@dataclass(frozen=True)
class Image:
    """A figure of the run folder, as a data URI."""

    source: str
    alternative: str
    kind: ClassVar[str] = "image"


@dataclass(frozen=True)
class Details:
    """What is opened by who wants it."""

    title: str
    blocks: "Sequence[Block]"
    kind: ClassVar[str] = "details"


Block = Text | Code | Table | Image | Details | Chart | Scene


@dataclass(frozen=True)
class Section:
    """A part of a page under a heading."""

    name: str
    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Live:
    """What a page says that follows what it shows."""

    words: str
    """Whether anything goes on."""
    up: str = ""
    """The relative address of the page that led here."""


@dataclass(frozen=True)
class RunPage:
    """All that a page shows of one run."""

    id: str
    title: str
    kind: str
    status: str
    status_message: str
    reason: str
    learned: str
    sentence: str
    when: str
    sections: Sequence[Section]
    most_points: int
    """Of a curve."""
    notes: Sequence[str] = field(default_factory=tuple)
    """What could not be shown, and why."""
