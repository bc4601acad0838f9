import SFTPProtocol
import Testing
import WireFormat

@Suite("Encoding replies")
struct ReplyTests {
    @Test("VERSION is three and lists what is offered")
    func version() {
        var writer = WireWriter()
        writer.version(offering: [.limits])
        #expect(
            writer.bytes == [0, 0, 0, 32, 2, 0, 0, 0, 3]
                + [0, 0, 0, 18] + Array("limits@openssh.com".utf8)
                + [0, 0, 0, 1] + Array("1".utf8)
        )
    }

    @Test("Every extension is offered under its name and revision")
    func extensions() {
        #expect(
            ProtocolExtension.allCases.map { "\($0.rawValue) \($0.announcement)" } == [
                "posix-rename@openssh.com 1",
                "statvfs@openssh.com 2",
                "fstatvfs@openssh.com 2",
                "hardlink@openssh.com 1",
                "fsync@openssh.com 1",
                "lsetstat@openssh.com 1",
                "limits@openssh.com 1",
                "expand-path@openssh.com 1",
                "copy-data 1",
                "home-directory 1",
                "users-groups-by-id@openssh.com 1",
                "check-file md5,sha1,sha256,sha384,sha512",
            ]
        )
    }

    @Test("STATUS carries a code, a sentence and its language")
    func status() {
        var writer = WireWriter()
        writer.status(.permissionDenied, "No", to: 0x0A0B_0C0D)
        #expect(
            writer.bytes == [
                0, 0, 0, 21,
                101,
                0x0A, 0x0B, 0x0C, 0x0D,
                0, 0, 0, 3,
                0, 0, 0, 2, 0x4E, 0x6F,
                0, 0, 0, 2, 0x65, 0x6E,
            ]
        )
    }

    @Test("Codes are those of version 3, zero to eight")
    func codes() {
        #expect(StatusCode.allCases.map(\.rawValue) == Array(0...8))
    }

    @Test("HANDLE has eight bytes")
    func handle() {
        var writer = WireWriter()
        writer.handle(Handle(rawValue: 0x0102_0304_0506_0708), to: 1)
        #expect(
            writer.bytes == [0, 0, 0, 17, 102, 0, 0, 0, 1, 0, 0, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8]
        )
    }

    @Test("ATTRS has the fields in the order of their flags")
    func attributes() {
        var writer = WireWriter()
        writer.attributes(
            Attributes(
                size: 2,
                owner: Attributes.Owner(user: 3, group: 4),
                permissions: 0o100644,
                times: Attributes.Times(access: 5, modification: 6)
            ),
            to: 1
        )
        #expect(
            writer.bytes == [
                0, 0, 0, 37,
                105,
                0, 0, 0, 1,
                0, 0, 0, 0x0F,
                0, 0, 0, 0, 0, 0, 0, 2,
                0, 0, 0, 3, 0, 0, 0, 4,
                0, 0, 0x81, 0xA4,
                0, 0, 0, 5, 0, 0, 0, 6,
            ]
        )
    }

    @Test("NAME with one name says it twice and has empty attributes")
    func name() {
        var writer = WireWriter()
        writer.name("/a", to: 1)
        #expect(
            writer.bytes == [
                0, 0, 0, 25,
                104,
                0, 0, 0, 1,
                0, 0, 0, 1,
                0, 0, 0, 2, 0x2F, 0x61,
                0, 0, 0, 2, 0x2F, 0x61,
                0, 0, 0, 0,
            ]
        )
    }

    @Test("Limits are never zero: a client would take zero for a size")
    func limits() {
        var writer = WireWriter()
        writer.limits(handles: 256, to: 1)
        #expect(
            writer.bytes == [
                0, 0, 0, 37,
                201,
                0, 0, 0, 1,
                0, 0, 0, 0, 0, 4, 0, 0,
                0, 0, 0, 0, 0, 3, 0xFC, 0,
                0, 0, 0, 0, 0, 3, 0xFC, 0,
                0, 0, 0, 0, 0, 0, 1, 0,
            ]
        )
    }

    @Test("The file system's status has eleven numbers")
    func fileSystemStatus() {
        var writer = WireWriter()
        writer.fileSystemStatus(
            FileSystemStatus(
                blockSize: 1,
                fragmentSize: 2,
                blocks: 3,
                freeBlocks: 4,
                availableBlocks: 5,
                files: 6,
                freeFiles: 7,
                availableFiles: 8,
                isReadOnly: true,
                nameLength: 255
            ),
            to: 9
        )
        let numbers: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 255]
        #expect(
            writer.bytes == [0, 0, 0, 93, 201, 0, 0, 0, 9]
                + numbers.flatMap { [0, 0, 0, 0, 0, 0, 0, $0] }
        )
    }

    @Test("Replies follow each other without a gap")
    func several() {
        var writer = WireWriter()
        writer.status(.ok, "", to: 1)
        let first = writer.bytes.count
        writer.status(.ok, "", to: 2)
        #expect(writer.bytes.count == 2 * first)
        #expect(writer.bytes[first + 8] == 2)
    }
}
