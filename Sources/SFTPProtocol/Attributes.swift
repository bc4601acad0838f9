package import WireFormat

/// Attributes of a file, each present or not (draft-ietf-secsh-filexfer-02 section 5).
package struct Attributes: Hashable, Sendable {
    /// Numbers of the owning user and group.
    package struct Owner: Hashable, Sendable {
        package var user: UInt32
        package var group: UInt32

        package init(user: UInt32, group: UInt32) {
            self.user = user
            self.group = group
        }
    }

    /// Seconds since 1970.
    package struct Times: Hashable, Sendable {
        package var access: UInt32
        package var modification: UInt32

        package init(access: UInt32, modification: UInt32) {
            self.access = access
            self.modification = modification
        }
    }

    /// Content length in bytes.
    package var size: UInt64?
    package var owner: Owner?
    /// Type and mode bits as in `st_mode` of POSIX.
    package var permissions: UInt32?
    package var times: Times?

    package init(
        size: UInt64? = nil,
        owner: Owner? = nil,
        permissions: UInt32? = nil,
        times: Times? = nil
    ) {
        self.size = size
        self.owner = owner
        self.permissions = permissions
        self.times = times
    }
}

extension Attributes {
    /// Which attributes follow, as the first field says.
    private struct Flags: OptionSet {
        let rawValue: UInt32

        static let size = Flags(rawValue: 0x0000_0001)
        static let owner = Flags(rawValue: 0x0000_0002)
        static let permissions = Flags(rawValue: 0x0000_0004)
        static let times = Flags(rawValue: 0x0000_0008)
        static let extended = Flags(rawValue: 0x8000_0000)
    }

    /// Reads attributes; extended ones are skipped, flags of later versions mean nothing.
    package init(from reader: inout WireReader) throws(WireError) {
        let flags = Flags(rawValue: try reader.uint32("attribute flags"))
        self.init()
        if flags.contains(.size) { size = try reader.uint64("size") }
        if flags.contains(.owner) {
            owner = Owner(user: try reader.uint32("user"), group: try reader.uint32("group"))
        }
        if flags.contains(.permissions) { permissions = try reader.uint32("permissions") }
        if flags.contains(.times) {
            times = Times(
                access: try reader.uint32("access time"),
                modification: try reader.uint32("modification time")
            )
        }
        if flags.contains(.extended) { try Self.skipExtended(from: &reader) }
    }

    private static func skipExtended(from reader: inout WireReader) throws(WireError) {
        let count = try reader.uint32("extended attribute count")
        guard count <= ProtocolLimits.extendedAttributeCount else {
            throw .invalid(field: "extended attribute count")
        }
        for _ in 0..<count {
            _ = try reader.range("extended type", limit: ProtocolLimits.packetLength)
            _ = try reader.range("extended data", limit: ProtocolLimits.packetLength)
        }
    }

    /// Appends the flags and whatever is present.
    package func encode(into writer: inout WireWriter) {
        var flags: Flags = []
        if size != nil { flags.insert(.size) }
        if owner != nil { flags.insert(.owner) }
        if permissions != nil { flags.insert(.permissions) }
        if times != nil { flags.insert(.times) }
        writer.uint32(flags.rawValue)
        if let size { writer.uint64(size) }
        if let owner {
            writer.uint32(owner.user)
            writer.uint32(owner.group)
        }
        if let permissions { writer.uint32(permissions) }
        if let times {
            writer.uint32(times.access)
            writer.uint32(times.modification)
        }
    }
}
