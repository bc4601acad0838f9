"""How fast the gate is beside other servers, and what each takes of the processors for it.

`./benchmark` runs it with everything that it needs. Each case is done with the same stock client
against each server in turn, again and again, and the figures are medians of ratios within a round:
what else the machine does meanwhile meets all of them. Contents are compared after each transfer.
A ratio is printed only of figures that were measured in the same run.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY / "Tests" / "EndToEnd"))

from clients import ClientFailure, Sftp  # noqa: E402
from figures import markdown  # noqa: E402
from gate import Programs  # noqa: E402
from peers import Peer, started  # noqa: E402
from processor_time import processor_seconds  # noqa: E402

#: What the others are compared with.
STANDARD = "OpenSSH"
OURS = "Portcullis"
CIPHERS = ("aes256-gcm@openssh.com", "aes128-gcm@openssh.com", "chacha20-poly1305@openssh.com")


@dataclass
class Figure:
    """What one server did once in one case."""

    seconds: float
    processor: float


@dataclass
class Case:
    """Something to do with a server, which answers how many bytes or things it was."""

    name: str
    #: What the rate counts, for instance MiB.
    unit: str
    amount: float
    act: Callable[[Peer, Path], None]
    #: At least so much of the standard's rate, and at most so much of its processor time.
    rate_bar: float | None = None
    processor_bar: float | None = None
    figures: dict[str, list[Figure]] = field(default_factory=dict)

    def measure(self, peer: Peer, folder: Path) -> None:
        """Does it once; a server that cannot do it gets no figure."""
        before, start = processor_seconds(peer.process), time.perf_counter()
        self.act(peer, folder)
        seconds = time.perf_counter() - start
        took = processor_seconds(peer.process) - before
        self.figures.setdefault(peer.name, []).append(Figure(seconds, took))

    def rate(self, name: str) -> float:
        return self.amount / statistics.median(one.seconds for one in self.figures[name])

    def processor(self, name: str) -> float:
        return statistics.median(one.processor for one in self.figures[name])

    def ratios(self, name: str) -> tuple[float, float] | None:
        """The median of rate and of processor time as parts of the standard's, round by round."""
        if STANDARD not in self.figures or name not in self.figures:
            return None
        pairs = list(zip(self.figures[name], self.figures[STANDARD]))
        return (
            statistics.median(theirs.seconds / ours.seconds for ours, theirs in pairs),
            statistics.median(
                ours.processor / theirs.processor for ours, theirs in pairs if theirs.processor
            ),
        )


class CipherSftp(Sftp):
    """OpenSSH's `sftp` that offers one cipher alone."""

    def __init__(self, peer: Peer, home: Path, cipher: str):
        super().__init__(peer.endpoint, home)
        self.settings = (f"Ciphers={cipher}",)


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "blake2b").hexdigest()


def transfers(folder: Path, mebibytes: int) -> list[Case]:
    """One file, there and back, with each cipher."""
    content = folder / "content"
    with content.open("wb") as file:
        block = random.Random(1).randbytes(1 << 20)
        for number in range(mebibytes):
            # Every block is another one, so that none can stand in the place of another.
            file.write(number.to_bytes(8, "big") + block[8:])
    expected = digest(content)

    def get(cipher: str) -> Callable[[Peer, Path], None]:
        def act(peer: Peer, home: Path) -> None:
            CipherSftp(peer, home, cipher).get(peer.remote("content"), home / "got")

        return act

    def put(cipher: str) -> Callable[[Peer, Path], None]:
        def act(peer: Peer, home: Path) -> None:
            CipherSftp(peer, home, cipher).put(content, peer.remote("sent"))

        return act

    bars = {
        ("get", CIPHERS[0]): (2.0, 0.45),
        ("get", CIPHERS[2]): (1.5, 0.45),
        ("put", CIPHERS[0]): (1.5, 0.65),
    }
    cases = []
    for cipher in CIPHERS:
        for verb, make in (("get", get), ("put", put)):
            rate_bar, processor_bar = bars.get((verb, cipher), (None, None))
            name = f"{verb} {mebibytes} MiB {cipher.partition('@')[0]}"
            cases.append(
                Checked(
                    name, "MiB", mebibytes, make(cipher), rate_bar, processor_bar,
                    content=content, expected=expected, verb=verb,
                )
            )
    return cases


