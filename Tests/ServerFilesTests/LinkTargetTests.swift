import ServerFiles
import Testing

@Suite("Targets of symbolic links")
struct LinkTargetTests {
    private func path(_ text: String) throws -> VirtualPath {
        VirtualPath(try #require(ClientPath(Array(text.utf8))))
    }

    struct Vector: CustomTestStringConvertible, Sendable {
        let target: String
        let link: String
        /// Nil where it leads out.
        let stored: String?
        var testDescription: String { "\(link) -> \(target)" }
    }

    static let vectors = [
        Vector(target: "b", link: "/a", stored: "b"),
        Vector(target: "./b/", link: "/a", stored: "./b/"),
        Vector(target: "d/e", link: "/a", stored: "d/e"),
        Vector(target: "../b", link: "/d/a", stored: "../b"),
        Vector(target: "../../b", link: "/d/a", stored: nil),
        Vector(target: "..", link: "/a", stored: nil),
        Vector(target: "../d", link: "/a", stored: nil),
        Vector(target: "d/../../b", link: "/a", stored: nil),
        Vector(target: "d/../b", link: "/a", stored: "b"),
        Vector(target: "d/../../b", link: "/x/a", stored: "../b"),
        Vector(target: "d/..", link: "/a", stored: "."),
        Vector(target: "/b", link: "/a", stored: "b"),
        Vector(target: "/d/b", link: "/d/a", stored: "b"),
        Vector(target: "/d/b", link: "/e/f/a", stored: "../../d/b"),
        Vector(target: "/../../etc/passwd", link: "/a", stored: "etc/passwd"),
        Vector(target: "/", link: "/d/a", stored: ".."),
        Vector(target: "/", link: "/a", stored: "."),
        Vector(target: "/d", link: "/d/a", stored: "."),
    ]

    @Test("What is stored leads, from the link's directory, to what was meant", arguments: vectors)
    func storing(vector: Vector) throws {
        let target = LinkTarget(
            try #require(ClientPath(Array(vector.target.utf8))),
            at: try path(vector.link)
        )
        #expect(target.map { String(decoding: $0.bytes, as: UTF8.self) } == vector.stored)
    }

    @Test("What is stored can be read back", arguments: vectors)
    func readingBack(vector: Vector) throws {
        guard let stored = vector.stored else { return }
        let link = try path(vector.link)
        let shown = LinkTarget.inside(Array(stored.utf8), at: link, rules: PathRules())
        #expect(shown == Array(stored.utf8))
    }

    @Test(
        "The text of a link that leads out is not shown",
        arguments: ["/etc/passwd", "/", "../x", "a/../../x", "../../../../../../etc/passwd"]
    )
    func leadingOut(text: String) throws {
        let link = try path("/a")
        #expect(LinkTarget.inside(Array(text.utf8), at: link, rules: PathRules()) == nil)
    }

    @Test(
        "An absolute text from a container is shown as the way from the link's directory",
        arguments: [
            Vector(target: "/home/container/b", link: "/a", stored: "b"),
            Vector(target: "/home/container", link: "/d/a", stored: ".."),
            Vector(target: "//home/./container/d/b/", link: "/e/f/a", stored: "../../d/b"),
            Vector(target: "/home/container/d/../b", link: "/d/a", stored: "../b"),
            Vector(target: "/home/container/../b", link: "/d/e/f/a", stored: nil),
            Vector(target: "/home/containers/b", link: "/a", stored: nil),
            Vector(target: "/home", link: "/a", stored: nil),
            Vector(target: "/etc/passwd", link: "/a", stored: nil),
        ]
    )
    func containers(vector: Vector) throws {
        let rules = PathRules(containerPaths: [Array("/home/container".utf8)])
        let shown = LinkTarget.inside(
            Array(vector.target.utf8),
            at: try path(vector.link),
            rules: rules
        )
        #expect(shown.map { String(decoding: $0, as: UTF8.self) } == vector.stored)
    }
}
