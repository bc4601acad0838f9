import CLinux

/// Which file something is, among all that ever existed on its file system.
///
/// Unlike `FileMetadata.Identity` it is not the same for a file that was made later and was given
/// the number of one that is gone.
package struct FileBirth: Hashable, Sendable {
    private let device: UInt64
    private let number: UInt64
    private let seconds: Int64
    private let nanoseconds: UInt32

    init(_ birth: clinux_birth) {
        device = birth.device
        number = birth.number
        seconds = birth.seconds
        nanoseconds = birth.nanoseconds
    }
}

extension FileDescriptor {
    /// When what this refers to came into being (statx(2)); works on references too.
    ///
    /// Nil where the file system does not keep that time.
    package borrowing func birth() throws(SystemError) -> FileBirth? {
        let number = rawValue
        var birth = clinux_birth()
        let isKept = try valueOrErrno("statx") {
            // SAFETY: the structure lives across the call.
            unsafe clinux_birth(number, &birth)
        }
        return isKept == 1 ? FileBirth(birth) : nil
    }
}
