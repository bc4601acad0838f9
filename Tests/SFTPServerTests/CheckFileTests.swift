import AccessControl
import FileTestSupport
import SFTPProtocol
import Testing
import WireFormat

@Suite("check-file")
struct CheckFileTests {
    let tree: TemporaryTree
    let conversation: Conversation

    init() throws {
        tree = try TemporaryTree()
        try tree.write("abc", to: "file")
        conversation = try Conversation(on: tree)
    }

    /// The algorithm named in a reply and its hashes in hexadecimal.
    private func digests(
        _ reply: Reply,
        hasName: Bool = false
    ) throws -> (algorithm: String, digests: String) {
        guard case .extended(let bytes) = reply else {
            Issue.record("no hash: \(reply)")
            return ("", "")
        }
        var reader = WireReader(bytes.span)
        if hasName { #expect(try reader.text("name", limit: 100) == "check-file") }
        let algorithm = try reader.text("algorithm", limit: 100)
        var text = ""
        while reader.remaining > 0 {
            let digits = String(try reader.byte("byte"), radix: 16)
            text += digits.count == 1 ? "0" + digits : digits
        }
        return (algorithm, text)
    }

    /// FIPS 180-4 and RFC 1321 give these for the three letters.
    private static let known = [
        "md5": "900150983cd24fb0d6963f7d28e17f72",
        "sha1": "a9993e364706816aba3e25717850c26c9cd0d89d",
        "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "sha384": "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
            + "8086072ba1e7cc2358baeca134c825a7",
        "sha512": "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
    ]

    @Test("Every algorithm that is announced gives the hash that it should")
    func algorithms() throws {
        for algorithm in DigestAlgorithm.allCases {
            let found = try digests(try conversation.checkFile("/file", algorithm.rawValue))
            #expect(found.algorithm == algorithm.rawValue)
            #expect(found.digests == Self.known[algorithm.rawValue])
        }
    }

    @Test("The client's first choice that is known is taken")
    func preference() throws {
        let found = try digests(try conversation.checkFile("/file", "crc32,sha256,md5"))
        #expect(found.algorithm == "sha256")
        for none in ["crc32", "", ",", "SHA256", "md5 "] {
            #expect(try conversation.checkFile("/file", none).code == .operationUnsupported)
        }
    }

    @Test("A range is hashed, as far as the file reaches")
    func ranges() throws {
        try tree.write("xxabcyy", to: "range")
        let inner = try conversation.checkFile("/range", "md5", from: 2, count: 3)
        #expect(try digests(inner).digests == Self.known["md5"])
        try tree.write("xxabc", to: "range")
        for count in [0, 100, UInt64.max] {
            let reply = try conversation.checkFile("/range", "md5", from: 2, count: count)
            #expect(try digests(reply).digests == Self.known["md5"])
        }
        let nothing = "d41d8cd98f00b204e9800998ecf8427e"
        for offset in [5, 6, UInt64.max] {
            let reply = try conversation.checkFile("/range", "md5", from: offset)
            #expect(try digests(reply).digests == nothing)
        }
    }

    @Test("Each block has a hash of its own, the last one of what is left")
    func blocks() throws {
        let block = String(repeating: "b", count: 256)
        try tree.write(block + block + "abc", to: "blocks")
        let reply = try conversation.checkFile("/blocks", "md5", block: 256)
        try tree.write(block, to: "block")
        let one = try digests(try conversation.checkFile("/block", "md5")).digests
        #expect(try digests(reply).digests == one + one + (Self.known["md5"] ?? ""))
        let two = try conversation.checkFile("/blocks", "md5", count: 512, block: 256)
        #expect(try digests(two).digests == one + one)
        let none = try conversation.checkFile("/blocks", "md5", from: 1000, block: 256)
        #expect(try digests(none).digests.isEmpty)
    }

    @Test("Blocks too short, or more of them than a reply holds, are refused")
    func unusableBlocks() throws {
        let handle = try conversation.handle("/file", .write)
        #expect(try conversation.setFileStatus(handle, Attributes(size: 1024 * 256)).code == .ok)
        #expect(try conversation.checkFile("/file", "md5", block: 255).code == .failure)
        #expect(try conversation.checkFile("/file", "md5", block: 256).code == .failure)
        let most = try conversation.checkFile("/file", "md5", from: 1, block: 256)
        #expect(try digests(most).digests.count == 1024 * 32)
    }

    @Test("A handle will do, and the name that paramiko uses for it")
    func handles() throws {
        let handle = try conversation.handle("/file", .read)
        for name in ["check-file-handle", "check-file"] {
            let reply = try conversation.extended(name) {
                $0.string(handle)
                $0.text("sha1")
                $0.uint64(0)
                $0.uint64(0)
                $0.uint32(0)
            }
            let found = try digests(reply, hasName: name == "check-file")
            #expect(found.algorithm == "sha1")
            #expect(found.digests == Self.known["sha1"])
        }
        let writing = try conversation.handle("/file", .write)
        let reply = try conversation.extended("check-file-handle") {
            $0.string(writing)
            $0.text("sha1")
            $0.uint64(0)
            $0.uint64(0)
            $0.uint32(0)
        }
        #expect(reply.text?.contains("for reading") == true)
    }

    @Test("What is no file has no hash")
    func others() throws {
        try tree.makeDirectory("directory")
        #expect(tree.makeFIFO("fifo") == 0)
        #expect(try conversation.checkFile("/directory", "md5").text == "Is a directory")
        #expect(try conversation.checkFile("/fifo", "md5").text == "Not a regular file")
        #expect(try conversation.checkFile("/missing", "md5").code == .noSuchFile)
    }

    @Test("A file of many pieces is hashed whole")
    func large() throws {
        let content = String(repeating: "0123456789abcdef", count: 600_000)
        try tree.write(content, to: "large")
        var digest = ""
        // The same in two halves, the pieces of which lie elsewhere.
        let half = UInt64(content.utf8.count / 2)
        for offset in [0, half] {
            let reply = try conversation.checkFile("/large", "md5", from: offset, count: half)
            digest += try digests(reply).digests
        }
        let blocks = try conversation.checkFile("/large", "md5", block: UInt32(half))
        #expect(try digests(blocks).digests == digest)
        #expect(digest.prefix(32) == digest.suffix(32))
    }
}
