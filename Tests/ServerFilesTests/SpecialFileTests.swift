import FileTestSupport
import LinuxSystem
import ServerFiles
import Testing

@Suite("Only regular files and directories are opened")
struct SpecialFileTests {
    let tree: TemporaryTree

    init() throws {
        tree = try TemporaryTree()
    }

    @Test("A FIFO is refused at once, for reading and for writing", .timeLimit(.minutes(1)))
    func fifo() throws {
        #expect(tree.makeFIFO("fifo") == 0)
        let root = try tree.serverRoot()
        let name = try path("/fifo")
        #expect(try failure { _ = try root.openFile(name, .reading) } == .notRegularFile)
        #expect(try failure { _ = try root.openFile(name, .writing) } == .notRegularFile)
        #expect(
            try failure { try root.apply(FileChange(size: 0), to: name) } == .notRegularFile
        )
        #expect(try failure { _ = try root.openDirectory(name) }?.code == .notDirectory)
        #expect(try root.reference(to: name).metadata().kind == .special)
    }

    @Test("A device is refused")
    func device() throws {
        let devices = ServerRoot(owning: try FileDescriptor.directory(at: "/dev"))
        #expect(
            try failure { _ = try devices.openFile(try path("/null"), .writing) }
                == .notRegularFile
        )
    }

    @Test("A directory is not opened as a file, nor a file as a directory")
    func kinds() throws {
        try tree.makeDirectory("directory")
        try tree.write("text", to: "file")
        let root = try tree.serverRoot()
        for access in [FileAccess.reading, .writing] {
            #expect(
                try failure { _ = try root.openFile(try path("/directory"), access) }?.code
                    == .isDirectory
            )
            #expect(try failure { _ = try root.openFile(.root, access) }?.code == .isDirectory)
        }
        #expect(
            try failure { _ = try root.openDirectory(try path("/file")) }?.code == .notDirectory
        )
    }

    @Test("The root itself is neither moved nor removed, nor made")
    func root() throws {
        try tree.makeDirectory("directory")
        let root = try tree.serverRoot()
        let top = try root.location(of: .root)
        let other = try root.location(of: try path("/directory/x"))
        #expect(try failure { try top.removeDirectory() } == .rootItself)
        #expect(try failure { try top.removeFile() } == .rootItself)
        #expect(try failure { try top.rename(to: other) } == .rootItself)
        #expect(try failure { try other.replace(top) } == .rootItself)
        #expect(try failure { try top.makeDirectory(mode: 0o755) }?.code == .fileExists)
        #expect(try top.metadata().kind == .directory)
    }
}
