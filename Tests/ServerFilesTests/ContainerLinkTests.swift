import FileTestSupport
import LinuxSystem
import ServerFiles
import Testing

@Suite("Absolute links made inside a container")
struct ContainerLinkTests {
    let tree: TemporaryTree

    init() throws {
        tree = try TemporaryTree()
        try tree.makeDirectory("data/deep")
        try tree.write("inside", to: "data/file")
    }

    private static let rules = PathRules(
        containerPaths: [Array("/home/container".utf8), Array("/srv/other/".utf8)]
    )

    @Test(
        "They lead to the same place inside the server",
        arguments: [
            "/home/container/data/file", "//home/./container//data/file", "/srv/other/data/file",
            "/home/container/data/deep/../file",
        ]
    )
    func inside(target: String) throws {
        try tree.link("link", to: target)
        let root = try tree.serverRoot(Self.rules)
        #expect(try content(of: "/link", in: root) == "inside")
        // Without the configuration it is a link that leads out.
        let strict = try tree.serverRoot()
        #expect(try failure { _ = try content(of: "/link", in: strict) } == .leavesRoot)
    }

    @Test("They work in the middle of a path, one after another, and mixed with others")
    func chains() throws {
        try tree.link("absolute", to: "/home/container/data")
        try tree.link("relative", to: "data/deep")
        try tree.link("data/deep/up", to: "../../absolute")
        try tree.link("top", to: "/home/container")
        let root = try tree.serverRoot(Self.rules)
        for name in [
            "/absolute/file", "/relative/up/file", "/top/data/file", "/top/absolute/file",
            "/top/top/relative/up/deep/up/file",
        ] {
            #expect(try content(of: name, in: root) == "inside")
        }
        try root.location(of: try path("/top/absolute/new")).makeDirectory(mode: 0o755)
        #expect(tree.isDirectory("data/new"))
        #expect(try root.location(of: try path("/absolute")).metadata().kind == .symbolicLink)
    }

    @Test(
        "Whatever else they try, they do not lead out",
        arguments: [
            "/home/container/../outside/secret", "/home/container/data/../../outside/secret",
            "/home", "/home/containers/data", "/", "OUTSIDE/secret", "/etc/passwd",
            "/home/container/climb/outside/secret", "/proc/self/root/home/container",
        ]
    )
    func leadingOut(target: String) throws {
        try tree.link("link", to: target)
        try tree.link("climb", to: "..")
        let root = try tree.serverRoot(Self.rules)
        #expect(try failure { _ = try root.reference(to: try path("/link")) } == .leavesRoot)
        #expect(try failure { _ = try root.openDirectory(try path("/link/x")) } == .leavesRoot)
        #expect(tree.secretText == TemporaryTree.secret)
    }

    @Test("Of two views that lie in each other the inner one counts")
    func nestedViews() throws {
        try tree.link("link", to: "/home/container/data/file")
        let views = ["/home", "/home/container"].map { Array($0.utf8) }
        for paths in [views, views.reversed()] {
            let root = try tree.serverRoot(PathRules(containerPaths: paths))
            #expect(try content(of: "/link", in: root) == "inside")
        }
    }

    @Test("A path of more names than anybody has is given up", .timeLimit(.minutes(1)))
    func manyNames() throws {
        try tree.makeDirectory("deep")
        try tree.link("deep/link", to: "/home/container/data")
        let root = try tree.serverRoot(Self.rules)
        let names = String(repeating: "deep/../", count: 400) + "deep/link/file"
        // As text it is short; the kernel is asked about what a link holds as it is.
        try tree.link("long", to: "/home/container/" + names)
        let refusal = try failure { _ = try root.reference(to: try path("/long")) }
        #expect(refusal == .system(SystemError(.nameTooLong, in: "openat2")))
        #expect(try content(of: "/deep/link/file", in: root) == "inside")
    }

    @Test("What they lead to may be missing, or no directory")
    func missing() throws {
        try tree.link("nothing", to: "/home/container/data/gone")
        try tree.link("file", to: "/home/container/data/file")
        let root = try tree.serverRoot(Self.rules)
        #expect(
            try failure { _ = try root.reference(to: try path("/nothing")) }?.code == .noSuchFile
        )
        #expect(
            try failure { _ = try root.reference(to: try path("/file/x")) }?.code == .notDirectory
        )
    }

    @Test("Loops of them end", .timeLimit(.minutes(1)))
    func loops() throws {
        try tree.link("a", to: "/home/container/b")
        try tree.link("b", to: "/home/container/a")
        try tree.link("grow", to: "/home/container/grow/x")
        let root = try tree.serverRoot(Self.rules)
        for name in ["/a", "/grow"] {
            #expect(
                try failure { _ = try root.reference(to: try path(name)) }?.code
                    == .tooManySymbolicLinks
            )
        }
    }

    @Test(
        "A link swapped while it is followed never leads out",
        .timeLimit(.minutes(1))
    )
    func racing() throws {
        try tree.link("inner", to: "/home/container/data/file")
        try tree.link("outer", to: "OUTSIDE/secret")
        let root = try tree.serverRoot(Self.rules)
        let tree = tree
        let rival = Rival {
            tree.move("inner", to: "link")
            tree.move("link", to: "inner")
            tree.move("outer", to: "link")
            tree.move("link", to: "outer")
        }
        defer { rival.stop() }
        var seen: [String: Int] = [:]
        for _ in 0..<8000 {
            do {
                seen[try content(of: "/link", in: root), default: 0] += 1
            } catch let failure as FileFailure {
                seen[failure == .leavesRoot ? "refused" : "missing", default: 0] += 1
            }
        }
        #expect(seen[TemporaryTree.secret] == nil)
        #expect((seen["inside"] ?? 0) > 0)
        #expect((seen["refused"] ?? 0) > 0)
    }
}
