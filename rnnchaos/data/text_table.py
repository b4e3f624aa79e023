"""Tables written as text: how their lines are cut into cells is found in them, or said by settings."""

import codecs
import csv
import io
import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import polars

from rnnchaos.data.cells import BLANKS, MINUS, Column, is_like_a_number, is_missing, read_columns
from rnnchaos.data.text_ends import Lines, check_ends
from rnnchaos.data.text_format import TextFormat
from rnnchaos.data.time_columns import even_step
from rnnchaos.errors import ConfigError
from rnnchaos.setting import SettingError

_SEPARATORS = {
    "tab": "\t",
    r"\t": "\t",
    "semicolon": ";",
    "comma": ",",
    "bar": "|",
    "blank": " ",
    "blanks": " ",
}
# In this order they are tried.
_CANDIDATES = ("\t", ";", "|", ",", " ")
# Stands in no text: the separator of a file with one column.
_NONE = "\x1f"
# Lines from which separator and header are found.
_SAMPLE = 200
_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


class Text(NamedTuple):
    """A table that was written as text."""

    names: tuple[str, ...]
    columns: list[Column]
    breaks: list[int]
    """Rows before which a line is empty, by which programs part series."""
    said: tuple[str, ...] = ()
    """What is odd about its first and last line."""


def read_text(content: bytes, format: TextFormat, *, path: Path, tabs: bool = False) -> Text:
    """The table in a text; `tabs` says that its cells are separated by tabs where nothing else is set.

    Raises ConfigError for lines that do not make a table.
    """
    text = re.sub(MINUS, r"-\1", _decoded(content, format, path))
    numbered = list(enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=1))
    numbered = numbered[format.skip_rows :]
    said = format.separator
    if numbered and (excel := re.fullmatch(r"sep=(.)", numbered[0][1])):
        said, numbered = said or excel[1], numbered[1:]
    kept, comment, breaks = _rows(numbered, format.comment_prefix)
    if not kept:
        raise ConfigError(f"{path}: holds no line with a row")
    sample = [line for _, line in kept[:_SAMPLE]]
    separator = _named_separator(said) if said is not None else _separator(sample, tabs=tabs)
    width = _width(kept, separator, path)
    names, begin = _header(sample, separator, format, comment, width=width)
    body = [line for _, line in kept[begin:]]
    if not body:
        raise ConfigError(f"{path}: holds no line with a row below {kept[0][1][:40]!r}")
    frame = _cells_of(body, separator)
    columns = read_columns(frame, format)
    if len(columns) > 1 and frame[frame.columns[-1]].null_count() == len(frame):
        # The name that is missing is that of the separators at the ends, unless rows are numbered.
        if len(split(kept[0][1], separator)) < width and even_step(columns[0].values) is None:
            names = [*names[1:], ""]
        if not names[-1]:
            columns.pop()  # each line ends with a separator
    ends = Lines(
        body[0],
        body[-1],
        kept[begin][0],
        [frame[name].head(_SAMPLE).to_list() for name in frame.columns],
        frame.row(-1),
    )
    odd = check_ends(columns, ends, format, path, headed=begin > 0)
    named = [name or f"column_{i}" for i, name in enumerate(names[: len(columns)])]
    return Text(_distinct(named), columns, [row - begin for row in breaks if row > begin], odd)


def _decoded(content: bytes, format: TextFormat, path: Path) -> str:
    marked = next((name for mark, name in _BYTE_ORDER_MARKS.items() if content.startswith(mark)), None)
    try:
        text = content.decode(marked or format.encoding)
    except LookupError:
        raise SettingError(
            "encoding", "be the name of an encoding, such as latin-1", format.encoding
        ) from None
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise SettingError(
            "encoding", f"be that of {path}", format.encoding, f"line {line} is not; latin-1 reads any bytes"
        ) from None
    if "\0" in text[:_SAMPLE]:  # every other byte of a text in UTF-16 that does not begin with its mark
        name = "utf-16-be" if text.startswith("\0") else "utf-16-le"
        raise SettingError(
            "encoding", f"be that of {path}", format.encoding, f"{{group}}encoding={name} may be"
        )
    return text


