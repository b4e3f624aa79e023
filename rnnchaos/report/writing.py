"""A page as one file: templates filled in, the style and the script inside, and a policy that lets nothing else run."""

import base64
import hashlib
import os
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from rnnchaos import __version__
from rnnchaos.errors import ConfigError
from rnnchaos.escaping import escaped
from rnnchaos.report.blocks import Live
from rnnchaos.runs import layout

_TEMPLATES = Path(__file__).parent / "templates"


def policy(scripts: Sequence[str], *, live: bool = False) -> str:
    """The content-security policy of a page: its own style and script, and for a live one what it came from."""
    style, script = _source("style.css"), "".join(map(_source, scripts))
    return (
        f"default-src 'none'; img-src data:; style-src {_allowed(style)}; "
        f"script-src {_allowed(script)}; "
        + ("connect-src 'self'; " if live else "")
        + "base-uri 'none'; form-action 'none'"
    )


def rendered(
    template: str, values: Mapping[str, Any], scripts: Sequence[str], *, live: Live | None = None
) -> str:
    """The page. Every value is escaped, and control characters are spelt out."""
    style, script = _source("style.css"), "".join(map(_source, scripts))
    page = (
        _environment()
        .get_template(template)
        .render(
            **values,
            version=__version__,
            policy=policy(scripts, live=live is not None),
            live=live,
            # Inside of their elements they are no HTML: `tests/report` holds that neither can end its element.
            style=Markup(style),
            script=Markup(script),
        )
    )
    # A browser would read the halves of a surrogate, as in names of files that are no text, as an error.
    return escaped(page)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _source(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def _allowed(text: str) -> str:
    """This text alone; nothing where there is none."""
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'" if text else "'none'"


def check_target(target: Path, *, replace: bool) -> None:
    """Raise ConfigError for a name that is no page's, is taken, or lies where it cannot be written."""
    if target.suffix not in (".html", ".htm"):
        raise ConfigError(f"--output must end in .html, got {target}")
    if any((folder / layout.RUN).exists() for folder in target.resolve().parents):
        raise ConfigError(f"--output must lie outside of run folders, which runs alone write, got {target}")
    if not target.parent.is_dir():
        raise ConfigError(f"--output must lie in a folder that exists, got {target}")
    if target.is_dir():
        raise ConfigError(f"--output must be a file, and {target} is a folder")
    if (target.exists() or target.is_symlink()) and not replace:
        raise ConfigError(f"{target} is there already; --force replaces it, --output FILE writes another")
    if not os.access(target.parent, os.W_OK):
        raise ConfigError(f"cannot write {target}: its folder may not be written to")


def write(target: Path, page: str) -> int:
    """The page, whole or not at all; its size in bytes. Raises ConfigError where the disk refuses."""
    content = page.encode()
    temporary = target.with_name(f".{os.getpid()}-report.html")
    try:
        temporary.write_bytes(content)
        os.replace(temporary, target)
    except OSError as error:
        raise ConfigError(f"cannot write {target}: {error.strerror or error}") from None
    finally:
        temporary.unlink(missing_ok=True)
    return len(content)
