"""How clients put a new version in a file's place: programs themselves, and the packets of others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from clients import Curl, Endpoint, Gio, Lftp, Paramiko, Psftp, Rclone, Scp, Sftp
from clients.paramiko_library import sign_in
from raw_sftp import (
    CLOSE, CREATE, FAILURE, FOR_WRITING, LSTAT, OK, OPEN, REMOVE, RENAME, SETSTAT, STAT,
    TRUNCATE, WRITE, Attributes, Long, RawSFTP, Reply,
)

#: The file that is saved.
TARGET = "/world.dat"


class Refused(Exception):
    """A step was refused; the text is what the server said."""


@dataclass(frozen=True)
class Way:
    """One way to save a local file as `TARGET`."""

    name: str
    save: Callable[[Endpoint, Path, Path], object]
    #: Whether the new version is uploaded under another name first.
    is_indirect: bool
    #: Whether the client shows the server's own words when it is refused.
    shows_reason: bool = True
    #: What is missing first when somebody may not change files.
    needs: str = "file.update"


def program(
    kind: type, act: Callable | None = None
) -> Callable[[Endpoint, Path, Path], object]:
    """Saving with a client program: by its plain upload, unless told otherwise."""

    def save(endpoint: Endpoint, home: Path, content: Path) -> None:
        client = kind(endpoint, home)
        try:
            (act or (lambda client, content: client.put(content, TARGET)))(client, content)
        finally:
            client.close()

    return save


class Steps:
    """The packets of a client that calls itself `version`, each answered before the next."""

    def __init__(self, endpoint: Endpoint, version: str):
        self.transport = sign_in(endpoint, version=version)
        self.sftp = RawSFTP(self.transport)

    def must(self, kind: int, *fields: object) -> Reply:
        return self._accepted(self.sftp.request(kind, *fields))

    def must_extended(self, name: str, *fields: object) -> Reply:
        return self._accepted(self.sftp.extended(name, *fields))

    @staticmethod
    def _accepted(reply: Reply) -> Reply:
        if reply.code not in (-1, OK):
            raise Refused(reply.text)
        return reply

    def upload(self, path: bytes, content: bytes, mode: int | None = None) -> None:
        flags = FOR_WRITING | CREATE | TRUNCATE
        handle = self.must(OPEN, path, flags, Attributes(mode=mode)).content
        self.must(WRITE, handle, Long(0), content)
        self.must(CLOSE, handle)


def packets(
    version: str, act: Callable[[Steps, bytes], None]
) -> Callable[[Endpoint, Path, Path], object]:
    """Saving as a client does that cannot run here."""

    def save(endpoint: Endpoint, home: Path, content: Path) -> None:
        steps = Steps(endpoint, version)
        try:
            act(steps, content.read_bytes())
        finally:
            steps.transport.close()

    return save


TIMES = Attributes(times=(1_600_000_000, 1_600_000_000))


def winscp_small(steps: Steps, content: bytes) -> None:
    steps.must(STAT, TARGET.encode())
    steps.upload(TARGET.encode(), content)
    steps.must(SETSTAT, TARGET.encode(), TIMES)


def winscp_large(steps: Steps, content: bytes) -> None:
    part = f"{TARGET}.filepart".encode()
    mode = steps.must(STAT, TARGET.encode()).attributes.mode
    steps.upload(part, content)
    steps.must(REMOVE, TARGET.encode())
    steps.must(RENAME, part, TARGET.encode())
    steps.must(SETSTAT, TARGET.encode(), Attributes(mode=mode & 0o777, times=TIMES.times))


def filezilla(steps: Steps, content: bytes) -> None:
    steps.must(LSTAT, TARGET.encode())
    steps.upload(TARGET.encode(), content)
    steps.must(SETSTAT, TARGET.encode(), TIMES)


def vscode(steps: Steps, content: bytes) -> None:
    mode = steps.must(STAT, TARGET.encode()).attributes.mode
    temporary = f"{TARGET}.new".encode()
    steps.upload(temporary, content, mode & 0o777)
    steps.must_extended("posix-rename@openssh.com", temporary, TARGET.encode())


def cyberduck(steps: Steps, content: bytes) -> None:
    temporary = f"{TARGET}-4hq9sj".encode()
    steps.upload(temporary, content)
    refused = steps.sftp.request(RENAME, temporary, TARGET.encode())
    if refused.code == FAILURE:
        steps.must(REMOVE, TARGET.encode())
        refused = steps.must(RENAME, temporary, TARGET.encode())
    if refused.code != OK:
        raise Refused(refused.text)
    steps.must(SETSTAT, TARGET.encode(), TIMES)


def lftp_aside(client: Lftp, content: Path) -> None:
    client.script("set xfer:use-temp-file yes", f'put "{content}" -o "{TARGET}"')


def rclone_aside(steps: Steps, content: bytes) -> None:
    """What rclone does since 1.63, which is younger than some distributions."""
    partial = f"{TARGET}.5a3f90c1.partial".encode()
    steps.upload(partial, content)
    steps.must_extended("posix-rename@openssh.com", partial, TARGET.encode())
    steps.must(SETSTAT, TARGET.encode(), TIMES)


def paramiko_aside(client: Paramiko, content: Path) -> None:
    client.put(content, f"{TARGET}.tmp")
    client.attempt(lambda: client.sftp.posix_rename(f"{TARGET}.tmp", TARGET))


WAYS = [
    Way("OpenSSH sftp", program(Sftp), is_indirect=False, shows_reason=False),
    Way("OpenSSH scp", program(Scp), is_indirect=False, shows_reason=False),
    Way("curl", program(Curl), is_indirect=False, shows_reason=False),
    Way("psftp", program(Psftp), is_indirect=False, shows_reason=False),
    Way("paramiko", program(Paramiko), is_indirect=False),
    Way("paramiko, aside", program(Paramiko, paramiko_aside), is_indirect=True),
    Way("lftp", program(Lftp), is_indirect=False),
    Way("lftp, aside", program(Lftp, lftp_aside), is_indirect=True),
    Way("rclone", program(Rclone), is_indirect=False, shows_reason=False),
    Way("rclone, aside", packets("Go", rclone_aside), is_indirect=True),
    Way(
        "GNOME", program(Gio, lambda client, content: client.save(content, TARGET)),
        is_indirect=True, shows_reason=False,
    ),
    Way("WinSCP", packets("WinSCP_release_6.3.3", winscp_small), is_indirect=False),
    Way(
        "WinSCP, large", packets("WinSCP_release_6.3.3", winscp_large), is_indirect=True,
        needs="file.delete",
    ),
    Way("FileZilla", packets("FileZilla_3.67.0", filezilla), is_indirect=False),
    Way("VS Code", packets("ssh2js1.15.0", vscode), is_indirect=True),
    Way("Cyberduck", packets("SSHJ_0.38.0", cyberduck), is_indirect=True),
]
