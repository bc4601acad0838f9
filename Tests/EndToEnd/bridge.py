"""A Unix socket that tools without Unix sockets reach through a port of loopback."""

from __future__ import annotations

import selectors
import socket
import socketserver
import threading
from pathlib import Path

_CHUNK = 65536


class Bridge:
    """Passes every connection to `port` on to a Unix socket, unchanged."""

    def __init__(self, path: Path):
        self._server = _Server(("127.0.0.1", 0), _Crossing)
        self._server.path = path
        self.port: int = self._server.server_address[1]

    def __enter__(self) -> Bridge:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 64
    path: Path


class _Crossing(socketserver.BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with socket.socket(socket.AF_UNIX) as far, selectors.DefaultSelector() as selector:
            try:
                far.connect(str(self.server.path))
                selector.register(self.request, selectors.EVENT_READ, far)
                selector.register(far, selectors.EVENT_READ, self.request)
                while selector.get_map():
                    for key, _ in selector.select():
                        self._pass_on(key.fileobj, key.data, selector)
            except OSError:
                pass

    @staticmethod
    def _pass_on(
        source: socket.socket, sink: socket.socket, selector: selectors.BaseSelector
    ) -> None:
        chunk = source.recv(_CHUNK)
        if chunk:
            sink.sendall(chunk)
        else:
            # Each direction ends by itself: an answer may follow the end of its request.
            selector.unregister(source)
            sink.shutdown(socket.SHUT_WR)
