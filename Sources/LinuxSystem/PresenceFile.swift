import CLinux

/// A file in which those who run now are told from those who have ended, however they ended.
///
/// Whoever has it open holds a lock on one byte of it, far beyond the end of its content, which
/// it never gets. The kernel lets go of the lock when that process is gone.
package struct PresenceFile: ~Copyable, Sendable {
    /// Which byte this one holds; a number that nobody has had before.
    package let number: Int64
    private let file: FileDescriptor

    /// Opens the file, creates it if there is none, and takes a number.
    package init(_ path: String) throws(SystemError) {
        let file = try PrivateFile.open(path)
        let number = Int64.random(in: 1..<(1 << 62))
        let descriptor = file.rawValue
        _ = try valueOrErrno("fcntl(F_OFD_SETLK)") { clinux_lock_byte(descriptor, number) }
        self.file = file
        self.number = number
    }

    /// Whether somebody who has not ended holds this number.
    package func isPresent(_ number: Int64) throws(SystemError) -> Bool {
        guard number != self.number else { return true }
        let descriptor = file.rawValue
        return try valueOrErrno("fcntl(F_OFD_GETLK)") {
            clinux_byte_is_locked(descriptor, number)
        } == 1
    }
}