def _rows(
    numbered: list[tuple[int, str]], prefix: str | None
) -> tuple[list[tuple[int, str]], str, list[int]]:
    """The lines of the table with their numbers, the comment just before it, and before which of them one is empty."""
    while numbered and not numbered[-1][1].strip():
        numbered = numbered[:-1]
    kept: list[tuple[int, str]] = []
    comment, breaks = "", set()
    for number, line in numbered:
        if prefix and line.lstrip().startswith(prefix):
            if not kept:
                comment = line.lstrip().lstrip(prefix)
        elif line.strip():
            if prefix and kept and prefix in line and '"' not in line:
                line = re.sub(rf"\s+{re.escape(prefix)}.*", "", line)
            kept.append((number, line))
        else:
            breaks.add(len(kept))
    return kept, comment, sorted(breaks)


def _named_separator(said: str) -> str:
    separator = _SEPARATORS.get(said.lower(), said)
    if len(separator) != 1 or separator in "\"'\n.":
        known = ", ".join(name for name in _SEPARATORS if name.isalpha())
        raise SettingError("separator", f"be one character, or {known}", said)
    return separator


def _separator(lines: list[str], *, tabs: bool) -> str:
    """The separator that cuts most lines into as many cells, with most numbers among them."""
    if tabs and any("\t" in line for line in lines):
        return "\t"
    body = lines[1:] or lines
    best, best_score = _NONE, (0.0, 0.0)
    for separator in _CANDIDATES:
        rows = [split(line, separator) for line in body]
        width, count = Counter(map(len, rows)).most_common(1)[0]
        if width > 1:
            cells = [cell for row in rows for cell in row]
            score = (count / len(rows), sum(map(is_like_a_number, cells)) / len(cells))
            if score > best_score:
                best, best_score = separator, score
    if best == "," and _is_decimal_comma(lines):
        return _NONE
    return _NONE if best in (",", " ") and _is_between_thousands(lines, best) else best


def _is_decimal_comma(lines: list[str]) -> bool:
    """Whether the only comma of each line stands in a number: under one name, or without names before 05."""
    first, *rest = (split(line, ",") for line in lines)
    rows = rest or [first]
    whole = re.compile(rf"[+-]?(\d*|[1-9]\d{{0,2}}([.{BLANKS}]\d{{3}})+)")
    if not all(len(row) == 2 and row[1].isdigit() and whole.fullmatch(row[0]) for row in rows):
        return False
    padded = any(len(row[1]) > 1 and row[1].startswith("0") for row in rows)
    return len(first) == 1 or (padded and any(map(is_like_a_number, first)))


def _is_between_thousands(lines: list[str], mark: str) -> bool:
    """Whether a mark stands between thousands below one name, as decimals show; R numbers rows there."""
    name, *rest = (line.strip() for line in lines)
    decimal = "[.]" if mark == "," else "[.,]"
    number = re.compile(rf"[+-]?(\d+|[1-9]\d{{0,2}}({mark}\d{{3}})+)({decimal}\d*)?")
    told = any(mark in line and re.search(decimal, line) for line in rest)
    counted = all(line.startswith(f"{row}{mark}") for row, line in enumerate(rest, 1))
    return mark not in name and told and not counted and all(map(number.fullmatch, rest))


def split(line: str, separator: str) -> list[str]:
    """The cells of one line, without the blanks and quotes around them."""
    if separator == " ":
        return [cell.strip('"') for cell in line.split()]
    return [
        cell.strip() for cell in next(csv.reader([line], delimiter=separator, skipinitialspace=True), [""])
    ]


