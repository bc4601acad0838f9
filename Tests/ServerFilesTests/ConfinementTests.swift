import FileTestSupport
import LinuxSystem
import ServerFiles
import Testing

@Suite("Nothing outside the root")
struct ConfinementTests {
    let tree: TemporaryTree

    init() throws {
        tree = try TemporaryTree()
        try tree.makeDirectory("data/deep")
        try tree.write("inside", to: "data/file")
    }

    @Test(
        "A symbolic link that stays inside is followed",
        arguments: ["data/file", "./data/../data/file", "data/deep/../file"]
    )
    func linksInside(target: String) throws {
        try tree.link("link", to: target)
        #expect(try content(of: "/link", in: try tree.serverRoot()) == "inside")
    }

    @Test("A link in a directory may climb as far as the root")
    func linkThatClimbs() throws {
        try tree.link("data/deep/up", to: "../../data/file")
        #expect(try content(of: "/data/deep/up", in: try tree.serverRoot()) == "inside")
    }

    @Test("A linked directory can be worked in")
    func linkedDirectory() throws {
        try tree.link("linked", to: "data")
        let root = try tree.serverRoot()
        #expect(try content(of: "/linked/file", in: root) == "inside")
        try root.location(of: try path("/linked/new")).makeDirectory(mode: 0o755)
        #expect(tree.isDirectory("data/new"))
    }

    struct Link: Sendable {
        let name: String
        let target: String

        init(_ name: String, to target: String) {
            self.name = name
            self.target = target
        }
    }

    struct Escape: CustomTestStringConvertible, Sendable {
        /// Links to make beforehand.
        let links: [Link]
        let path: String

        var testDescription: String {
            (links.map { "\($0.name) -> \($0.target)" } + [path]).joined(separator: ", ")
        }
    }

    static let escapes = [
        Escape(links: [Link("l", to: "OUTSIDE/secret")], path: "/l"),
        Escape(links: [Link("l", to: "../outside/secret")], path: "/l"),
        Escape(links: [Link("l", to: "../outside")], path: "/l/secret"),
        Escape(links: [Link("l", to: "..")], path: "/l/outside/secret"),
        Escape(links: [Link("data/l", to: "../..")], path: "/data/l/outside/secret"),
        Escape(links: [Link("l", to: "data/../../outside/secret")], path: "/l"),
        Escape(
            links: [Link("a", to: "b"), Link("b", to: "c"), Link("c", to: "../outside/secret")],
            path: "/a"
        ),
        Escape(
            links: [Link("a", to: "data/deep/b"), Link("data/deep/b", to: "../../..")],
            path: "/a/outside/secret"
        ),
        Escape(links: [Link("l", to: "OUTSIDE")], path: "/l/secret"),
        Escape(links: [Link("l", to: "/proc/self/rootOUTSIDE")], path: "/l/secret"),
        Escape(links: [Link("l", to: "//proc/self/../self/rootOUTSIDE/secret")], path: "/l"),
    ]

