"""Output to a reader that goes away, to a full device, or in an encoding without λ: no reason to lose a training."""

import codecs
import errno
import os
import sys
import unicodedata
from types import TracebackType
from typing import Any, TextIO

from rnnchaos.escaping import one_line

_SPELT = {
    **{"λ": "lambda", "–": "-", "—": "-", "±": "+-", "×": "x", "·": "*", "≤": "<=", "≥": ">=", "→": "->"},
    **{"≈": "~", "√": "sqrt", "‖": "||", "∞": "inf", "–": "-", "′": "'", "‘": "'", "’": "'", "“": '"', "”": '"'},
}  # fmt: skip


class Streams:
    """Within the block stdout and stderr never raise: what they do not take is dropped, and the work goes on."""

    def __enter__(self) -> "Streams":
        self._before = sys.stdout, sys.stderr
        codecs.register_error("rnnchaos.spelt", _spell)
        self._stdout, self._stderr = _Patient(sys.stdout), _Patient(sys.stderr)
        sys.stdout, sys.stderr = self._stdout, self._stderr
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        sys.stdout, sys.stderr = self._before

    def exit_code(self, code: int) -> int:
        """That of the command; 1 where it went well and its output was refused, but not by a reader that has enough."""
        self._stdout.flush()
        refused = self._stdout.error
        if refused is not None and refused.errno != errno.EPIPE:
            line = f"rnnchaos: error: cannot write the output: {one_line(refused.strerror or str(refused))}\n"
            self._stderr.write(line)
            code = code or 1
        self._stderr.flush()
        return code


class _Patient:
    """A stream that drops everything once it has refused something."""

    error: OSError | None = None

    def __init__(self, stream: TextIO | None) -> None:
        self._stream: Any = open(os.devnull, "w", encoding="utf-8") if stream is None else stream  # noqa: SIM115
        if hasattr(self._stream, "reconfigure"):
            self._stream.reconfigure(errors="rnnchaos.spelt")

    def write(self, text: str) -> int:
        if self.error is None:
            try:
                return self._stream.write(text)
            except OSError as error:
                self._refused(error)
        return len(text)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        if self.error is None:
            try:
                self._stream.flush()
            except OSError as error:
                self._refused(error)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def _refused(self, error: OSError) -> None:
        self.error = error
        try:  # what is left in the buffers is written when Python ends
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)
        except (OSError, ValueError):
            pass


def _spell(error: UnicodeError) -> tuple[str, int]:
    """In letters that every encoding has."""
    assert isinstance(error, UnicodeEncodeError)
    return "".join(map(_letters, error.object[error.start : error.end])), error.end


def _letters(character: str) -> str:
    if character in _SPELT:
        return _SPELT[character]
    name = unicodedata.name(character, "")
    if name.startswith("GREEK"):
        letter = name.rsplit(" ", 1)[-1]
        return letter.lower() if "SMALL" in name else letter.title()
    plain = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return plain or (f"\\u{ord(character):04x}" if "\ud800" <= character <= "\udfff" else "?")
