"""SFTP packets by hand, for requests that no decent client sends and replies read to the byte."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import paramiko

INIT, VERSION = 1, 2
OPEN, CLOSE, READ, WRITE, LSTAT, FSTAT, SETSTAT, FSETSTAT = 3, 4, 5, 6, 7, 8, 9, 10
OPENDIR, READDIR, REMOVE, MKDIR, RMDIR, REALPATH, STAT = 11, 12, 13, 14, 15, 16, 17
RENAME, READLINK, SYMLINK, EXTENDED = 18, 19, 20, 200
STATUS, HANDLE, DATA, NAME, ATTRS, EXTENDED_REPLY = 101, 102, 103, 104, 105, 201

OK, EOF, NO_SUCH_FILE, PERMISSION_DENIED, FAILURE, BAD_MESSAGE = 0, 1, 2, 3, 4, 5
UNSUPPORTED = 8

#: What an OPEN asks for.
FOR_READING, FOR_WRITING, APPEND, CREATE, TRUNCATE, EXCLUSIVE = 1, 2, 4, 8, 16, 32


def text(value: bytes) -> bytes:
    return struct.pack(">I", len(value)) + value


class Long(int):
    """A number that takes eight bytes on the wire."""


@dataclass(frozen=True)
class Attributes:
    """What SFTP says about a file, times of access and modification; None is not said."""

    size: int | None = None
    owner: tuple[int, int] | None = None
    mode: int | None = None
    times: tuple[int, int] | None = None

    def encode(self) -> bytes:
        parts = [
            b"" if self.size is None else struct.pack(">Q", self.size),
            b"" if self.owner is None else struct.pack(">II", *self.owner),
            b"" if self.mode is None else struct.pack(">I", self.mode),
            b"" if self.times is None else struct.pack(">II", *self.times),
        ]
        flags = sum(1 << bit for bit, part in enumerate(parts) if part)
        return struct.pack(">I", flags) + b"".join(parts)


#: A string, a number of four bytes, one of eight, or attributes.
Field = bytes | int | Attributes


def pack(*fields: Field) -> bytes:
    return b"".join(
        text(field) if isinstance(field, bytes)
        else field.encode() if isinstance(field, Attributes)
        else struct.pack(">Q" if isinstance(field, Long) else ">I", field)
        for field in fields
    )


def packet(kind: int, body: bytes) -> bytes:
    return struct.pack(">IB", len(body) + 1, kind) + body


class Name(NamedTuple):
    name: bytes
    longname: bytes
    attributes: Attributes


@dataclass(frozen=True)
class Reply:
    """A reply of any kind; what it does not have is empty, and its code -1."""

    kind: int
    id: int
    code: int = -1
    text: str = ""
    language: str = ""
    #: The bytes of a HANDLE, a DATA or an EXTENDED_REPLY.
    content: bytes = b""
    names: tuple[Name, ...] = ()
    attributes: Attributes | None = None
    length: int = 0


class Fields:
    """Reads the fields of a packet, all of them."""

    def __init__(self, content: bytes):
        self._content = content
        self._position = 0

    @property
    def remaining(self) -> int:
        return len(self._content) - self._position

    def take(self, count: int) -> bytes:
        assert count <= self.remaining, f"{count} bytes are missing in {self._content!r}"
        taken = self._content[self._position : self._position + count]
        self._position += count
        return taken

    def number(self) -> int:
        return struct.unpack(">I", self.take(4))[0]

    def long(self) -> int:
        return struct.unpack(">Q", self.take(8))[0]

    def string(self) -> bytes:
        return self.take(self.number())

    def attributes(self) -> Attributes:
        flags = self.number()
        assert flags & ~0xF == 0, f"attribute flags {flags:x}"
        return Attributes(
            size=self.long() if flags & 1 else None,
            owner=(self.number(), self.number()) if flags & 2 else None,
            mode=self.number() if flags & 4 else None,
            times=(self.number(), self.number()) if flags & 8 else None,
        )

    def names(self) -> tuple[Name, ...]:
        count = self.number()
        return tuple(Name(self.string(), self.string(), self.attributes()) for _ in range(count))


def decoded(kind: int, body: bytes) -> Reply:
    """Reads a reply; fails where anything is missing or left over."""
    fields = Fields(body)
    reply: dict[str, object] = {"id": fields.number(), "length": len(body) + 1}
    if kind == STATUS:
        reply |= {"code": fields.number(), "text": fields.string().decode()}
        reply |= {"language": fields.string().decode("ascii")}
    elif kind in (HANDLE, DATA):
        reply |= {"content": fields.string()}
    elif kind == NAME:
        reply |= {"names": fields.names()}
    elif kind == ATTRS:
        reply |= {"attributes": fields.attributes()}
    else:
        assert kind == EXTENDED_REPLY, f"a reply of type {kind}"
        reply |= {"content": fields.take(fields.remaining)}
    assert fields.remaining == 0, f"{fields.remaining} bytes too many in {body!r}"
    return Reply(kind, **reply)  # type: ignore[arg-type]


class RawSFTP:
    """The `sftp` subsystem on a channel, without a client library in between."""

    def __init__(self, transport: paramiko.Transport, greet: bool = True):
        self.channel = transport.open_session()
        self.channel.settimeout(20)
        self.channel.invoke_subsystem("sftp")
        self._last_id = 1000
        #: What the server offered, with the revision of each.
        self.extensions: dict[str, str] = {}
        if not greet:
            return
        self.send(INIT, struct.pack(">I", 3))
        kind, body = self.receive()
        fields = Fields(body)
        assert kind == VERSION and fields.number() == 3, (kind, body)
        while fields.remaining:
            name = fields.string().decode("ascii")
            self.extensions[name] = fields.string().decode("ascii")

    def send(self, kind: int, body: bytes) -> None:
        self.channel.sendall(packet(kind, body))

    def receive(self) -> tuple[int, bytes]:
        (length,) = struct.unpack(">I", self._exactly(4))
        received = self._exactly(length)
        return received[0], received[1:]

    def _exactly(self, count: int) -> bytes:
        received = bytearray()
        while len(received) < count:
            chunk = self.channel.recv(count - len(received))
            if not chunk:
                raise EOFError("the channel is closed")
            received += chunk
        return bytes(received)

    def ask(self, requests: Iterable[tuple[int, bytes]]) -> list[int]:
        """Sends requests in one go, without waiting; answers their ids."""
        first, packets = self._last_id + 1, b""
        for kind, body in requests:
            self._last_id += 1
            packets += packet(kind, struct.pack(">I", self._last_id) + body)
        self.channel.sendall(packets)
        return list(range(first, self._last_id + 1))

    def replies(self, ids: Iterable[int]) -> list[Reply]:
        """The next replies, which must be to these requests in this order."""
        replies = []
        for expected in ids:
            replies.append(decoded(*self.receive()))
            assert replies[-1].id == expected, f"{replies[-1]} does not answer {expected}"
        return replies

    def pipeline(self, *requests: tuple[int, bytes]) -> list[Reply]:
        """Sends all requests before it takes the first reply."""
        return self.replies(self.ask(requests))

    def request(self, kind: int, *fields: Field) -> Reply:
        return self.pipeline((kind, pack(*fields)))[0]

    def extended(self, name: str, *fields: Field) -> Reply:
        return self.request(EXTENDED, name.encode(), *fields)

    def handle(self, kind: int, *fields: Field) -> bytes:
        """What an OPEN or OPENDIR, which must succeed, answers."""
        reply = self.request(kind, *fields)
        assert reply.kind == HANDLE, reply
        return reply.content

    def open(self, path: bytes, flags: int, attributes: Attributes = Attributes()) -> bytes:
        return self.handle(OPEN, path, flags, attributes)

    def content(self, path: bytes) -> bytes:
        """The beginning of a file, as far as one READ gives it."""
        handle = self.open(path, FOR_READING)
        read, closed = self.pipeline((READ, pack(handle, Long(0), 261_120)), (CLOSE, pack(handle)))
        assert closed.code == OK
        return read.content

    def listing(self, path: bytes) -> list[Name]:
        handle = self.handle(OPENDIR, path)
        names: list[Name] = []
        while (reply := self.request(READDIR, handle)).kind == NAME:
            names += reply.names
        assert reply.code == EOF, reply
        assert self.request(CLOSE, handle).code == OK
        return names

    def open_for_reading(self, path: bytes) -> bytes:
        return self.open(path, FOR_READING)

    def ask_to_read(self, handle: bytes, offset: int, length: int) -> None:
        self.send(READ, struct.pack(">I", 2) + pack(handle, Long(offset), length))

    def is_alive(self) -> bool:
        """Whether requests are still answered."""
        return self.request(STAT, b"/").kind == ATTRS
