/// Reads the primitive types of RFC 4251 section 5 from borrowed bytes, front to back.
///
/// Nothing is copied until a caller asks for bytes to keep. Every read names its field and gives
/// the largest length it accepts, so no length prefix of a peer is ever trusted.
package struct WireReader: ~Escapable {
    private let bytes: Span<UInt8>
    /// How many bytes have been read so far: the position of the next field.
    package private(set) var offset = 0

    /// Starts at the first of `bytes`.
    @_lifetime(copy bytes)
    package init(_ bytes: Span<UInt8>) {
        self.bytes = bytes
    }

    /// How many bytes have not been read yet.
    package var remaining: Int { bytes.count - offset }

    /// Reads a `byte`.
    package mutating func byte(_ field: String) throws(WireError) -> UInt8 {
        guard remaining >= 1 else { throw .truncated(field: field) }
        defer { offset += 1 }
        return bytes[offset]
    }

    /// Reads a `boolean`; any value but zero is true (RFC 4251 section 5).
    package mutating func boolean(_ field: String) throws(WireError) -> Bool {
        try byte(field) != 0
    }

    /// Reads a `uint32`, most significant byte first.
    package mutating func uint32(_ field: String) throws(WireError) -> UInt32 {
        guard remaining >= 4 else { throw .truncated(field: field) }
        var value: UInt32 = 0
        for index in offset..<offset + 4 { value = value << 8 | UInt32(bytes[index]) }
        offset += 4
        return value
    }

    /// Reads a `uint64`, most significant byte first.
    package mutating func uint64(_ field: String) throws(WireError) -> UInt64 {
        let high = try uint32(field)
        let low = try uint32(field)
        return UInt64(high) << 32 | UInt64(low)
    }

    /// Reads a `string` and says where its bytes lie in the span, without copying them.
    package mutating func range(
        _ field: String,
        limit: Int
    ) throws(WireError) -> Range<Int> {
        let length = Int(try uint32(field))
        guard length <= limit else {
            throw .tooLong(field: field, length: length, limit: limit)
        }
        guard length <= remaining else { throw .truncated(field: field) }
        defer { offset += length }
        return offset..<offset + length
    }

    /// Passes over `count` bytes, which must be there.
    package mutating func skip(_ count: Int, _ field: String) throws(WireError) {
        guard count >= 0, count <= remaining else { throw .truncated(field: field) }
        offset += count
    }

    /// Reads a `string` of at most `limit` bytes and copies it.
    package mutating func string(_ field: String, limit: Int) throws(WireError) -> ByteString {
        let range = try range(field, limit: limit)
        return ByteString(copying: bytes.extracting(range))
    }

    /// Reads a `string` that must be UTF-8 text.
    package mutating func text(_ field: String, limit: Int) throws(WireError) -> String {
        let string = try string(field, limit: limit)
        guard let text = String(validating: string.bytes, as: UTF8.self) else {
            throw .invalid(field: field)
        }
        return text
    }

    /// Declares the message finished; bytes left over are an error.
    package func finish() throws(WireError) {
        guard remaining == 0 else { throw .trailingBytes(count: remaining) }
    }
}
