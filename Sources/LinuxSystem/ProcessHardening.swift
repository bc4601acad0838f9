import CLinux
import Glibc

/// What a process gives up for good before it meets the network.
package enum ProcessHardening {
    /// Never gain privileges by running a program (prctl PR_SET_NO_NEW_PRIVS).
    package static func forbidNewPrivileges() throws(SystemError) {
        _ = try valueOrErrno("prctl(PR_SET_NO_NEW_PRIVS)") {
            clinux_prctl(clinux_pr_set_no_new_privs, 1)
        }
    }

    /// Leave no core dump and let no other process of the same user look inside.
    package static func forbidInspection() throws(SystemError) {
        _ = try valueOrErrno("prctl(PR_SET_DUMPABLE)") { clinux_prctl(clinux_pr_set_dumpable, 0) }
        try limit(.core, to: 0)
    }

    /// Be killed by the kernel when the parent is gone.
    package static func dieWithParent() throws(SystemError) {
        _ = try valueOrErrno("prctl(PR_SET_PDEATHSIG)") {
            clinux_prctl(clinux_pr_set_pdeathsig, UInt(SIGKILL))
        }
    }

    /// A resource that setrlimit(2) bounds.
    package enum Resource: Sendable {
        /// Core dump size in bytes.
        case core
        /// Open descriptors.
        case openFiles
        /// Processes and threads of this user.
        case processes
        /// Address space in bytes.
        case addressSpace
        /// Memory of its own in bytes: what is written and not part of a file (RLIMIT_DATA).
        case privateMemory
    }

    /// Bounds a resource for good: the soft and the hard limit.
    package static func limit(_ resource: Resource, to value: UInt64) throws(SystemError) {
        let number =
            switch resource {
            case .core: clinux_rlimit_core
            case .openFiles: clinux_rlimit_nofile
            case .processes: clinux_rlimit_nproc
            case .addressSpace: clinux_rlimit_as
            case .privateMemory: clinux_rlimit_data
            }
        _ = try valueOrErrno("setrlimit") { clinux_set_limit(number, value) }
    }

    /// Gives up whatever priority the parent has above ordinary processes.
    package static func takeOrdinaryPriority() {
        let process = Int32(PRIO_PROCESS.rawValue)
        // Whoever has more than others may always give it back.
        if getpriority(process, 0) < 0 { _ = setpriority(process, 0, 0) }
    }

    /// Gives back the memory of those parts of the program that only its start needed.
    ///
    /// They are pages of its file, which the kernel maps again where they are needed.
    package static func releaseStart() {
        // Nothing depends on it.
        _ = clinux_release_program()
    }

    /// Lets this process open as many descriptors as its hard limit allows.
    package static func raiseOpenFileLimit() throws(SystemError) {
        _ = try valueOrErrno("setrlimit") { clinux_raise_open_file_limit() }
    }

    /// Sets the mode bits that are never set on what this process creates (umask(2)).
    package static func setFileCreationMask(_ mask: UInt32) {
        _ = umask(mask & 0o777)
    }

    /// A peer that is gone shows as an error of the call, not as a signal.
    package static func ignoreBrokenPipes() {
        _ = signal(SIGPIPE, SIG_IGN)
    }

    /// Whether the process runs as root, which nothing here needs.
    package static var isRoot: Bool { geteuid() == 0 }

    /// The id of this process.
    package static var processID: Int32 { getpid() }

    /// The process id of the parent.
    package static var parentID: Int32 { getppid() }

    /// Ends the process now, without running the destructors of libraries in use.
    package static func exitNow(_ status: Int32) -> Never {
        _exit(status)
    }
}
