import GateTestSupport
import LinuxSystem
import Testing

@Suite("A presence file")
struct PresenceFileTests {
    @Test("tells who has it open from who had, and is for its owner only")
    func presence() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("gates")
        let here = try PresenceFile(path)
        #expect(directory.mode(of: "gates") == 0o600)
        #expect(try here.isPresent(here.number))
        let gone = try lookFor(path, from: here)
        #expect(try !here.isPresent(gone))
        #expect(try !here.isPresent(0))
        #expect(try here.isPresent(here.number))
    }

    /// Sees another one that is there, and answers the number that it had.
    private func lookFor(
        _ path: String,
        from here: borrowing PresenceFile
    ) throws -> Int64 {
        let there = try PresenceFile(path)
        #expect(try here.isPresent(there.number))
        #expect(try there.isPresent(here.number))
        #expect(there.number != here.number)
        return there.number
    }

    @Test("cannot be what is no file")
    func noFile() throws {
        let directory = try TemporaryDirectory()
        try directory.makeDirectory("gates")
        let path = directory.file("gates")
        #expect(throws: SystemError.self) { _ = try PresenceFile(path) }
    }
}