@dataclass
class Checked(Case):
    """A transfer after which the content is compared, outside the time that is measured."""

    content: Path = Path()
    expected: str = ""
    verb: str = ""

    def measure(self, peer: Peer, folder: Path) -> None:
        arrived = folder / "got" if self.verb == "get" else peer.files / "sent"
        if self.verb == "get":
            shutil.copyfile(self.content, peer.files / "content")
        arrived.unlink(missing_ok=True)
        try:
            super().measure(peer, folder)
        except ClientFailure as failure:
            if "no matching cipher" not in str(failure):
                raise
            return
        assert digest(arrived) == self.expected, f"{peer.name}: {self.name}: damaged"
        arrived.unlink()
        (peer.files / "content").unlink(missing_ok=True)


def table(cases: list[Case], names: list[str]) -> str:
    head = ["case", "server", "a second", "processor, s", "rate", "processor", "bar", "met"]
    rows = []
    for case in cases:
        for name in names:
            if name not in case.figures:
                continue
            ratios = case.ratios(name)
            bar, met = "", ""
            if name == OURS and ratios and case.rate_bar and case.processor_bar:
                bar = f"{case.rate_bar:.2f} / {case.processor_bar:.2f}"
                kept = ratios[0] >= case.rate_bar, ratios[1] <= case.processor_bar
                met = " / ".join("yes" if one else "no" for one in kept)
            rows.append(
                [
                    case.name, name, f"{case.rate(name):.0f} {case.unit}",
                    f"{case.processor(name):.2f}",
                    f"{ratios[0]:.2f}" if ratios else "-",
                    f"{ratios[1]:.2f}" if ratios else "-", bar, met,
                ]
            )
    return markdown(head, rows)


def machine() -> str:
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    load = os.getloadavg()[0]
    return f"{model}, {os.cpu_count()} processors, Linux {platform.release()}, load {load:.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("--quick", action="store_true", help="smaller and fewer")
    parser.add_argument("--rounds", type=int, help="how often each case is done; 5, quick: 3")
    parser.add_argument("--only", default="", help="cases whose names hold this")
    parser.add_argument("--servers", default="", help="names with commas; all")
    parser.add_argument("--programs", type=Path, default=REPOSITORY / ".build" / "release")
    parser.add_argument("--json", type=Path, help="a file for every figure")
    options = parser.parse_args()
    rounds = options.rounds or (3 if options.quick else 5)
    print(machine(), flush=True)
    # In memory: the servers are measured, not a disk.
    with tempfile.TemporaryDirectory(dir="/dev/shm") as scratch:
        folder = Path(scratch)
        names = [name for name in options.servers.split(",") if name] or None
        with started(folder, Programs(options.programs.resolve()), names) as peers:
            cases = [
                case
                for case in transfers(folder, 128 if options.quick else 1024)
                if options.only in case.name
            ]
            for case in cases:
                for _ in range(rounds):
                    for peer in peers.values():
                        case.measure(peer, folder)
                print(f"{case.name}: {case.ratios(OURS)}", flush=True)
            print("\n" + table(cases, list(peers)))
            if options.json:
                found = {
                    case.name: {
                        name: [vars(one) for one in figures]
                        for name, figures in case.figures.items()
                    }
                    for case in cases
                }
                text = {"machine": machine(), "cases": found}
                options.json.write_text(json.dumps(text, indent=2) + "\n")


if __name__ == "__main__":
    main()