    @Test("A link that leads out is refused, whatever is tried", arguments: escapes)
    func escaping(escape: Escape) throws {
        for link in escape.links { try tree.link(link.name, to: link.target) }
        let root = try tree.serverRoot()
        let path = try path(escape.path)
        #expect(try failure { _ = try root.reference(to: path) } == .leavesRoot)
        #expect(try failure { _ = try root.openFile(path, .reading) } == .leavesRoot)
        #expect(try failure { _ = try root.openFile(path, .writing) } == .leavesRoot)
        #expect(try failure { _ = try root.openDirectory(path) } == .leavesRoot)
        #expect(
            try failure { try root.apply(FileChange(size: 0, mode: 0o777), to: path) }
                == .leavesRoot
        )
        let behind = try ServerFilesTests.path(escape.path + "/x/y")
        #expect(try failure { _ = try root.location(of: behind) } == .leavesRoot)
        #expect(tree.secretText == TemporaryTree.secret)
        #expect(try tree.outsideNames == ["secret"])
    }

    @Test("A link that leads out can be looked at, renamed and removed, never followed")
    func namesOfEscapes() throws {
        try tree.link("l", to: "../outside/secret")
        let root = try tree.serverRoot()
        #expect(try root.location(of: try path("/l")).metadata().kind == .symbolicLink)
        try root.location(of: try path("/l")).rename(to: try root.location(of: try path("/m")))
        #expect(tree.target(of: "m") == "../outside/secret")
        try root.location(of: try path("/m")).removeFile()
        #expect(!tree.exists("m"))
        #expect(tree.secretText == TemporaryTree.secret)
    }

    @Test(
        "A file is not made through a link that leads to nothing",
        arguments: ["gone", "../outside/new"]
    )
    func danglingLinks(target: String) throws {
        try tree.link("l", to: target)
        let location = try tree.serverRoot().location(of: try path("/l"))
        #expect(
            try failure { _ = try location.createFile(.writing, mode: 0o644) }?.code
                == .fileExists
        )
        #expect(!tree.exists("gone"))
        #expect(try tree.outsideNames == ["secret"])
    }

    @Test("A loop of links is an error and not a hang")
    func loops() throws {
        try tree.link("a", to: "b")
        try tree.link("b", to: "a")
        try tree.link("self", to: "self")
        let root = try tree.serverRoot()
        for name in ["/a", "/self", "/a/x"] {
            #expect(
                try failure { _ = try root.reference(to: try path(name)) }?.code
                    == .tooManySymbolicLinks
            )
        }
    }

    @Test("A chain of links inside works up to the kernel's limit")
    func chains() throws {
        try tree.link("l0", to: "data/file")
        for index in 1..<60 { try tree.link("l\(index)", to: "l\(index - 1)") }
        let root = try tree.serverRoot()
        #expect(try content(of: "/l30", in: root) == "inside")
        #expect(
            try failure { _ = try root.reference(to: try path("/l59")) }?.code
                == .tooManySymbolicLinks
        )
    }

    @Test("Links into the process's own descriptors are not followed")
    func magicLinks() throws {
        let proc = ServerRoot(owning: try FileDescriptor.directory(at: "/proc/self"))
        #expect(
            try failure { _ = try proc.reference(to: try path("/root/etc")) }?.code
                == .tooManySymbolicLinks
        )
        #expect(
            try failure { _ = try proc.openFile(try path("/exe"), .reading) }?.code
                == .tooManySymbolicLinks
        )
    }

    @Test("A name longer than the disk allows is refused by name")
    func longNames() throws {
        let root = try tree.serverRoot()
        let longest = String(repeating: "n", count: 255)
        try root.location(of: try path(longest)).makeDirectory(mode: 0o755)
        #expect(tree.isDirectory(longest))
        #expect(
            try failure {
                try root.location(of: try path(longest + "n")).makeDirectory(mode: 0o755)
            }?.code == .nameTooLong
        )
    }

    @Test(
        "A link swapped for a directory, thousands of times, never leads out",
        .timeLimit(.minutes(1))
    )
    func racingSwap() throws {
        try tree.makeDirectory("swap")
        try tree.write("inside", to: "swap/secret")
        try tree.link("escape", to: "../outside")
        let root = try tree.serverRoot()
        let tree = tree
        // The name means, in turn, the directory and the link that leads out.
        let rival = Rival {
            tree.move("swap", to: "aside")
            tree.move("escape", to: "swap")
            tree.move("swap", to: "escape")
            tree.move("aside", to: "swap")
        }
        defer { rival.stop() }
        var seen: [String: Int] = [:]
        for _ in 0..<8000 {
            let result: String
            do {
                result = try content(of: "/swap/secret", in: root)
            } catch let failure as FileFailure {
                result = failure == .leavesRoot ? "refused" : "missing"
            }
            seen[result, default: 0] += 1
        }
        #expect(seen[TemporaryTree.secret] == nil)
        // Without both, the race was none.
        #expect((seen["inside"] ?? 0) > 0)
        #expect((seen["refused"] ?? 0) > 0)
        #expect(tree.secretText == TemporaryTree.secret)
    }

    @Test(
        "A directory moved about while paths through it are walked never leads out",
        .timeLimit(.minutes(1))
    )
    func racingMoves() throws {
        try tree.makeDirectory("one/two/three")
        try tree.write("inside", to: "one/two/three/file")
        try tree.link("one/two/three/up", to: "../../../one/two/three/file")
        let root = try tree.serverRoot()
        let tree = tree
        let rival = Rival {
            tree.move("one/two/three", to: "moved")
            tree.move("moved", to: "one/two/three")
        }
        defer { rival.stop() }
        var found = 0
        for _ in 0..<8000 {
            do {
                #expect(try content(of: "/one/two/three/up", in: root) == "inside")
                found += 1
            } catch is FileFailure {
                continue
            }
        }
        #expect(found > 0)
    }
}
