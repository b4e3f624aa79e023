"""Names, reasons and messages as a terminal may show them: what would act on it is spelt out."""

_CONTROLS = [*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
_SPELT = {code: f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" for code in _CONTROLS}
_SPELT |= {
    code: f"\\u{code:04x}" for code in range(0xD800, 0xE000)
}  # bytes of a file's name that are no text
_IN_A_TEXT = {code: spelt for code, spelt in _SPELT.items() if chr(code) not in "\n\t"}


def escaped(text: str) -> str:
    """The text without control characters, but for the ends of its lines and tabulators."""
    return text.translate(_IN_A_TEXT)


def one_line(text: str) -> str:
    """The text on one line, without control characters."""
    return text.translate(_SPELT | {ord("\n"): "\\n", ord("\t"): " "})
