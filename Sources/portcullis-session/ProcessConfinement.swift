import LinuxSystem
import SessionLink
import SystemCallFilter

/// What a session process gives up before its client's first byte.
enum ProcessConfinement {
    /// Address space in bytes, the programs and libraries that are mapped included.
    private static let addressSpace: UInt64 = 768 << 20
    /// Descriptors besides the clients' handles: the link, the socket, roots, the library's own.
    private static let ownDescriptors: UInt64 = 64

    /// Takes resources, every path outside the volumes directory and all but the needed system
    /// calls from this process; answers what the kernel could not.
    ///
    /// The filter is complete from here on: what SFTP needs later would have to pass a first one
    /// anyway, so a second after the sign-in would take away next to nothing.
    static func begin(
        _ delivery: consuming GateLink.Delivery,
        limits: SessionLimits
    ) throws(ConfinementFailure) -> ConfinementGaps {
        var gaps = ConfinementGaps()
        do throws(SystemError) {
            let handles = UInt64(limits.handles) &* UInt64(limits.channels)
            try ProcessHardening.limit(.openFiles, to: handles &+ ownDescriptors)
            try ProcessHardening.limit(.processes, to: 0)
            try ProcessHardening.limit(.addressSpace, to: addressSpace)
            try ProcessHardening.limit(.privateMemory, to: UInt64(limits.memory) << 20)
            guard let volumes = delivery.descriptor else {
                throw SystemError(.badFileDescriptor, in: "volumes directory")
            }
            switch try Landlock.confine(to: volumes) {
            case .enforced: break
            case .unavailable: gaps.insert(.landlock)
            }
        } catch {
            throw .system(error)
        }
        do throws(SystemCallFilterFailure) {
            switch try SystemCallFilter.enforce(in: ProcessHardening.processID) {
            case .enforced: break
            case .unavailable: gaps.insert(.systemCallFilter)
            }
        } catch {
            throw .filter(error)
        }
        return gaps
    }
}

/// Why the process cannot be confined.
enum ConfinementFailure: Error, CustomStringConvertible {
    case system(SystemError)
    case filter(SystemCallFilterFailure)

    var description: String {
        switch self {
        case .system(let error): "\(error)"
        case .filter(let error): "\(error)"
        }
    }
}
