"""A headless Chromium, spoken to over two pipes (the Chrome DevTools Protocol, no port opened)."""

from __future__ import annotations

import base64
import itertools
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Literal

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")

LIMIT = 90  # seconds for all that is asked of one browser

_FLAGS = (
    "--headless=new",
    "--no-sandbox",  # tests may run as root in a container, where it cannot start
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--remote-debugging-pipe",
)


@dataclass
class Page:
    """A page that was opened: what it asked for, and what its console said."""

    send: Any
    requested: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)

    def ask(self, expression: str) -> Any:
        """Return the value of an expression in the page."""
        found = self.send("Runtime.evaluate", expression=expression, returnByValue=True)
        return found["result"].get("value")

    def picture(self, path: Path, scheme: Literal["light", "dark"] = "light") -> None:
        """Take a picture of the whole page, as somebody sees it who prefers light or dark."""
        self.prefer(scheme)
        shot = self.send("Page.captureScreenshot", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(shot["data"]))

    def prefer(self, scheme: Literal["light", "dark"]) -> None:
        """Show the page to somebody who prefers light or dark."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.send("Emulation.setEmulatedMedia", features=features)


class Chromium:
    """One running browser. Its messages are JSON texts, each ended by a NUL."""

    def __init__(self, to: BinaryIO, of: BinaryIO) -> None:
        self._to, self._of = to, of
        self._numbers = itertools.count(1)
        self._session = ""
        self._page: Page | None = None

    def open(self, path: Path, width: int = 1100, height: int = 900) -> Page:
        """Open a file in a new tab and return it when it is loaded."""
        made = self._call("Target.createTarget", url="about:blank")
        joined = self._call("Target.attachToTarget", targetId=made["targetId"], flatten=True)
        self._session, self._page = joined["sessionId"], Page(self._call)
        for domain in ("Page", "Network", "Log", "Runtime"):
            self._call(f"{domain}.enable")
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self._call("Emulation.setDeviceMetricsOverride", **size)
        self._call("Page.navigate", url=path.as_uri())
        while self._next().get("method") != "Page.loadEventFired":
            pass
        return self._page

    def _call(self, method: str, **params: Any) -> Any:
        number = next(self._numbers)
        message: dict[str, Any] = {"id": number, "method": method, "params": params}
        if self._session and not method.startswith("Target."):
            message["sessionId"] = self._session
        self._to.write(json.dumps(message).encode() + b"\0")
        self._to.flush()
        while True:
            answer = self._next()
            if answer.get("id") == number:
                assert "error" not in answer, answer
                return answer["result"]

    def _next(self) -> dict[str, Any]:
        raw = bytearray()
        while (byte := self._of.read(1)) != b"\0":
            assert byte, "the browser is gone"
            raw += byte
        message: dict[str, Any] = json.loads(raw)
        self._note(message.get("method", ""), message.get("params", {}))
        return message

    def _note(self, method: str, params: dict[str, Any]) -> None:
        if self._page is None:
            return
        if method == "Network.requestWillBeSent":
            self._page.requested.append(params["request"]["url"])
        elif method == "Log.entryAdded":
            self._page.console.append(params["entry"]["text"])
        elif method in {"Runtime.consoleAPICalled", "Runtime.exceptionThrown"}:
            self._page.console.append(json.dumps(params))


# The browser reads from descriptor 3 and writes to 4; ours may have those very numbers.
_BEGIN = """
import os, sys
os.dup2(int(sys.argv[1]), 103)
os.dup2(int(sys.argv[2]), 104)
os.dup2(103, 3)
os.dup2(104, 4)
os.execv(sys.argv[3], sys.argv[3:])
"""


@contextmanager
def chromium(profile: Path) -> Iterator[Chromium]:
    """Run a browser with a profile of its own, and end it."""
    assert PROGRAM is not None
    (theirs_in, ours_out), (ours_in, theirs_out) = os.pipe(), os.pipe()
    begin = [sys.executable, "-S", "-c", _BEGIN, str(theirs_in), str(theirs_out)]
    process = subprocess.Popen(
        [*begin, PROGRAM, *_FLAGS, f"--user-data-dir={profile}"],
        pass_fds=(theirs_in, theirs_out),
        stderr=subprocess.DEVNULL,
        cwd=profile,
    )
    os.close(theirs_in)
    os.close(theirs_out)
    limit = threading.Timer(LIMIT, process.kill)  # ours would wait for its answer for ever
    limit.start()
    try:
        with os.fdopen(ours_out, "wb") as to, os.fdopen(ours_in, "rb") as of:
            yield Chromium(to, of)
    finally:
        limit.cancel()
        process.terminate()
        process.wait(20)
