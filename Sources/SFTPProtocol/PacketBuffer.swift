/// Collects what a channel delivers and yields whole packets, in the order of arrival.
///
/// Every byte is copied once on arrival and, amortised, moved at most once more, however many
/// packets a delivery holds.
package struct PacketBuffer: Sendable {
    private var storage: [UInt8] = []
    /// Where in `storage` the next packet begins, with its length prefix.
    private var start = 0
    /// How many whole packets wait.
    package private(set) var packetCount = 0
    /// Where in `storage` the first packet begins that is not counted yet.
    private var counted = 0

    /// The length prefix of a packet (uint32).
    private static let prefixLength = 4
    /// Consumed bytes are dropped once they are this many and more than what is left.
    private static let compactionThreshold = 65_536
    /// Room that an idle buffer keeps.
    private static let retainedCapacity = 1_048_576

    /// Starts empty.
    package init() {}

    /// Bytes received and not consumed yet.
    package var count: Int { storage.count &- start }

    /// Whether there is a packet to take, or a framing error to find.
    package var hasCompletePacket: Bool {
        do throws(FramingError) {
            return try packetRange() != nil
        } catch {
            return true
        }
    }

    /// Adds bytes from the channel.
    package mutating func append(_ bytes: Span<UInt8>) {
        compact()
        storage.append(addingCapacity: bytes.count) { output in
            for index in bytes.indices { output.append(bytes[index]) }
        }
        while let range = try? packetRange(at: counted) {
            packetCount &+= 1
            counted = range.upperBound
        }
    }

    /// Whether a whole packet is here; throws when what is here can never become one.
    package func checkPacket() throws(FramingError) -> Bool {
        try packetRange() != nil
    }

    /// The next packet without its length prefix; empty when there is none.
    package var packet: Span<UInt8> {
        @_lifetime(borrow self)
        get {
            // A framing error has been thrown by `checkPacket`; here it only means "no packet".
            let range = (try? packetRange()) ?? storage.count..<storage.count
            return storage.span.extracting(range)
        }
    }

    /// Drops the packet that `packet` shows; without one, nothing.
    package mutating func removePacket() {
        guard let range = try? packetRange() else { return }
        start = range.upperBound
        packetCount &-= 1
        guard start == storage.count else { return }
        storage.removeAll(keepingCapacity: storage.capacity <= Self.retainedCapacity)
        start = 0
        counted = 0
    }

    private func packetRange() throws(FramingError) -> Range<Int>? {
        try packetRange(at: start)
    }

    /// Where the packet is whose prefix begins at `start`.
    private func packetRange(at start: Int) throws(FramingError) -> Range<Int>? {
        guard storage.count &- start >= Self.prefixLength else { return nil }
        let length =
            Int(storage[start]) << 24 | Int(storage[start &+ 1]) << 16
            | Int(storage[start &+ 2]) << 8 | Int(storage[start &+ 3])
        guard length >= ProtocolLimits.minimumPacketLength else { throw .tooShort(length: length) }
        guard length <= ProtocolLimits.packetLength else { throw .tooLong(length: length) }
        let body = start &+ Self.prefixLength
        guard storage.count &- body >= length else { return nil }
        return body..<body &+ length
    }

    private mutating func compact() {
        guard start >= Self.compactionThreshold, start > count else { return }
        storage.removeFirst(start)
        counted &-= start
        start = 0
    }
}

/// Why a stream of bytes cannot be cut into packets any further.
package enum FramingError: Error, Equatable, Sendable {
    /// A packet too short to hold a type and an id.
    case tooShort(length: Int)
    /// A packet longer than this server accepts.
    case tooLong(length: Int)
}

extension FramingError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tooShort(let length): "a packet of \(length) bytes holds no request"
        case .tooLong(let length):
            "a packet of \(length) bytes is longer than \(ProtocolLimits.packetLength)"
        }
    }
}