def _width(kept: list[tuple[int, str]], separator: str, path: Path) -> int:
    """Cells in every line after the first. Raises ConfigError for a line with another number of them."""
    quoted = any('"' in line for _, line in kept)

    def count(line: str) -> int:
        if separator == " " or quoted:
            return len(split(line, separator))
        return line.count(separator) + 1

    widths = [count(line) for _, line in kept]
    width = Counter(widths[1:] or widths).most_common(1)[0][0]
    wrong = [i for i, found in enumerate(widths) if found != width]
    if wrong[:1] == [0] and widths[0] == width - 1:  # R names no column of row names
        numbers = split(kept[1][1], separator)[1:]
        wrong = wrong[1:] if all(map(is_like_a_number, numbers)) else wrong
    if not wrong:
        return width
    number, line = kept[wrong[0]]
    hint = ""
    if wrong[0] == 0:
        hint = f"{{group}}skip_rows={kept[widths.index(width)][0] - 1} leaves out what is before"
    named = {"\t": "tab", " ": "blanks", _NONE: "nothing"}.get(separator, separator)
    raise SettingError(
        "separator",
        f"cut every line of {path} into as many cells; {named!r} cuts most into {width} and line {number} into "
        f"{count(line)}",
        None if named == "nothing" else named,
        hint,
    )


def _header(
    lines: list[str], separator: str, format: TextFormat, comment: str, *, width: int
) -> tuple[list[str], int]:
    """The names of the columns, and how many lines they take; empty names where there are none."""
    first, body = split(lines[0], separator), [split(line, separator) for line in lines[1:]]
    has_header = _is_header(first, body) if format.has_header is None else format.has_header
    if has_header or len(first) < width:
        return [*[""] * (width - len(first)), *first], 1 + _unit_lines(body)
    told = split(comment.strip(), separator)
    if len(told) != width:
        told = split(comment.strip(), " ")
    is_names = len(told) == width and any(told) and not any(map(is_like_a_number, told))
    return (told if is_names and format.has_header is None else [""] * width), 0


def _is_header(first: list[str], body: list[list[str]]) -> bool:
    """Whether there is a text above a column of numbers, or the numbers by which pandas counts columns."""
    columns = [[row[i] for row in body if i < len(row)] for i in range(len(first))]
    numeric = [all(map(is_like_a_number, column)) for column in columns]
    if any(is_number and not is_like_a_number(cell) for cell, is_number in zip(first, numeric, strict=True)):
        return True
    if not any(map(is_like_a_number, first)):
        return bool(any(first)) and bool(body) and not all(is_missing(cell) for cell in first)
    counted = first[1:] if len(first) > 1 and not first[0] else first
    if counted != [str(i) for i in range(len(counted))]:
        return False
    offset = len(first) - len(counted)
    return bool(body) and (offset == 1 or all("." in cell for column in columns for cell in column))


def _unit_lines(body: list[list[str]]) -> int:
    """How many lines below the names have words, and no number, above all columns of numbers: units, as a rule.

    Data loggers have two: what is measured, and whether it is a mean or a sample.
    """
    columns = list(map(list, zip(*body, strict=False)))
    for count in (2, 1):
        told = [
            column[:count]
            for column in columns
            if column[count:] and all(map(is_like_a_number, column[count:]))
        ]
        lines = [[cell for cell in line if not is_missing(cell)] for line in zip(*told, strict=True)]
        if lines and all(line and not any(map(is_like_a_number, line)) for line in lines):
            return count
    return 0


def _cells_of(lines: list[str], separator: str) -> polars.DataFrame:
    if separator == " ":
        separator, lines = _NONE, [_NONE.join(line.split()) for line in lines]
    return polars.read_csv(
        io.BytesIO("\n".join(lines).encode()), has_header=False, separator=separator, infer_schema=False
    )


def _distinct(names: list[str]) -> tuple[str, ...]:
    """The names, later ones of equal ones numbered, as polars does."""
    seen: Counter[str] = Counter()
    found = []
    for name in names:
        found.append(name if not seen[name] else f"{name}_duplicated_{seen[name] - 1}")
        seen[name] += 1
    return tuple(found)
