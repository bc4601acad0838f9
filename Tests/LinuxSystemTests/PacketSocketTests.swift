import LinuxSystem
import Testing

@Suite("Sockets that keep packets apart and carry descriptors")
struct PacketSocketTests {
    @Test("A packet arrives whole, with a working copy of its descriptor")
    func descriptorsTravel() throws {
        let link = try Ends()
        let carried = try Ends()
        try link.near.send([1, 2, 3], attachment: carried.farNumber)
        guard case .packet(let bytes, let descriptor?) = try link.receiveFar(limit: 16) else {
            Issue.record("nothing arrived, or no descriptor with it")
            return
        }
        #expect(bytes == [1, 2, 3])
        try PacketSocket(owning: descriptor).send([9])
        guard case .packet([9], _) = try carried.near.receive(limit: 16, isWaiting: false) else {
            Issue.record("the descriptor that travelled is not the one that was sent")
            return
        }
    }

    @Test("A packet longer than the limit is an error and not a cut packet")
    func longPackets() throws {
        let fits = try Ends()
        try fits.near.send([1, 2, 3])
        guard case .packet([1, 2, 3], _) = try fits.receiveFar(limit: 3) else {
            Issue.record("a packet of exactly the limit did not arrive")
            return
        }
        let exceeds = try Ends()
        try exceeds.near.send([1, 2, 3, 4])
        #expect(throws: SystemError.self) { _ = try exceeds.receiveFar(limit: 3) }
    }

    @Test("Nothing sent is nothing received, and a closed end is the end")
    func ends() throws {
        let link = try Ends()
        guard case .nothing = try link.near.receive(limit: 16, isWaiting: false) else {
            Issue.record("something arrived out of nowhere")
            return
        }
        link.closeFar()
        guard case .ended = try link.near.receive(limit: 16, isWaiting: false) else {
            Issue.record("the end was not noticed")
            return
        }
        let error = #expect(throws: SystemError.self) { try link.near.send([1]) }
        #expect(error?.code == .brokenPipe)
    }
}
