import LinuxSystem

/// The root of the one server that this session serves, held by descriptor.
final class RootDirectory {
    private let descriptor: FileDescriptor

    init(owning descriptor: consuming FileDescriptor) {
        self.descriptor = descriptor
    }

    /// Another descriptor for it, for one channel's server.
    func duplicate() throws(SystemError) -> FileDescriptor {
        try descriptor.duplicate()
    }

    /// Locks this process into it; false where the kernel cannot.
    func confineProcess() throws(SystemError) -> Bool {
        switch try Landlock.confine(to: descriptor) {
        case .enforced: true
        case .unavailable: false
        }
    }
}
