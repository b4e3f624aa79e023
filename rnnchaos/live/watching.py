"""rnnchaos watch: serves the pages until Ctrl-C, and opens a browser on them."""

import contextlib
import errno
import os
import secrets
import sys
import tempfile
import threading
import webbrowser
from collections.abc import Iterator
from html import escape
from pathlib import Path

from rnnchaos.console import Console
from rnnchaos.errors import ConfigError
from rnnchaos.live.server import ADDRESS, Server
from rnnchaos.live.views import view_of
from rnnchaos.outcome import Outcome


def watch(folder: Path, *, port: int, show: bool | None, console: Console) -> Outcome:
    """Serve the pages of a folder on the loopback until somebody interrupts.

    `port` 0 is any that is free; `show` None opens a browser where there seems to be a screen.
    Raises ConfigError for a folder without anything to watch, and a port that is taken or not to be had.
    """
    view, token = view_of(folder), secrets.token_urlsafe(24)
    try:
        server = Server(view, token=token, port=port)
    except OSError as error:
        raise ConfigError(_no_port(port, error)) from None
    address = f"http://{ADDRESS}:{server.server_address[1]}/{token}/"
    with server, _shown(address, wanted=_has_screen() if show is None else show):
        console.print(f"{folder}: {address}", highlight=False, soft_wrap=True)
        console.print("for this machine alone; Ctrl-C ends", highlight=False)
        with contextlib.suppress(KeyboardInterrupt):
            server.serve_forever()
    console.print("stopped watching; what is trained goes on", highlight=False)
    return Outcome(0, {"watched": str(folder), "address": address})


def _no_port(port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"--port {port} is in use; without --port any free one is taken"
    return f"--port {port}: {error.strerror or error}; without --port any free one is taken"


def _has_screen() -> bool:
    on_desktop = sys.platform in ("darwin", "win32") or any(
        map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY"))
    )
    return sys.stderr.isatty() and on_desktop and "SSH_CONNECTION" not in os.environ


@contextlib.contextmanager
def _shown(address: str, *, wanted: bool) -> Iterator[None]:
    """A browser on the address, by a file that leads there: others can read the command line that starts a browser."""
    if not wanted:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="rnnchaos-") as folder:  # readable for its owner alone
        file = Path(folder, "watch.html")
        link = escape(address)
        file.write_text(
            f'<!DOCTYPE html><meta http-equiv="refresh" content="0; url={link}"><a href="{link}">rnnchaos</a>'
        )
        threading.Thread(target=webbrowser.open, args=(file.as_uri(),), daemon=True).start()
        yield
