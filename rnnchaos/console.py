"""The console of every command: text is printed as it is, never as markup, and control characters are spelt out."""

import sys
from collections.abc import Iterable
from typing import Any

from rich.console import Console as RichConsole
from rich.console import ConsoleOptions, ConsoleRenderable, RenderHook
from rich.control import Control
from rich.segment import Segment
from rich.text import Text

from rnnchaos.escaping import escaped


class Console(RichConsole):
    """Rich's, for names and reasons that come from anywhere; colour is given by styles and by `coloured`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"markup": False, "emoji": False} | options)
        self.push_render_hook(_Escaping())


def coloured(word: str, colour: str, rest: str = "") -> Text:
    """A sentence that begins with a word in a colour."""
    return Text.assemble((word, colour), rest)


def notebook() -> bool:
    """Whether this is a kernel of IPython, whose front end shows what is displayed; its terminal has none."""
    ipython = sys.modules.get("IPython")
    return ipython is not None and hasattr(ipython.get_ipython(), "kernel")


class _Escaping(RenderHook):
    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        return [each if isinstance(each, Control) else _Escaped(each) for each in renderables]


class _Escaped:
    def __init__(self, renderable: ConsoleRenderable) -> None:
        self._renderable = renderable

    def __rich_console__(self, console: RichConsole, options: ConsoleOptions) -> Iterable[Segment]:
        for text, style, control in console.render(self._renderable, options):
            yield Segment(text if control else escaped(text), style, control)
