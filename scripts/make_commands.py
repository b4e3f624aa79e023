"""Write docs/commands.md: every command as its `--help` has it, from the same declarations; nothing is run.

python scripts/make_commands.py
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import typer

from rnnchaos.cli.app import app
from rnnchaos.settings.words import flags

PAGE = Path(__file__).parents[1] / "docs" / "commands.md"

_HEAD = """# Commands

Every command, as `rnnchaos COMMAND --help` has it; written by `scripts/make_commands.py`. `RUN` is a run folder, such
as `outputs/NAME/v0001` or `outputs/NAME/latest`, and `SWEEP` the folder of a sweep, such as `outputs/NAME.sweep`.

The exit code is 0 where all went well, 1 after a failure, 2 for bad input (one line says what to write instead, and
nothing is written), 3 for a run that diverged, 4 for a network that escapes to infinity.
"""

_FLAGS = """## Flags among the settings

Where a command takes `SETTING=VALUE`, these may stand anywhere among them. `--plugin FILE.py|MODULE`, with any command
and as often as needed, adds [classes of your own](extending.md) to the choices; `RNNCHAOS_PLUGINS` does for every one.
"""


def page() -> str:
    """The whole page."""
    parts = [_HEAD, *(_section(words, command) for words, command in commands())]
    return "\n".join([*parts, _FLAGS, _table("flag", flags())])


def commands() -> Iterator[tuple[str, Any]]:
    """Those that do something, each by its words after `rnnchaos`, groups one after the other."""
    for name, command in typer.main.get_command(app).commands.items():
        if not command.hidden:
            inner = getattr(command, "commands", None)
            yield from (
                [(name, command)] if inner is None else ((f"{name} {n}", c) for n, c in inner.items())
            )


def _section(words: str, command: Any) -> str:
    shown = [each for each in command.params if not each.hidden and each.name != "help"]
    usage = " ".join(
        ["rnnchaos", words, *(_place(each) for each in shown if _is_argument(each)), "[OPTIONS]"]
    )
    first, *others = command.help.split("\n\n")
    parts = [f"## rnnchaos {words}", _prose(first), f"Usage: `{usage}`", *(_part(each) for each in others)]
    table = _table("argument or option", [(_called(each), _does(each)) for each in shown])
    return "\n\n".join([*parts, table])


def _part(text: str) -> str:
    """A paragraph of a help text, or a block of it whose lines stand as they are."""
    if not text.startswith("\b\n"):
        return _prose(text)
    first, *lines = text.removeprefix("\b\n").split("\n")
    if not first.endswith(":"):
        return "\n".join(["```", first, *lines, "```"])
    rows = list(_rows(lines))
    if first == "Examples:":
        width = max(len(left) for left, _ in rows)
        examples = [f"{left:<{width}}  # {right}" if right else left for left, right in rows]
        return "\n".join(["```", *examples, "```"])
    return f"{_prose(first)}\n\n{_table('group' if first.startswith('Groups') else 'setting', rows)}".rstrip()


def _rows(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The rows of a table of two columns, as a help text lays it out; a long right side goes on below itself."""
    left, right = "", ""
    for line in lines:
        begun, _, more = line.removeprefix("  ").partition("  ")
        if begun and left:
            yield left, right
            left, right = begun, more.strip()
        elif begun:
            left, right = begun, more.strip()
        else:
            right = f"{right} {line.strip()}"
    yield left, right


def _is_argument(parameter: Any) -> bool:
    return parameter.param_type_name == "argument"


def _place(parameter: Any) -> str:
    """An argument in the line of usage."""
    bare = parameter.metavar.strip("[]")
    shown = f"{bare}..." if parameter.nargs == -1 else bare
    return shown if parameter.required else f"[{shown}]"


def _called(parameter: Any) -> str:
    if _is_argument(parameter):
        return parameter.metavar.strip("[]")
    value = "" if parameter.is_flag else f" {parameter.metavar or 'NUMBER'}"
    return f"{', '.join(parameter.opts)}{value}"


def _does(parameter: Any) -> str:
    default = None if _is_argument(parameter) or parameter.is_flag else parameter.default
    said = [parameter.help, "" if default is None else f"`{default}` unless given."]
    return " ".join(filter(None, [*said, "Must be given." if parameter.required else ""]))


def _table(head: str, rows: Sequence[tuple[str, str]]) -> str:
    lines = [f"| `{_cell(left)}` | {_cell(_prose(right))} |" for left, right in rows]
    return "\n".join(
        [f"| {head} | {'choices' if head == 'group' else 'what it does'} |", "|---|---|", *lines, ""]
    )


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


# What is typed as it stands, in texts that are written for the terminal: options, settings, commands.
_TYPED = re.compile(
    r"""(?<![\w`./-])(
        --?[a-z][\w-]*(?:\ (?:job|DIR|RUN)\b)?
        | [a-z][\w./]*=[\w./,*]*\w
        | rnnchaos\ [a-z]+
        | diagnostics\.[a-z_]*[.*]
        | (?:[a-z_]+\.)+[a-z_]+
    )(?![\w`=…])""",
    re.X,
)
_PAGE_NAMED = re.compile(r"docs/(\w[\w-]*\.md)")


def _prose(text: str) -> str:
    """Words of a help text as Markdown: what is typed as code, pages of the documentation as links."""
    joined = " ".join(text.split())
    typed = joined if "`" in joined else _TYPED.sub(r"`\1`", joined)
    return _PAGE_NAMED.sub(r"[\1](\1)", typed)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
