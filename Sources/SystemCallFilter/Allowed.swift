/// What a session needs from its client's first byte to its end.
///
/// Found by tracing sessions while every client of the end-to-end tests works with them; beside it
/// what older kernels, other architectures and the C library's rarer paths take. Names that an
/// architecture lacks are skipped.
enum Allowed {
    static let names = files + descriptors + connections + memory + time + process + confinement

    /// Beneath the server's directory, which Landlock and `openat2` keep them to.
    private static let files = [
        "openat2", "mkdirat", "unlinkat", "renameat", "renameat2", "linkat", "symlinkat",
        "readlinkat", "newfstatat", "statx", "chmod", "fchmodat", "utimensat",
    ]

    private static let descriptors = [
        "read", "write", "writev", "pread64", "pwrite64", "lseek", "close", "fstat", "fstatfs",
        "ftruncate", "fchmod", "fsync", "copy_file_range", "getdents64",
    ]

    /// The client's socket and the link, which are open already.
    private static let connections = [
        "poll", "ppoll", "recvfrom", "recvmsg", "shutdown", "getsockopt", "getsockname",
        "getpeername",
    ]

    private static let memory = ["brk", "munmap", "mremap", "madvise", "futex"]

    private static let time = [
        "clock_gettime", "clock_getres", "clock_nanosleep", "gettimeofday", "nanosleep", "time",
        "restart_syscall",
    ]

    private static let process = [
        "getrandom", "getpid", "gettid", "getuid", "geteuid", "getgid", "getegid", "uname",
        "sysinfo", "sched_yield", "sched_getaffinity", "rseq", "rt_sigaction", "rt_sigprocmask",
        "rt_sigreturn", "sigaltstack", "exit", "exit_group",
    ]

    /// The second Landlock layer comes with the sign-in.
    private static let confinement = [
        "landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self",
    ]

    /// What is allowed in one form only.
    static let restricted =
        [
            // Nothing that was written becomes a program.
            FilterRule(name: "mmap", conditions: [.without(2, Flag.executable)]),
            FilterRule(name: "mprotect", conditions: [.without(2, Flag.executable)]),
            // Either could open a connection otherwise, without connect(2).
            FilterRule(name: "sendto", conditions: [.without(3, Flag.fastOpen)]),
            FilterRule(name: "sendmsg", conditions: [.without(2, Flag.fastOpen)]),
            // Its limits may be read and not be set; nobody else's may be either.
            FilterRule(name: "prlimit64", conditions: [.equal(0, 0), .equal(2, 0)]),
            FilterRule(name: "fchmodat2", newNumber: 452),
        ]
        + Flag.descriptorCommands.map { FilterRule(name: "fcntl", conditions: [.equal(1, $0)]) }
        + Flag.socketOptions.map { level, option in
            FilterRule(name: "setsockopt", conditions: [.equal(1, level), .equal(2, option)])
        }

    /// Numbers of the kernel's interface, the same on every architecture with 64 bits.
    private enum Flag {
        /// PROT_EXEC.
        static let executable: UInt64 = 0x4
        /// MSG_FASTOPEN.
        static let fastOpen: UInt64 = 0x2000_0000
        /// F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_OFD_GETLK, F_OFD_SETLK, F_DUPFD_CLOEXEC.
        ///
        /// F_SETOWN is missing: with it the kernel would send signals to others.
        static let descriptorCommands: [UInt64] = [0, 1, 2, 3, 4, 36, 37, 1030]
        /// SO_KEEPALIVE of SOL_SOCKET, TCP_NODELAY and TCP_QUICKACK of IPPROTO_TCP.
        static let socketOptions: [(level: UInt64, option: UInt64)] = [(1, 9), (6, 1), (6, 12)]
    }
}
