/// Appends the primitive types of RFC 4251 section 5 to a growing buffer.
package struct WireWriter: Sendable {
    /// Everything written so far.
    package var bytes: [UInt8]

    /// Starts empty, with room for `capacity` bytes.
    package init(capacity: Int = 0) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// Appends a `byte`.
    package mutating func byte(_ value: UInt8) {
        bytes.append(value)
    }

    /// Appends a `boolean` as 0 or 1.
    package mutating func boolean(_ value: Bool) {
        bytes.append(value ? 1 : 0)
    }

    /// Appends a `uint32`, most significant byte first.
    package mutating func uint32(_ value: UInt32) {
        bytes.append(UInt8(truncatingIfNeeded: value >> 24))
        bytes.append(UInt8(truncatingIfNeeded: value >> 16))
        bytes.append(UInt8(truncatingIfNeeded: value >> 8))
        bytes.append(UInt8(truncatingIfNeeded: value))
    }

    /// Appends a `uint64`, most significant byte first.
    package mutating func uint64(_ value: UInt64) {
        uint32(UInt32(truncatingIfNeeded: value >> 32))
        uint32(UInt32(truncatingIfNeeded: value))
    }

    /// Appends a `string`: its length and its bytes.
    package mutating func string(_ value: ByteString) {
        string(value.bytes)
    }

    /// Appends a `string`: its length and its bytes.
    package mutating func string(_ value: [UInt8]) {
        uint32(UInt32(clamping: value.count))
        bytes.append(contentsOf: value)
    }

    /// Appends a `string` holding UTF-8 text.
    package mutating func text(_ value: String) {
        let lengthPosition = bytes.count
        uint32(0)
        bytes.append(contentsOf: value.utf8)
        overwriteUInt32(
            UInt32(clamping: bytes.count - lengthPosition - 4),
            at: lengthPosition
        )
    }

    /// Replaces the four bytes at `position`, for a length known only afterwards.
    package mutating func overwriteUInt32(_ value: UInt32, at position: Int) {
        bytes[position] = UInt8(truncatingIfNeeded: value >> 24)
        bytes[position + 1] = UInt8(truncatingIfNeeded: value >> 16)
        bytes[position + 2] = UInt8(truncatingIfNeeded: value >> 8)
        bytes[position + 3] = UInt8(truncatingIfNeeded: value)
    }
}
