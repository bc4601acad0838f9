"""The control API from the outside: HTTP over the gate's Unix socket."""

from __future__ import annotations

import http.client
import json
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from description import Description, Exchange


class Refusal(AssertionError):
    """The API answered with an error; raised where a test did not expect one."""

    def __init__(self, status: int, body: Any):
        super().__init__(f"{status}: {body}")
        self.status = status
        self.body = body

    @property
    def code(self) -> str:
        return self.body["error"]["code"]

    @property
    def message(self) -> str:
        return self.body["error"]["message"]


class UnixConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: Path, timeout: float):
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


@dataclass(frozen=True)
class Response:
    """An answer as it came over the wire."""

    status: int
    headers: dict[str, str]
    body: bytes


class Control:
    """A caller of the control API; each call is one connection.

    Every exchange is held against the gate's own description of it.
    """

    def __init__(self, path: Path, timeout: float = 30):
        self.path = path
        self.timeout = timeout
        self._description: Description | None = None

    @property
    def description(self) -> Description:
        """What the gate says that it does, asked once."""
        if self._description is None:
            response = self._send("GET", "/openapi.json", None, {})
            assert response.status == 200, response
            self._description = Description.reading(response.body)
        return self._description

    def exchange(self, method: str, target: str, body: bytes | None = None) -> tuple[int, bytes]:
        """Sends exactly these bytes and answers status and body."""
        response = self.send(method, target, body)
        return response.status, response.body

    def converse(
        self,
        method: str,
        target: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, dict[str, str], bytes]:
        """The same with headers in both directions; the names of those that come are lower case."""
        response = self.send(method, target, body, **(headers or {}))
        got = {name.lower(): value for name, value in response.headers.items()}
        return response.status, got, response.body

    def send(
        self, method: str, target: str, body: bytes | None = None, **headers: str
    ) -> Response:
        """The same with headers, whose names have `_` for `-`, and answers them as well."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        description = self.description
        response = self._send(method, target, body, sent)
        description.check(
            Exchange(method, target, sent, body, response.status, response.headers, response.body)
        )
        return response

    def _send(
        self, method: str, target: str, body: bytes | None, headers: dict[str, str]
    ) -> Response:
        connection = UnixConnection(self.path, self.timeout)
        try:
            sent = dict(headers)
            if body is not None:
                sent.setdefault("Content-Type", "application/json")
            connection.request(method, target, body=body, headers=sent)
            response = connection.getresponse()
            return Response(response.status, dict(response.getheaders()), response.read())
        finally:
            connection.close()

    def call(self, method: str, target: str, body: Any = None) -> Any:
        """Sends JSON and answers the JSON that came back; raises `Refusal` for an error."""
        content = json.dumps(body).encode() if body is not None else None
        status, answer = self.exchange(method, target, content)
        value = json.loads(answer) if answer else None
        if status >= 400:
            raise Refusal(status, value)
        return value

    def get(self, *segments: str, **query: str) -> Any:
        target = path(*segments)
        return self.call("GET", f"{target}?{urlencode(query)}" if query else target)

    def post(self, *segments: str, body: Any) -> Any:
        return self.call("POST", path(*segments), body)

    def put(self, *segments: str, body: Any) -> Any:
        return self.call("PUT", path(*segments), body)

    def patch(self, *segments: str, body: Any) -> Any:
        return self.call("PATCH", path(*segments), body)

    def delete(self, *segments: str) -> Any:
        return self.call("DELETE", path(*segments))

    def refusal(self, method: str, *segments: str, body: Any = None) -> Refusal:
        """Makes a call that must be refused and answers the refusal."""
        try:
            answer = self.call(method, path(*segments), body)
        except Refusal as refusal:
            return refusal
        raise AssertionError(f"{method} {path(*segments)} was not refused: {answer}")


def path(*segments: str) -> str:
    """A request target below /v1 from raw segments."""
    return "/v1/" + "/".join(quote(segment, safe="") for segment in segments)
