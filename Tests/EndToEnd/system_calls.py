"""Makes system calls in child processes, with or without a filter, and says what became of each.

As a program: system_calls.py [FILTER], where FILTER holds an array of sock_filter. Prints one JSON
object: the name of each attempt and its outcome, which is "done", an error's name or a signal's.
"""

from __future__ import annotations

import ctypes
import errno
import json
import mmap
import os
import signal
import socket
import struct
import sys
from collections.abc import Callable

_libc = ctypes.CDLL(None, use_errno=True)
_seccomp = ctypes.CDLL("libseccomp.so.2")

PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
MSG_FASTOPEN = 0x2000_0000
#: An address that nobody has.
BAD = 1
HERE = -100


def number(name: str) -> int:
    """The number of a system call on this architecture; negative where it has none."""
    return _seccomp.seccomp_syscall_resolve_name(name.encode())


def call(which: str | int, *arguments: object) -> int:
    """Makes a system call; its result, or -1 with errno set."""
    found = number(which) if isinstance(which, str) else which
    values = [
        ctypes.c_long(value) if isinstance(value, int) else value for value in arguments
    ]
    return _libc.syscall(ctypes.c_long(found), *values)


def install(program: bytes) -> None:
    """Puts a filter on this process."""
    class Program(ctypes.Structure):
        _fields_ = [("count", ctypes.c_ushort), ("code", ctypes.c_void_p)]

    code = ctypes.create_string_buffer(program, len(program))
    described = Program(len(program) // 8, ctypes.addressof(code))
    zero = ctypes.c_ulong(0)
    assert _libc.prctl(PR_SET_NO_NEW_PRIVS, ctypes.c_ulong(1), zero, zero, zero) == 0
    mode = ctypes.c_ulong(SECCOMP_MODE_FILTER)
    assert _libc.prctl(PR_SET_SECCOMP, mode, ctypes.byref(described), zero, zero) == 0


def refusal(name: str) -> bytes:
    """A filter under which one system call does not exist (classic BPF, seccomp(2))."""
    load_number, jump_if_equal, end = 0x20, 0x15, 0x06
    return b"".join(
        struct.pack("=HBBI", *instruction)
        for instruction in [
            (load_number, 0, 0, 0),
            (jump_if_equal, 0, 1, number(name)),
            (end, 0, 0, 0x0005_0000 | errno.ENOSYS),
            (end, 0, 0, 0x7FFF_0000),
        ]
    )


def _child(made: int) -> int:
    """A process that was made ends at once; its maker goes on."""
    if made == 0:
        os._exit(0)
    if made > 0:
        os.waitpid(made, 0)
    return made


class _Attempts:
    """What is tried; sockets and memory are made before the filter comes."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        name = self._listener.getsockname()
        self._address = struct.pack("=H", socket.AF_INET) + struct.pack(">H", name[1])
        self._address += socket.inet_aton(name[0]) + bytes(8)
        self._caller = socket.create_connection(name)
        self._socket = socket.socket()
        self._anywhere = struct.pack("=H", socket.AF_INET) + bytes(2)
        self._anywhere += socket.inet_aton("127.0.0.1") + bytes(8)
        self._memory = mmap.mmap(-1, mmap.PAGESIZE)
        self._at = ctypes.addressof(ctypes.c_char.from_buffer(self._memory))
        self._pair = (ctypes.c_int * 2)()
        self._parent = os.getpid()

    def working(self) -> dict[str, Callable[[], int]]:
        """What every process may do, and what of it succeeds without a filter."""
        true = b"/bin/true"
        arguments = (ctypes.c_char_p * 2)(true, None)
        page = mmap.PAGESIZE
        read, write, executable = 1, 2, 4
        private = 0x22
        fileno = self._socket.fileno()
        accepted = self._listener.fileno()
        clone3 = struct.pack("=8Q", 0, 0, 0, 0, signal.SIGCHLD, 0, 0, 0)
        limit = struct.pack("=QQ", 64, 64)
        # One part: where to, and where from.
        part = struct.pack("=QQ", self._at, 8)
        return {
            "execve": lambda: call("execve", true, arguments, None),
            "execveat": lambda: call("execveat", HERE, true, arguments, None, 0),
            "clone": lambda: _child(call("clone", signal.SIGCHLD, 0, 0, 0, 0)),
            "clone3": lambda: _child(call("clone3", clone3, len(clone3))),
            "socket": lambda: call("socket", socket.AF_INET, socket.SOCK_STREAM, 0),
            "socket of another family": lambda: call("socket", socket.AF_UNIX, 1, 0),
            "socketpair": lambda: call("socketpair", socket.AF_UNIX, 1, 0, self._pair),
            "connect": lambda: call("connect", fileno, self._address, 16),
            "sendto that connects": lambda: call(
                "sendto", fileno, b"x", 1, MSG_FASTOPEN, self._address, 16
            ),
            "bind": lambda: call("bind", fileno, self._anywhere, 16),
            "listen": lambda: call("listen", fileno, 1),
            "accept4": lambda: call("accept4", accepted, 0, 0, 0),
            "ptrace": lambda: call("ptrace", 0, 0, 0, 0),
            "process_vm_readv": lambda: call(
                "process_vm_readv", os.getpid(), part, 1, part, 1, 0
            ),
            "process_vm_writev": lambda: call(
                "process_vm_writev", os.getpid(), part, 1, part, 1, 0
            ),
            "kill": lambda: call("kill", self._parent, 0),
            "tkill": lambda: call("tkill", self._parent, 0),
            "tgkill": lambda: call("tgkill", self._parent, self._parent, 0),
            "pidfd_open": lambda: call("pidfd_open", self._parent, 0),
            "memory that is executable": lambda: call(
                "mmap", 0, page, read | executable, private, -1, 0
            ),
            "memory made executable": lambda: call("mprotect", self._at, page, read | executable),
            "memory": lambda: call("mmap", 0, page, read | write, private, -1, 0),
            "memory made readable": lambda: call("mprotect", self._at, page, read),
            "unshare": lambda: call("unshare", 0),
            "personality": lambda: call("personality", 0xFFFF_FFFF),
            "prctl": lambda: call("prctl", 3, 0, 0, 0, 0),
            "limits set": lambda: call("prlimit64", 0, 7, limit, None),
            "limits read": lambda: call("prlimit64", 0, 7, None, ctypes.create_string_buffer(16)),
            "signals to another": lambda: call("fcntl", fileno, 8, self._parent),
            "openat": lambda: call("openat", HERE, b"/", os.O_RDONLY | os.O_CLOEXEC, 0),
            "getrandom": lambda: call("getrandom", ctypes.create_string_buffer(8), 8, 0),
        }

    def answered(self) -> dict[str, Callable[[], int]]:
        """What the kernel answers in some way, which depends on the host and the user."""
        text = b"none"
        calls: dict[str, tuple[object, ...]] = {
            "bpf": (0, BAD, 0), "perf_event_open": (BAD, 0, -1, -1, 0), "userfaultfd": (-1,),
            "io_uring_setup": (0, BAD), "io_uring_enter": (-1, 0, 0, 0, 0, 0),
            "io_uring_register": (-1, 0, 0, 0), "add_key": (BAD, BAD, BAD, 0, 0),
            "request_key": (BAD, BAD, BAD, 0), "keyctl": (-1, 0, 0, 0, 0),
            "mount": (text, BAD, text, 0, 0), "umount2": (BAD, 0), "pivot_root": (BAD, BAD),
            "chroot": (BAD,), "setns": (-1, 0), "open_tree": (-1, BAD, 0),
            "move_mount": (-1, BAD, -1, BAD, 0), "fsopen": (BAD, 0), "fsconfig": (-1, 0, 0, 0, 0),
            "fsmount": (-1, 0, 0), "fspick": (-1, BAD, 0), "mount_setattr": (-1, BAD, 0, 0, 0),
            "init_module": (BAD, 0, BAD), "finit_module": (-1, BAD, 0), "delete_module": (BAD, 0),
            "kexec_load": (0, 0, BAD, -1), "kexec_file_load": (-1, -1, 0, BAD, -1),
            "reboot": (0, 0, 0, 0), "swapon": (BAD, 0), "swapoff": (BAD,), "acct": (BAD,),
            "settimeofday": (BAD, 0), "clock_settime": (-1, BAD), "clock_adjtime": (-1, BAD),
            "adjtimex": (BAD,), "sethostname": (BAD, 1), "setdomainname": (BAD, 1),
            "syslog": (-1, 0, 0), "quotactl": (-1, BAD, 0, 0), "open_by_handle_at": (-1, BAD, 0),
            "name_to_handle_at": (-1, BAD, BAD, BAD, 0), "fanotify_init": (-1, 0),
            "process_madvise": (-1, BAD, 1, 0, 0), "kcmp": (-1, -1, 0, 0, 0),
            "rt_sigqueueinfo": (self._parent, 0, BAD), "pidfd_getfd": (-1, 0, 0),
            "rt_tgsigqueueinfo": (self._parent, self._parent, 0, BAD),
            "pidfd_send_signal": (-1, 0, 0, 0), "iopl": (-1,), "ioperm": (-1, -1, 0),
            "fork": (),
        }
        attempts = {
            name: (lambda name=name, given=given: _child(call(name, *given)) if name == "fork"
                   else call(name, *given))
            for name, given in calls.items() if number(name) >= 0
        }
        if os.uname().machine == "x86_64":
            # The same processor has other numbers for the same calls: getpid by one of them.
            attempts["another numbering"] = lambda: call(0x4000_0000 | 39)
        return attempts


def outcome(attempt: Callable[[], int], program: bytes | None) -> str:
    """What became of an attempt that a child makes."""
    child = os.fork()
    if child == 0:
        if program is not None:
            install(program)
        done = attempt() >= 0
        os._exit(0 if done else ctypes.get_errno())
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return signal.Signals(os.WTERMSIG(status)).name
    code = os.WEXITSTATUS(status)
    return errno.errorcode[code] if code else "done"


def main() -> None:
    program = None
    if len(sys.argv) > 1:
        with open(sys.argv[1], "rb") as file:
            program = file.read()
    found: dict[str, dict[str, str]] = {}
    for kind in ("working", "answered"):
        found[kind] = {}
        for name in getattr(_Attempts(), kind)():
            # New sockets for each: what one attempt connects, another could not.
            attempts = _Attempts()
            found[kind][name] = outcome(getattr(attempts, kind)()[name], program)
    print(json.dumps(found))


if __name__ == "__main__":
    if len(sys.argv) > 2 and sys.argv[1] == "without":
        # system_calls.py without CALL PROGRAM ARGUMENT...: runs it where one call does not exist.
        install(refusal(sys.argv[2]))
        os.execv(sys.argv[3], sys.argv[3:])
    main()
