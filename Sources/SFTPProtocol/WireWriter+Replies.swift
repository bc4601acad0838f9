package import WireFormat

/// A packet being written, whose length is not known yet.
package struct OpenPacket: Sendable {
    /// Where the length prefix stands.
    fileprivate let position: Int
}

extension WireWriter {
    /// Starts a reply: room for the length, the type and the request's id.
    package mutating func beginReply(_ type: PacketType, to id: UInt32) -> OpenPacket {
        let packet = OpenPacket(position: bytes.count)
        uint32(0)
        byte(type.rawValue)
        uint32(id)
        return packet
    }

    /// Fills in the length of a reply that is complete.
    package mutating func endReply(_ packet: OpenPacket) {
        let length = bytes.count &- packet.position &- 4
        overwriteUInt32(UInt32(clamping: length), at: packet.position)
    }

    /// SSH_FXP_VERSION with what is on offer (section 4).
    package mutating func version(offering extensions: some Sequence<ProtocolExtension>) {
        // It stands where a reply has its id.
        let packet = beginReply(.version, to: ProtocolLimits.version)
        for offered in extensions {
            text(offered.rawValue)
            text(offered.announcement)
        }
        endReply(packet)
    }

    /// SSH_FXP_STATUS (section 7).
    package mutating func status(_ code: StatusCode, _ message: String, to id: UInt32) {
        let packet = beginReply(.status, to: id)
        uint32(code.rawValue)
        text(message)
        text("en")
        endReply(packet)
    }

    /// SSH_FXP_HANDLE (section 7).
    package mutating func handle(_ handle: Handle, to id: UInt32) {
        let packet = beginReply(.handle, to: id)
        self.handle(handle)
        endReply(packet)
    }

    /// SSH_FXP_ATTRS (section 7).
    package mutating func attributes(_ attributes: Attributes, to id: UInt32) {
        let packet = beginReply(.attributes, to: id)
        attributes.encode(into: &self)
        endReply(packet)
    }

    /// SSH_FXP_NAME with one name and no attributes, as REALPATH and READLINK answer.
    package mutating func name(_ name: ByteString, to id: UInt32) {
        let packet = beginReply(.name, to: id)
        uint32(1)
        string(name)
        string(name)
        Attributes().encode(into: &self)
        endReply(packet)
    }

    /// The answer to limits@openssh.com: bytes, and open handles.
    package mutating func limits(handles: UInt64, to id: UInt32) {
        let packet = beginReply(.extendedReply, to: id)
        uint64(UInt64(ProtocolLimits.packetLength))
        uint64(UInt64(ProtocolLimits.readLength))
        uint64(UInt64(ProtocolLimits.writeLength))
        uint64(handles)
        endReply(packet)
    }

    /// The answer to statvfs@openssh.com.
    package mutating func fileSystemStatus(_ status: FileSystemStatus, to id: UInt32) {
        let packet = beginReply(.extendedReply, to: id)
        status.encode(into: &self)
        endReply(packet)
    }

    /// The answer to users-groups-by-id@openssh.com: the same name for each number.
    package mutating func usersAndGroups(
        userCount: Int,
        userName: String,
        groupCount: Int,
        groupName: String,
        to id: UInt32
    ) {
        let packet = beginReply(.extendedReply, to: id)
        names(userName, count: userCount)
        names(groupName, count: groupCount)
        endReply(packet)
    }

    private mutating func names(_ name: String, count: Int) {
        var list = WireWriter()
        for _ in 0..<count { list.text(name) }
        string(list.bytes)
    }

    /// The answer to check-file: the algorithm used and the hash of each block.
    package mutating func digests(
        _ digests: [UInt8],
        by algorithm: DigestAlgorithm,
        naming extensionName: ProtocolExtension?,
        to id: UInt32
    ) {
        let packet = beginReply(.extendedReply, to: id)
        if let extensionName { text(extensionName.rawValue) }
        text(algorithm.rawValue)
        bytes.append(contentsOf: digests)
        endReply(packet)
    }
}
