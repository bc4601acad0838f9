/// Attributes to set; what is nil stays as it is.
package struct FileChange: Equatable, Sendable {
    /// Content length in bytes.
    package var size: UInt64?
    /// Permission bits; the setuid, setgid and sticky bits are never set.
    package var mode: UInt32?
    package var times: Times?

    /// Seconds since 1970.
    package struct Times: Equatable, Sendable {
        package var access: Int64
        package var modification: Int64

        package init(access: Int64, modification: Int64) {
            self.access = access
            self.modification = modification
        }
    }

    package init(size: UInt64? = nil, mode: UInt32? = nil, times: Times? = nil) {
        self.size = size
        self.mode = mode.map { $0 & Self.permissionBits }
        self.times = times
    }

    /// The mode bits that clients may set.
    package static let permissionBits: UInt32 = 0o777
}
