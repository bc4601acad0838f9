"""lftp, which starts `ssh -s` itself and answers the password prompt on a pseudo-terminal."""

from __future__ import annotations

from pathlib import Path

from .base import Client
from .openssh import connect_program, quoted


class Lftp(Client):
    name = "lftp"

    def script(self, *lines: str) -> str:
        endpoint = self.endpoint
        password = endpoint.password if endpoint.password is not None else ""
        site = f"sftp://{endpoint.host}:{endpoint.port}"
        commands = [
            "set cmd:fail-exit yes",
            "set net:max-retries 1",
            "set net:timeout 20",
            "set net:reconnect-interval-base 1",
            f"set sftp:connect-program {quoted(connect_program(self))}",
            f"open -u {quoted(endpoint.user + ',' + password)} {site}",
            *lines,
        ]
        return self.run(["lftp", "-c", "\n".join(commands)])

    def list(self, path: str) -> list[str]:
        output = self.script(f"cls -1 --quiet {quoted(path + '/')}")
        names = [line.strip().rstrip("/").rsplit("/", 1)[-1] for line in output.splitlines()]
        return [name for name in names if name not in ("", ".", "..")]

    def get(self, remote: str, local: Path) -> None:
        self.script(f"get {quoted(remote)} -o {quoted(local)}")

    def put(self, local: Path, remote: str) -> None:
        self.script(f"put {quoted(local)} -o {quoted(remote)}")

    def resume_put(self, local: Path, remote: str) -> None:
        self.script(f"put -c {quoted(local)} -o {quoted(remote)}")

    def mkdir(self, path: str) -> None:
        self.script(f"mkdir {quoted(path)}")

    def rename(self, source: str, target: str) -> None:
        self.script(f"mv {quoted(source)} {quoted(target)}")

    def remove(self, path: str) -> None:
        self.script(f"rm {quoted(path)}")

    def rmdir(self, path: str) -> None:
        self.script(f"rmdir {quoted(path)}")

    def mirror(self, source: object, target: object, *options: str) -> str:
        """Makes `target` like `source`, a local path with -R and a remote one without."""
        words = ["mirror", *options, quoted(source), quoted(target)]
        return self.script(" ".join(words))
