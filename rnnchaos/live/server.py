"""A small server for one machine and one user: GET alone, to who has the token, and nothing but the pages of a view."""

import hashlib
import hmac
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from rnnchaos.errors import ConfigError
from rnnchaos.escaping import one_line
from rnnchaos.live.view import Page, View
from rnnchaos.runs.notices import say_once

ADDRESS = "127.0.0.1"
# A name that leads here by somebody's DNS is none of these: a page of theirs could read ours (DNS rebinding).
_HOSTS = (ADDRESS, "localhost")
_LONGEST, _MOST_HEADERS = 4000, 16_000
"""Bytes of the first line of a request, and of its headers."""
_MOST_AT_ONCE = 24
_PATIENCE = 10.0
"""Seconds for a request to arrive."""
_NEXT, _NEXT_ENDED = 2.0, 10.0
"""Seconds after which a page asks again."""
_SHARE = 10.0
"""A page that takes t of CPU time is made at most every so many t: looking on takes little from what is trained."""
_OLDEST = 30.0
"""Seconds after which a page is made anew without a change of its files: heartbeats stop without one."""
_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Server(ThreadingHTTPServer):
    """Serves the pages of a view below `/TOKEN/`. Raises OSError where the port is taken."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, view: View, *, token: str, port: int = 0) -> None:
        self.token = token
        self.pages = Pages(view)
        self._free = threading.BoundedSemaphore(_MOST_AT_ONCE)
        super().__init__((ADDRESS, port), Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._free.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Of a connection that broke, nothing is to be said."""


class Pages:
    """The pages of a view and of those below it, each made again only where something has changed."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._made: dict[tuple[str, ...], _Made] = {}
        self._lock = threading.Lock()

    def find(self, names: tuple[str, ...]) -> "_Made | None":
        """The page at the end of a way, None where there is none. Raises ConfigError where it cannot be read."""
        with self._lock:  # one at a time: the training has the other cores
            view = self._view.find(names)
            if view is None:
                return None
            now, known = time.monotonic(), self._made.get(names)
            if known is not None and now < known.at + _SHARE * known.seconds:
                return known
            stamp = view.stamp()
            if known is None or stamp != known.stamp or now > known.at + _OLDEST:
                known = self._made[names] = _Made.of(view.page, stamp)
                while len(self._made) > _MOST_AT_ONCE:
                    del self._made[next(iter(self._made))]
            return known


class _Made(NamedTuple):
    page: Page
    content: bytes
    tag: str
    stamp: object
    at: float
    seconds: float

    @classmethod
    def of(cls, make: Callable[[], Page], stamp: object) -> "_Made":
        began = time.thread_time()
        page = make()
        content = page.text.encode()
        tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
        return cls(page, content, tag, stamp, time.monotonic(), time.thread_time() - began)

    @property
    def next(self) -> float:
        """Seconds after which to ask again."""
        return max(_NEXT_ENDED if self.page.ended else _NEXT, _SHARE * self.seconds)


class Handler(BaseHTTPRequestHandler):
    """One request. Whatever is wrong with it, the answer is one line."""

    server: Server
    timeout = _PATIENCE
    server_version, sys_version = "rnnchaos", ""

    def do_GET(self) -> None:
        try:
            self._answer()
        except ConfigError as error:
            self.send_error(HTTPStatus.NOT_FOUND, one_line(str(error)))
        except (TimeoutError, OSError):
            self.close_connection = True
        except Exception as error:
            say_once(f"a page could not be made: {type(error).__name__}: {error}")
            self.send_error(
                HTTPStatus.INTERNAL_SERVER_ERROR, "This page could not be made; the terminal says why."
            )

    do_HEAD = do_GET

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """One line of plain text."""
        if code == HTTPStatus.NOT_IMPLEMENTED:  # what the base class says of a method without a function here
            code, message = HTTPStatus.METHOD_NOT_ALLOWED, "This server only shows pages: GET or HEAD."
        text = f"{message or HTTPStatus(code).phrase}\n".encode(errors="backslashreplace")
        self.close_connection = True
        extra = {"Allow": "GET, HEAD"} if code == HTTPStatus.METHOD_NOT_ALLOWED else {}
        self._send(code, text, "text/plain", "default-src 'none'", extra)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: an address holds the token."""

    def _answer(self) -> None:
        if len(self.requestline) > _LONGEST or len(bytes(self.headers)) > _MOST_HEADERS:
            return self.send_error(HTTPStatus.REQUEST_URI_TOO_LONG)
        hosts = self.headers.get_all("Host", [])
        if len(hosts) != 1 or hosts[0].rsplit(":", 1)[0].lower() not in _HOSTS:
            return self.send_error(HTTPStatus.MISDIRECTED_REQUEST, "This server answers to 127.0.0.1 alone.")
        path = urlsplit(self.path).path
        token, *names = (
            unquote(part, errors="surrogateescape") for part in path.removeprefix("/").split("/")
        )
        if not hmac.compare_digest(token.encode(errors="replace"), self.server.token.encode()):
            return self.send_error(
                HTTPStatus.FORBIDDEN, "The address has the wrong token: the terminal shows the right one."
            )
        if not names or names[-1]:
            return self._to_folder(path)
        found = self.server.pages.find(tuple(names[:-1]))
        if found is None:
            return self.send_error(HTTPStatus.NOT_FOUND, "There is no such page.")
        extra = {"ETag": found.tag, "Rnnchaos-Next": f"{found.next:.1f}"}
        allowed = f"{found.page.policy}; frame-ancestors 'none'"
        if self.headers.get("If-None-Match") == found.tag:
            return self._send(HTTPStatus.NOT_MODIFIED, b"", "text/html", allowed, extra)
        self._send(HTTPStatus.OK, found.content, "text/html", allowed, extra)

    def _to_folder(self, path: str) -> None:
        """The same address with a slash at its end, on which relative ones are built."""
        where = {"Location": f"./{path.rpartition('/')[2]}/"}
        self._send(HTTPStatus.PERMANENT_REDIRECT, b"", "text/plain", "default-src 'none'", where)

    def _send(self, code: int, content: bytes, kind: str, policy: str, extra: dict[str, str]) -> None:
        self.send_response(code)
        headers = (
            _HEADERS | {"Content-Type": f"{kind}; charset=utf-8", "Content-Security-Policy": policy} | extra
        )
        if code != HTTPStatus.NOT_MODIFIED:
            headers["Content-Length"] = str(len(content))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
