"""A headless Chromium that is spoken to through its pipe, for the pages that are tested in it."""

import json
import os
import select
import shutil
import subprocess
from pathlib import Path
from typing import Any

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_FLAGS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage"),
    *("--disable-background-networking", "--no-first-run", "--remote-debugging-pipe"),
)
_PATIENCE = 120.0  # seconds


class Chromium:
    """One page of a browser. `requests` are addresses that it asked for, `complaints` what its console says."""

    def __init__(self, profile: Path) -> None:
        ours_in, theirs_out = os.pipe()
        theirs_in, ours_out = os.pipe()
        words = [str(PROGRAM), *_FLAGS, f"--user-data-dir={profile}", "about:blank"]
        shell = ["bash", "-c", f'exec "$@" 3<&{theirs_in} 4>&{theirs_out}', "bash", *words]
        self._process = subprocess.Popen(
            shell, pass_fds=(theirs_in, theirs_out), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._in, self._out = os.fdopen(ours_in, "rb"), os.fdopen(ours_out, "wb")
        self._number, self._session, self._left = 0, None, b""
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self._events: list[str] = []
        target = self("Target.createTarget", url="about:blank")["targetId"]
        self._session = self("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self(f"{domain}.enable")

    def __call__(self, method: str, **parameters: Any) -> dict[str, Any]:
        """The answer to one message of the devtools protocol."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        self._out.write(json.dumps(message).encode() + b"\0")
        self._out.flush()
        while True:
            found = self._next()
            if found.get("id") == self._number:
                assert "error" not in found, found
                return found["result"]

    def open(self, page: Path | str, *, width: int = 1280, height: int = 900, phone: bool = False) -> None:
        """Load a file, or an address, and wait until it is there."""
        self(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=phone,
        )
        self._events.clear()
        self("Page.navigate", url=page if isinstance(page, str) else page.resolve().as_uri())
        while "Page.loadEventFired" not in self._events:
            self._next()

    def value(self, expression: str) -> Any:
        """What a script says, once the picture has been drawn."""
        script = f"new Promise(r => requestAnimationFrame(() => setTimeout(() => r({expression}), 0)))"
        result = self("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=10)
        self._in.close()
        self._out.close()

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._left:
            assert select.select([self._in], [], [], _PATIENCE)[0], "the browser says nothing"
            part = os.read(self._in.fileno(), 1 << 20)
            assert part, "the browser is gone"
            self._left += part
        text, self._left = self._left.split(b"\0", 1)
        found = json.loads(text)
        method, parameters = found.get("method", ""), found.get("params", {})
        self._events.append(method)
        if method == "Network.requestWillBeSent":
            self.requests.append(parameters["request"]["url"])
        elif method in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"):
            self.complaints.append(json.dumps(parameters)[:500])
        return found
