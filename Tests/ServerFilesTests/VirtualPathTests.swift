import ServerFiles
import Testing

@Suite("Paths inside a server")
struct VirtualPathTests {
    struct Vector: CustomTestStringConvertible, Sendable {
        let given: String
        let normalized: String
        var testDescription: String { given }
    }

    static let vectors = [
        Vector(given: "", normalized: "/"),
        Vector(given: ".", normalized: "/"),
        Vector(given: "/", normalized: "/"),
        Vector(given: "//", normalized: "/"),
        Vector(given: "..", normalized: "/"),
        Vector(given: "../../..", normalized: "/"),
        Vector(given: "/..", normalized: "/"),
        Vector(given: "a", normalized: "/a"),
        Vector(given: "/a/", normalized: "/a"),
        Vector(given: "a//b///c", normalized: "/a/b/c"),
        Vector(given: "./a/./b/.", normalized: "/a/b"),
        Vector(given: "a/../b", normalized: "/b"),
        Vector(given: "a/b/../../../c", normalized: "/c"),
        Vector(given: "../etc/passwd", normalized: "/etc/passwd"),
        Vector(given: "a/..", normalized: "/"),
        Vector(given: "...", normalized: "/..."),
        Vector(given: "..a/.b/c..", normalized: "/..a/.b/c.."),
        Vector(given: " / ", normalized: "/ / "),
        Vector(given: #"a\..\b"#, normalized: #"/a\..\b"#),
    ]

    @Test("Normalising is a matter of text and never passes the root", arguments: vectors)
    func normalizing(vector: Vector) throws {
        let path = VirtualPath(try #require(ClientPath(Array(vector.given.utf8))))
        #expect(String(decoding: path.absolute, as: UTF8.self) == vector.normalized)
        #expect(path.isRoot == (vector.normalized == "/"))
    }

    @Test("Normalising twice changes nothing", arguments: vectors)
    func idempotent(vector: Vector) throws {
        let once = VirtualPath(try #require(ClientPath(Array(vector.given.utf8))))
        #expect(VirtualPath(try #require(ClientPath(once.absolute))) == once)
    }

    @Test("The parent is one name shorter, and the root's is the root")
    func parents() throws {
        let path = VirtualPath(try #require(ClientPath(Array("/a/b".utf8))))
        #expect(path.parent.absolute == Array("/a".utf8))
        #expect(path.parent.parent == .root)
        #expect(VirtualPath.root.parent == .root)
    }

    @Test("Bytes that are no text stay as they are")
    func bytes() throws {
        let name: [UInt8] = [0xFF, 0x0A, 0x1B, 0x80]
        #expect(VirtualPath(try #require(ClientPath(name))).absolute == [0x2F] + name)
    }

    @Test("A zero byte is in no path")
    func zero() {
        #expect(ClientPath([0x61, 0x00]) == nil)
    }
}
