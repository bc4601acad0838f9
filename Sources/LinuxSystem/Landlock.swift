import CLinux

/// Confinement that a process puts on itself and can never take off (landlock(7)).
package enum Landlock {
    /// What came of an attempt to confine.
    package enum Outcome: Equatable, Sendable {
        /// The kernel now enforces it, at this ABI.
        case enforced(abi: Int)
        /// The kernel lacks it, or a version too old to allow renames between directories.
        case unavailable(abi: Int)
    }

    /// Allows this process nothing in the file system but what lies beneath `directory`.
    ///
    /// Beneath it everything but running programs and making devices, sockets and pipes is allowed.
    /// Where the kernel can, new TCP connections and listeners, and signals and abstract sockets to
    /// other processes, are refused too. Descriptors that are already open keep working. Needs
    /// `no_new_privs`. Each call adds a layer; a layer never gives back what an earlier one took.
    package static func confine(
        to directory: borrowing FileDescriptor
    ) throws(SystemError) -> Outcome {
        let abi = Int(clinux_landlock_abi())
        // Before ABI 2 a confined process could not move files between directories at all.
        guard abi >= 2 else { return .unavailable(abi: abi) }
        let handled = FileAccess.known(toABI: abi)
        let network: UInt64 = abi >= 4 ? NetworkAccess.all : 0
        let scopes: UInt64 = abi >= 6 ? Scope.all : 0
        let ruleset = FileDescriptor(
            owning: try valueOrErrno("landlock_create_ruleset") {
                clinux_landlock_create(handled.rawValue, network, scopes)
            }
        )
        let number = ruleset.rawValue
        let beneath = directory.rawValue
        let allowed = handled.subtracting(.neverAllowed)
        _ = try valueOrErrno("landlock_add_rule") {
            clinux_landlock_allow_beneath(number, beneath, allowed.rawValue)
        }
        _ = try valueOrErrno("landlock_restrict_self") { clinux_landlock_restrict(number) }
        return .enforced(abi: abi)
    }

    /// The file accesses of the kernel's interface, bit by bit (linux/landlock.h).
    private struct FileAccess: OptionSet {
        let rawValue: UInt64

        static let execute = FileAccess(rawValue: 1 << 0)
        static let makeCharacterDevice = FileAccess(rawValue: 1 << 6)
        static let makeSocket = FileAccess(rawValue: 1 << 9)
        static let makeFIFO = FileAccess(rawValue: 1 << 10)
        static let makeBlockDevice = FileAccess(rawValue: 1 << 11)
        static let deviceControl = FileAccess(rawValue: 1 << 15)

        static let neverAllowed: FileAccess = [
            .execute, .makeCharacterDevice, .makeSocket, .makeFIFO, .makeBlockDevice,
            .deviceControl,
        ]

        /// Every access that a kernel of this ABI can control.
        static func known(toABI abi: Int) -> FileAccess {
            switch abi {
            case ..<2: FileAccess(rawValue: (1 << 13) - 1)
            case 2: FileAccess(rawValue: (1 << 14) - 1)  // moving between directories
            case 3, 4: FileAccess(rawValue: (1 << 15) - 1)  // truncation
            default: FileAccess(rawValue: (1 << 16) - 1)  // control calls on devices
            }
        }
    }

    private enum NetworkAccess {
        static let bind: UInt64 = 1 << 0
        static let connect: UInt64 = 1 << 1
        static let all = bind | connect
    }

    private enum Scope {
        static let abstractSockets: UInt64 = 1 << 0
        static let signals: UInt64 = 1 << 1
        static let all = abstractSockets | signals
    }
}
