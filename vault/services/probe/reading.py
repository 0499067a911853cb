"""Reading answers so that none of them holds up the run, or brings it down."""

from __future__ import annotations

import os
import signal
import sys
from asyncio import Lock, create_subprocess_exec, wait_for
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Final, Self, cast

import msgspec

from vault.domain.platforms.model import ProbeKind
from vault.domain.probing import Sighting
from vault.exchange.feed_process import Question
from vault.exchange.feeds import last_post

if TYPE_CHECKING:
    from asyncio import StreamReader, StreamWriter

_PATIENCE_S: Final = 5  # for a process that has closed its output to be gone


class Reader:
    """Reads feeds in a process of its own, which starts with the first of them; used with `with`.

    A feed that takes the processor more than `seconds` ends that process, and the next feed has
    another. JSON is read here: msgspec takes time in proportion to its length.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._process: Process | None = None
        self._turn = Lock()
        self._is_over = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._is_over = True
        await self._end()

    async def read(
        self, kind: ProbeKind, body: bytes, content_type: str, now: datetime
    ) -> Sighting:
        """Return what an answer says of the last post, as `last_post` does."""
        if kind != "feed":
            return last_post(kind, body, content_type, now)
        async with self._turn:
            if self._is_over:
                return Sighting("failed", told="the run has ended")
            try:
                return await self._answer(Question(body, content_type, now, self._seconds))
            except BaseException:
                # What it answers after all must not be taken for the answer to another question.
                await self._end()
                raise

    async def _answer(self, question: Question) -> Sighting:
        process = self._process = self._process or await _started()
        to, out = cast("StreamWriter", process.stdin), cast("StreamReader", process.stdout)
        with suppress(ConnectionError):
            to.write(msgspec.json.encode(question) + b"\n")
            await to.drain()
        answer = await out.readline()
        if answer.endswith(b"\n"):
            return msgspec.json.decode(answer, type=Sighting)
        # It has ended, or is about to. To kill it at once could lose why: that asks for its status,
        # and takes it away from who waits for it (CPython 3.11, `Popen.send_signal`).
        with suppress(TimeoutError):
            await wait_for(process.wait(), _PATIENCE_S)
        await self._end()
        if process.returncode == -signal.SIGPROF:
            return Sighting("unsafe", told=f"it takes more than {self._seconds:g} s to read")
        return Sighting("failed", told="the program that reads feeds ended")

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


async def _started() -> Process:
    """Start the process; it imports from where this one does, and from nowhere else."""
    where = os.pathsep.join(filter(None, sys.path))
    command = (sys.executable, "-P", "-m", "vault.exchange.feed_process")
    env = os.environ | {"PYTHONPATH": where}
    return await create_subprocess_exec(
        *command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=env, start_new_session=True
    )
