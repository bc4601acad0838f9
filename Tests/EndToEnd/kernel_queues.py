"""What the kernel holds of TCP connections to a port of this host, read from /proc/net/tcp."""

from __future__ import annotations

from pathlib import Path


def queued(port: int) -> int:
    """Bytes on their way to the clients of a port: sent and not yet read.

    Bytes that were received but not acknowledged count twice, so this may be more, never less.
    """
    total = 0
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        local, remote = (int(fields[place].rpartition(":")[2], 16) for place in (1, 2))
        to_send, to_read = (int(part, 16) for part in fields[4].split(":"))
        if local == port and remote != 0:
            # The server's end, which stays for a while without a process.
            total += to_send
        elif remote == port:
            total += to_read
    return total
