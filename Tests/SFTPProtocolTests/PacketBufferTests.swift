import SFTPProtocol
import Testing

@Suite("Cutting a stream into packets")
struct PacketBufferTests {
    private func packet(_ body: [UInt8]) -> [UInt8] {
        let length = UInt32(body.count)
        return [
            UInt8(truncatingIfNeeded: length >> 24), UInt8(truncatingIfNeeded: length >> 16),
            UInt8(truncatingIfNeeded: length >> 8), UInt8(truncatingIfNeeded: length),
        ] + body
    }

    private func length(of buffer: borrowing PacketBuffer) -> Int { buffer.packet.count }

    private func bytes(of buffer: borrowing PacketBuffer) -> [UInt8] {
        let packet = buffer.packet
        var bytes: [UInt8] = []
        for index in packet.indices { bytes.append(packet[index]) }
        return bytes
    }

    private func drain(_ buffer: inout PacketBuffer) throws(FramingError) -> [[UInt8]] {
        var packets: [[UInt8]] = []
        while try buffer.checkPacket() {
            packets.append(bytes(of: buffer))
            buffer.removePacket()
        }
        return packets
    }

    @Test(
        "Packets come out whole, in order, however the stream was cut",
        arguments: [1, 2, 3, 7, 64, 10_000]
    )
    func cutting(step: Int) throws {
        let bodies: [[UInt8]] = (5..<80).map { [UInt8](repeating: UInt8($0), count: $0) }
        let stream = bodies.flatMap(packet)
        var buffer = PacketBuffer()
        var result: [[UInt8]] = []
        for start in stride(from: 0, to: stream.count, by: step) {
            buffer.append(Array(stream[start..<min(start + step, stream.count)]).span)
            result += try drain(&buffer)
        }
        #expect(result == bodies)
        #expect(buffer.count == 0)
        #expect(!buffer.hasCompletePacket)
    }

    @Test("Whole packets are counted without being taken")
    func counting() throws {
        var buffer = PacketBuffer()
        #expect(buffer.packetCount == 0)
        buffer.append((packet([1, 0, 0, 0, 1]) + packet([2, 0, 0, 0, 2, 9])).span)
        #expect(buffer.packetCount == 2)
        // The beginning of a third.
        buffer.append([0, 0, 0, 5, 3].span)
        #expect(buffer.packetCount == 2)
        buffer.removePacket()
        #expect(buffer.packetCount == 1)
        buffer.append([0, 0, 0, 3].span)
        #expect(buffer.packetCount == 2)
        // What can never become a packet is none, and neither is what follows it.
        buffer.append(([0, 0, 0, 0] + packet([1, 0, 0, 0, 1])).span)
        #expect(buffer.packetCount == 2)
        buffer.removePacket()
        buffer.removePacket()
        #expect(buffer.packetCount == 0 && buffer.hasCompletePacket)
    }

    @Test("A packet that is not complete is not there")
    func incomplete() throws {
        let bytes = packet([1, 0, 0, 0, 3])
        var buffer = PacketBuffer()
        for byte in bytes.dropLast() {
            buffer.append([byte].span)
            #expect(!buffer.hasCompletePacket)
            #expect(length(of: buffer) == 0)
            buffer.removePacket()
        }
        #expect(buffer.count == 8)
        buffer.append([3].span)
        #expect(buffer.hasCompletePacket)
        #expect(length(of: buffer) == 5)
    }

    @Test("The longest packet is accepted, one byte more ends the stream at its length")
    func longest() throws {
        var buffer = PacketBuffer()
        buffer.append(packet([UInt8](repeating: 1, count: 262_144)).span)
        #expect(try drain(&buffer).map(\.count) == [262_144])
        buffer.append([0x00, 0x04, 0x00, 0x01].span)
        #expect(buffer.hasCompletePacket)
        #expect(throws: FramingError.tooLong(length: 262_145)) { _ = try buffer.checkPacket() }
        #expect(length(of: buffer) == 0)
    }

    @Test("A length of 4 GiB is refused before anything is stored")
    func fourGibibytes() {
        var buffer = PacketBuffer()
        buffer.append([0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3].span)
        #expect(throws: FramingError.tooLong(length: 0xFFFF_FFFF)) {
            _ = try buffer.checkPacket()
        }
    }

    @Test("A packet without room for an id is refused", arguments: 0..<5 as Range<UInt8>)
    func tooShort(length: UInt8) {
        var buffer = PacketBuffer()
        buffer.append([0, 0, 0, length].span)
        #expect(throws: FramingError.tooShort(length: Int(length))) {
            _ = try buffer.checkPacket()
        }
    }

    @Test("Ten thousand small packets in one delivery do not move the rest each time")
    func linear() throws {
        let stream = [[UInt8]](repeating: packet([5, 0, 0, 0, 1]), count: 100_000).flatMap { $0 }
        var buffer = PacketBuffer()
        let clock = ContinuousClock()
        let start = clock.now
        buffer.append(stream.span)
        let count = try drain(&buffer).count
        let time = start.duration(to: clock.now)
        #expect(count == 100_000)
        // Moving 900 KB for each packet would take the better part of a minute.
        #expect(time < .seconds(10))
    }
}
