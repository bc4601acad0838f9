"""The OpenAPI document of a gate, and whether an exchange is one that it describes."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

_ADDRESS = "urn:gate:description"
#: Of a document of many lines, so many from each end are looked at.
_LINES = 200


class Undescribed(AssertionError):
    """The gate did something that its document does not say."""


@dataclass(frozen=True)
class Exchange:
    """A request, and what it was answered."""

    method: str
    target: str
    sent: dict[str, str] = field(default_factory=dict)
    request: bytes | None = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    answer: bytes = b""

    def __str__(self) -> str:
        return f"{self.method} {self.target} answered {self.status}"

    def header(self, name: str) -> str | None:
        return {key.lower(): value for key, value in self.headers.items()}.get(name.lower())


class Description:
    """One document, ready to check with."""

    def __init__(self, document: dict[str, Any]):
        self.document = document
        self._registry = Registry().with_resource(
            _ADDRESS, Resource(contents=document, specification=DRAFT202012)
        )
        self._validators: dict[str, Draft202012Validator] = {}
        self._paths = [
            (re.compile("/".join(_segment(part) for part in path.split("/"))), path)
            for path in document["paths"]
        ]

    @staticmethod
    @cache
    def reading(content: bytes) -> Description:
        """The document in `content`; gates of one program share what was prepared for it."""
        return Description(json.loads(content))

    def check(self, exchange: Exchange) -> None:
        """Fails unless the document says that this may be asked, and answered so."""
        operation = self._operation(exchange)
        if operation is not None and exchange.status < 400:
            self._check_request(exchange, operation)
        pointer = self._answer(exchange, operation)
        described = self._at(pointer) if pointer is not None else None
        if described is None:
            raise Undescribed(
                f"{exchange}, which the document does not have: {exchange.answer[:500]!r}"
            )
        self._check_headers(exchange, pointer, described)
        self._check_content(exchange, pointer, described)

    def _answer(self, exchange: Exchange, operation: str | None) -> str | None:
        """Where the document has an answer, if anywhere."""
        if operation is not None:
            return f"{operation}/responses/{exchange.status}"
        path = self._path(exchange.target)
        part = "Panel" if exchange.target.startswith("/api/") else ""
        if exchange.status == 400:
            return "/components/responses/NoHTTP"
        if exchange.status == 404 and (path is None or "{" in path):
            return f"/components/responses/Unknown{part}Path"
        if exchange.status == 405 and path is not None:
            return f"/components/responses/Unknown{part}Method"
        return None

    def _check_request(self, exchange: Exchange, operation: str) -> None:
        """What was accepted must be what the document lets one send."""
        described = self._at(operation)
        for kind in described.get("requestBody", {}).get("content", {}):
            content = f"{operation}/requestBody/content/{_escaped(kind)}"
            self._check_value(content, kind, exchange.request or b"", f"{exchange}; its request")
        parameters = described.get("parameters", [])
        known = {p["name"] for p in parameters if p["in"] == "query"}
        query = exchange.target.partition("?")[2]
        given = {name for name, _ in parse_qsl(query, keep_blank_values=True)}
        headers = {p["name"].lower() for p in parameters if p["in"] == "header"}
        own = {name for name in exchange.sent if name.lower().startswith("portcullis-")}
        strange = given - known | {name for name in own if name.lower() not in headers}
        if strange:
            raise Undescribed(f"{exchange} and took {strange}, which the document does not have")

    def _check_headers(self, exchange: Exchange, pointer: str, described: Any) -> None:
        for name, header in described.get("headers", {}).items():
            value = exchange.header(name)
            if value is not None:
                self._validate(f"{pointer}/headers/{name}/schema", value, f"{exchange}: {name}")
            elif header["required"]:
                raise Undescribed(f"{exchange} without {name}")

    def _check_content(self, exchange: Exchange, pointer: str, described: Any) -> None:
        kinds = described.get("content", {})
        if not kinds:
            if exchange.answer:
                raise Undescribed(f"{exchange} with content: {exchange.answer[:500]!r}")
            return
        kind = (exchange.header("Content-Type") or "").partition(";")[0]
        if kind not in kinds:
            raise Undescribed(f"{exchange} with content of type {kind!r}")
        content = f"{pointer}/content/{_escaped(kind)}"
        self._check_value(content, kind, exchange.answer, str(exchange))

    def _check_value(self, content: str, kind: str, value: bytes, where: str) -> None:
        if kind == "application/json":
            self._validate(f"{content}/schema", _json(where, value), where)
            return
        if kind == "text/event-stream":
            for event in server_sent_events(value.decode()):
                item = f"{content}/x-itemSchema"
                self._validate(item, event, where)
                data = _json(where, event["data"].encode())
                self._validate(f"{item}/properties/data/contentSchema", data, where)
            return
        lines = [line for line in value.splitlines() if line.strip()]
        for line in lines[:_LINES] + lines[_LINES:][-_LINES:]:
            self._validate(f"{content}/x-itemSchema", _json(where, line), where)

    def _operation(self, exchange: Exchange) -> str | None:
        path = self._path(exchange.target)
        method = exchange.method.lower()
        if path is None or method not in self.document["paths"][path]:
            return None
        return f"/paths/{_escaped(path)}/{method}"

    def _path(self, target: str) -> str | None:
        """The path that a target follows; one without names in it comes first."""
        raw = target.partition("?")[0]
        found = [path for pattern, path in self._paths if pattern.fullmatch(raw)]
        return min(found, key=lambda path: path.count("{"), default=None)

    def _at(self, pointer: str) -> Any:
        value: Any = self.document
        for part in pointer.split("/")[1:]:
            value = value.get(part.replace("~1", "/").replace("~0", "~"))
            if value is None:
                return None
        return value

    def _validate(self, pointer: str, value: Any, where: str) -> None:
        if pointer not in self._validators:
            self._validators[pointer] = Draft202012Validator(
                {"$ref": f"{_ADDRESS}#{pointer}"}, registry=self._registry
            )
        for problem in self._validators[pointer].iter_errors(value):
            place = "/".join(str(part) for part in problem.absolute_path)
            raise Undescribed(f"{where}, which does not follow the document at {place!r}: "
                              f"{problem.message[:500]}")


def server_sent_events(text: str) -> list[dict[str, str]]:
    """The events of a stream, as far as they have come whole (WHATWG HTML section 9.2.6)."""
    events: list[dict[str, str]] = []
    for block in text.split("\n\n")[:-1]:
        fields: dict[str, str] = {}
        for line in block.splitlines():
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if name in ("data", "event", "id"):
                fields[name] = fields[name] + "\n" + value if name in fields else value
        # Without data it only says how far the stream has come.
        if "data" in fields:
            events.append(fields)
    return events


def _segment(part: str) -> str:
    return "[^/]+" if part.startswith("{") else re.escape(part)


def _escaped(part: str) -> str:
    """A name as a JSON pointer has it (RFC 6901)."""
    return part.replace("~", "~0").replace("/", "~1")


def _json(where: str, content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        raise Undescribed(f"{where} with what is no JSON: {content[:500]!r}") from None
