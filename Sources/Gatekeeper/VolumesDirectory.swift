import LinuxSystem

/// The directory beneath which every server's directory lies, held by descriptor.
///
/// Held from the start, so that renaming or replacing it later cannot lead anybody elsewhere.
final class VolumesDirectory {
    private let descriptor: FileDescriptor

    init(path: String) throws(GateFailure) {
        do throws(SystemError) {
            descriptor = try FileDescriptor.directory(at: path)
        } catch {
            throw .volumes(path: path, error)
        }
    }

    /// The number, to send to a session process.
    var number: Int32 { descriptor.rawValue }

    /// A server's root; a link anywhere on the way is an error (ELOOP).
    func root(of directory: String) throws(SystemError) -> FileDescriptor {
        try descriptor.directory(beneath: directory)
    }
}
