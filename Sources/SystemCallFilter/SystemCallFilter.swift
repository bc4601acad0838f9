import CSeccomp

/// The system calls that a session process may still make, enforced by the kernel (seccomp(2)).
///
/// Three answers. What a session needs is done. What nobody asks for but one who has taken the
/// process over ends the process. Everything else fails as on a kernel that does not have it
/// (ENOSYS): libraries then do without or fall back to an older call, so that a call that was
/// overlooked costs one feature and not the service. The kernel logs both kinds of refusal.
package enum SystemCallFilter {
    /// What came of an attempt to filter.
    package enum Outcome: Equatable, Sendable {
        /// The kernel now enforces it, for good.
        case enforced
        /// The kernel, or a filter around this process, lacks what it takes.
        case unavailable
    }

    /// Filters every thread of this process, whose id is `process`; needs `no_new_privs`.
    package static func enforce(in process: Int32) throws(SystemCallFilterFailure) -> Outcome {
        guard seccomp_api_get() >= neededLevel else { return .unavailable }
        try CompiledFilter(rules(in: process)).load()
        return .enforced
    }

    /// Writes the filter to a descriptor as the kernel takes it: an array of `sock_filter`.
    ///
    /// For whoever wants to read or try it; `process` is the one that may signal itself.
    package static func write(
        to descriptor: Int32,
        in process: Int32
    ) throws(SystemCallFilterFailure) {
        try CompiledFilter(rules(in: process)).write(to: descriptor)
    }

    /// libseccomp's name for a kernel that can end whole processes and log: Linux 4.14.
    private static let neededLevel: UInt32 = 3
}

/// A filter that cannot be made or enforced; there is no session without it then.
package struct SystemCallFilterFailure: Error, Equatable, CustomStringConvertible {
    /// What failed: a function of libseccomp, or a system call's name in one.
    package let operation: String
    /// The error number that libseccomp gave.
    package let code: Int32

    package var description: String { "\(operation): error \(code)" }
}
