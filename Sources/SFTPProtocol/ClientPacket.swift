package import WireFormat

/// What came out of decoding one packet from a client.
package enum ClientPacket: Equatable, Sendable {
    /// SSH_FXP_INIT with the highest version that the client speaks.
    case initialize(version: UInt32)
    case request(id: UInt32, Request)
    /// The frame is intact and the id readable, the body is not.
    case malformed(id: UInt32, WireError)
    /// A type or an extended request that this server does not know.
    case unsupported(id: UInt32)

    /// Decodes a packet without its length prefix.
    ///
    /// Throws only when not even a type and an id can be read; no reply is possible then. Bytes
    /// after the last field are ignored: OpenSSH does so, and it is what clients are tested with.
    package init(decoding packet: Span<UInt8>) throws(WireError) {
        var reader = WireReader(packet)
        let type = PacketType(rawValue: try reader.byte("packet type"))
        let id = try reader.uint32("request id")
        guard let type else {
            self = .unsupported(id: id)
            return
        }
        if type == .initialize {
            self = .initialize(version: id)
            return
        }
        do throws(WireError) {
            guard let request = try Request(type, from: &reader) else {
                self = .unsupported(id: id)
                return
            }
            self = .request(id: id, request)
        } catch {
            self = .malformed(id: id, error)
        }
    }
}
