import FileTestSupport
import LinuxSystem
import ServerFiles
import Testing

@Suite("Renaming")
struct RenamingTests {
    let tree: TemporaryTree

    init() throws {
        tree = try TemporaryTree()
        try tree.write("old", to: "file")
        try tree.write("other", to: "taken")
        try tree.makeDirectory("directory/inner")
        try tree.makeDirectory("empty")
        try tree.link("link", to: "file")
    }

    /// The two ways to rename without replacing: the kernel's, and in steps.
    enum Way: CaseIterable {
        case kernel
        case steps

        func rename(
            _ old: String,
            to new: String,
            in root: borrowing ServerRoot
        ) throws {
            let source = try root.location(of: try path(old))
            let target = try root.location(of: try path(new))
            switch self {
            case .kernel: try source.rename(to: target)
            case .steps: try source.renameInSteps(to: target)
            }
        }
    }

    @Test("A file, a link and a directory get their new name", arguments: Way.allCases)
    func renaming(way: Way) throws {
        let root = try tree.serverRoot()
        try way.rename("/file", to: "/directory/moved", in: root)
        #expect(!tree.exists("file"))
        #expect(tree.text(of: "directory/moved") == "old")
        try way.rename("/link", to: "/link2", in: root)
        #expect(!tree.exists("link"))
        #expect(tree.target(of: "link2") == "file")
        try way.rename("/directory", to: "/renamed", in: root)
        #expect(!tree.exists("directory"))
        #expect(tree.isDirectory("renamed/inner"))
    }

    @Test("Devices, FIFOs and sockets keep their names")
    func special() throws {
        #expect(tree.makeFIFO("fifo") == 0)
        let root = try tree.serverRoot()
        #expect(
            try failure { try Way.kernel.rename("/fifo", to: "/moved", in: root) }
                == .notRegularFile
        )
        #expect(
            try failure {
                try root.location(of: try path("/fifo"))
                    .replace(try root.location(of: try path("/taken")))
            } == .notRegularFile
        )
        #expect(tree.exists("fifo"))
        #expect(tree.text(of: "taken") == "other")
    }

    @Test("Nothing is ever replaced", arguments: Way.allCases)
    func notReplacing(way: Way) throws {
        let root = try tree.serverRoot()
        for (old, new) in [
            ("/file", "/taken"), ("/file", "/link"), ("/file", "/empty"), ("/directory", "/empty"),
            ("/directory", "/taken"), ("/file", "/file"), ("/link", "/taken"),
        ] {
            #expect(try failure { try way.rename(old, to: new, in: root) }?.code == .fileExists)
        }
        #expect(tree.text(of: "file") == "old")
        #expect(tree.text(of: "taken") == "other")
        #expect(tree.isDirectory("directory/inner"))
        #expect(tree.target(of: "link") == "file")
    }

    @Test(
        "A directory does not move into itself, nor does what is missing move",
        arguments: Way.allCases
    )
    func impossible(way: Way) throws {
        let root = try tree.serverRoot()
        #expect(
            try failure { try way.rename("/directory", to: "/directory/x", in: root) }?.code
                == .invalidArgument
        )
        #expect(
            try failure { try way.rename("/missing", to: "/x", in: root) }?.code == .noSuchFile
        )
        #expect(tree.isDirectory("directory/inner"))
    }

    @Test("Replacing takes the place of a file and of an empty directory only")
    func replacing() throws {
        let root = try tree.serverRoot()
        try root.location(of: try path("/file")).replace(try root.location(of: try path("/taken")))
        #expect(tree.text(of: "taken") == "old")
        #expect(!tree.exists("file"))
        try tree.makeDirectory("another")
        try root.location(of: try path("/another"))
            .replace(try root.location(of: try path("/empty")))
        #expect(
            try failure {
                try root.location(of: try path("/empty"))
                    .replace(try root.location(of: try path("/directory")))
            }?.code == .directoryNotEmpty
        )
        #expect(tree.isDirectory("directory/inner"))
    }
}
