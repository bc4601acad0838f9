"""Streams of server-sent events (GET /v1/events) as a client has them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from control import Control, UnixConnection
from description import Exchange, server_sent_events
from gate import Gate


@dataclass(frozen=True)
class Event:
    """One event, with the activity entry that it carries."""

    id: int
    name: str
    entry: dict[str, Any]

    @property
    def properties(self) -> dict[str, Any]:
        return self.entry["properties"]


class Stream:
    """One open stream; what comes is held against the gate's own description of it."""

    def __init__(
        self, gate: Gate, query: str = "", last: int | str | None = None, timeout: float = 10
    ):
        self._control: Control = gate.control
        self._target = f"/v1/events?{query}" if query else "/v1/events"
        self._sent = {} if last is None else {"Last-Event-ID": str(last)}
        self._description = self._control.description
        self._connection = UnixConnection(self._control.path, timeout)
        self._connection.request("GET", self._target, headers=self._sent)
        self._response = self._connection.getresponse()
        self.status = self._response.status
        self.headers = dict(self._response.getheaders())
        #: How far it has come.
        self.position: int | None = None
        #: What an error says.
        self.code: str | None = None
        if self.status == 200:
            self._check(b"")
            assert self.block() == []
        else:
            body = self._response.read()
            self._check(body)
            self.code = json.loads(body)["error"]["code"]
            self.close()

    def __enter__(self) -> Stream:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Hangs up."""
        self._connection.close()
        self._response.close()

    def _check(self, content: bytes) -> None:
        self._description.check(
            Exchange("GET", self._target, self._sent, None, self.status, self.headers, content)
        )

    def block(self) -> list[Event] | None:
        """The event of the next block, if it has one; None when the stream has ended in order."""
        lines: list[bytes] = []
        while not lines or lines[-1] != b"\n":
            line = self._response.readline()
            if not line:
                assert not lines, lines
                return None
            lines.append(line)
        content = b"".join(lines)
        self._check(content)
        for line in lines:
            if line.startswith(b"id:"):
                self.position = int(line[3:])
        return [
            Event(int(one["id"]), one["event"], json.loads(one["data"]))
            for one in server_sent_events(content.decode())
        ]

    def next(self) -> Event:
        """The next event."""
        while True:
            found = self.block()
            assert found is not None, "the stream has ended"
            if found:
                assert found[0].name == found[0].entry["event"]
                return found[0]

    def take(self, count: int) -> list[Event]:
        return [self.next() for _ in range(count)]

    def is_over(self) -> bool:
        """Reads whatever still comes, until the stream ends; it has to end in order."""
        while self.block() is not None:
            pass
        return True
