"""The panel-shaped part of the control API, asked in somebody's name."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from accounts import Person
from control import Control


@dataclass(frozen=True)
class PanelAnswer:
    """What came back: the status, the headers and the JSON."""

    status: int
    headers: dict[str, str]
    body: Any

    @property
    def attributes(self) -> dict[str, Any]:
        assert self.status == 200, self
        return self.body["attributes"]

    @property
    def code(self) -> str:
        """The code of an error, which must have the one form that all have."""
        codes = {error["code"] for error in self.body["errors"]}
        assert len(codes) == 1, self
        for error in self.body["errors"]:
            assert error["status"] == str(self.status) and error["detail"], self
        return codes.pop()

    @property
    def detail(self) -> str:
        return self.body["errors"][0]["detail"]

    @property
    def faults(self) -> list[tuple[str, str]]:
        """Which fields break which rules."""
        assert self.status == 422 and self.code == "ValidationException", self
        return [
            (error["meta"]["source_field"], error["meta"]["rule"])
            for error in self.body["errors"]
        ]

    @property
    def revoked(self) -> dict[str, int]:
        """What an answer without content ended."""
        parts = [part.partition("=") for part in self.headers["portcullis-revoked"].split(", ")]
        return {name: int(value) for name, _, value in parts}

    def __str__(self) -> str:
        return f"{self.status} {'' if self.status < 400 else self.code}".strip()


class Panel:
    """A caller of the panel-shaped part; without a person it is the panel itself."""

    def __init__(self, control: Control, person: Person | str | None = None):
        self.control = control
        self.person = person

    def call(
        self, method: str, *segments: str, body: Any = None, query: str = ""
    ) -> PanelAnswer:
        headers = {}
        if self.person is not None:
            name = self.person if isinstance(self.person, str) else self.person.uuid
            headers["Portcullis-Acting-User"] = name
        content = None
        if body is not None:
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
        target = "/api/" + "/".join(quote(segment, safe="") for segment in segments) + query
        status, got, answer = self.control.converse(method, target, content, headers)
        return PanelAnswer(status, got, json.loads(answer) if answer else None)

    def get(self, *segments: str, query: str = "") -> PanelAnswer:
        return self.call("GET", *segments, query=query)

    def post(self, *segments: str, body: Any = None) -> PanelAnswer:
        return self.call("POST", *segments, body=body)

    def delete(self, *segments: str) -> PanelAnswer:
        return self.call("DELETE", *segments)
