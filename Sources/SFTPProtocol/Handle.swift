package import WireFormat

/// The name of an open file or directory on the wire.
///
/// To a client a handle is an opaque string; ours are always eight bytes.
package struct Handle: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt64

    package init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// How many bytes a handle has on the wire.
    package static let length = 8
}

extension WireReader {
    /// Reads a handle without allocating; nil for a string that cannot be one of ours.
    package mutating func handle(_ field: String) throws(WireError) -> Handle? {
        let length = try uint32(field)
        guard length == Handle.length else {
            try skip(Int(length), field)
            return nil
        }
        return Handle(rawValue: try uint64(field))
    }
}

extension WireWriter {
    mutating func handle(_ handle: Handle) {
        uint32(UInt32(Handle.length))
        uint64(handle.rawValue)
    }
}
