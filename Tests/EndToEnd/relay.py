"""A wire between client and gate that a test holds in its hands."""

from __future__ import annotations

import selectors
import socket
import threading
from dataclasses import dataclass, field

_CHUNK = 65536
_SEGMENT = 1400


@dataclass
class Direction:
    """What happens to the bytes that flow one way."""

    passed: int = 0
    #: After this many bytes, one bit of the next is turned over.
    flip_after: int | None = None
    flipped: bool = False
    paused: threading.Event = field(default_factory=threading.Event)

    def take(self, chunk: bytes) -> bytes:
        start = self.passed
        self.passed += len(chunk)
        if self.flip_after is None or self.flipped or self.passed <= self.flip_after:
            return chunk
        self.flipped = True
        damaged = bytearray(chunk)
        damaged[max(0, self.flip_after - start)] ^= 0x10
        return bytes(damaged)


class Relay:
    """Passes one connection at a time on, unchanged unless told otherwise."""

    def __init__(self, host: str, port: int):
        self._target = (host, port)
        self.up = Direction()
        self.down = Direction()
        self._listener = socket.socket()
        # Segments of a real network's size. Loopback's are as large as a small receive window,
        # and a sender with less than a segment to send then waits for the kernel's timer.
        self._listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, _SEGMENT)
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(16)
        self.port: int = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []
        self._stopping = False
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Relay:
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping = True
        for end in [self._listener, *self._open]:
            _end(end)

    def _accept(self) -> None:
        while not self._stopping:
            try:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._target)
            except OSError:
                return
            self._open += [client, server]
            for source, sink, direction in (
                (client, server, self.up),
                (server, client, self.down),
            ):
                source.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(
                    target=self._pump, args=(source, sink, direction), daemon=True
                ).start()

    def _pump(self, source: socket.socket, sink: socket.socket, direction: Direction) -> None:
        with selectors.DefaultSelector() as selector:
            try:
                selector.register(source, selectors.EVENT_READ)
                while not self._stopping:
                    if direction.paused.is_set() or not selector.select(timeout=0.1):
                        # Nothing is read while paused, so that TCP itself holds the sender back.
                        self._idle(direction)
                        continue
                    chunk = source.recv(_CHUNK)
                    if not chunk:
                        break
                    sink.sendall(direction.take(chunk))
            except (OSError, ValueError):
                pass
        _end(source)
        _end(sink)

    def _idle(self, direction: Direction) -> None:
        if direction.paused.is_set():
            threading.Event().wait(0.02)


def _end(end: socket.socket) -> None:
    try:
        end.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    end.close()
