import FileTestSupport
import LinuxSystem
import ServerFiles
import Testing

@Suite("Changing attributes")
struct AttributeTests {
    let tree: TemporaryTree

    init() throws {
        tree = try TemporaryTree()
        try tree.write("content", to: "file")
    }

    private func reference(_ name: String) throws -> FileDescriptor {
        let directory = try FileDescriptor.directory(at: tree.root)
        return try directory.openBeneath(try #require(FilePath(Array(name.utf8))), .reference)
    }

    @Test("The mode of something not opened is set by the newer system call")
    func modeDirectly() throws {
        let reference = try reference("file")
        do throws(SystemError) {
            try reference.setModeDirectly(0o640)
        } catch {
            // Kernels before 6.6, Debian 12's own among them, do not have it.
            try #require(error.code == .notImplemented)
            return
        }
        #expect(tree.mode(of: "file") == 0o640)
    }

    @Test("The mode of something not opened is set through its link in /proc")
    func modeThroughProc() throws {
        try reference("file").setModeThroughProc(0o604)
        #expect(tree.mode(of: "file") == 0o604)
    }

    @Test("The mode is set whichever way the kernel has")
    func mode() throws {
        try reference("file").setMode(0o600)
        #expect(tree.mode(of: "file") == 0o600)
    }

    @Test("A file that nobody may open can be given its mode back")
    func unreadable() throws {
        try tree.setMode(0, of: "file")
        let root = try tree.serverRoot()
        try root.apply(FileChange(mode: 0o644), to: try path("/file"))
        #expect(tree.mode(of: "file") == 0o644)
    }

    @Test("Size, mode and times are all set")
    func everything() throws {
        let root = try tree.serverRoot()
        let change = FileChange(
            size: 3,
            mode: 0o600,
            times: FileChange.Times(access: 10, modification: 1_000_000_000)
        )
        try root.apply(change, to: try path("/file"))
        #expect(tree.text(of: "file") == "con")
        #expect(tree.mode(of: "file") == 0o600)
        #expect(tree.modificationTime(of: "file") == 1_000_000_000)
    }

    @Test("A file can grow; what is new is zero")
    func growing() throws {
        let root = try tree.serverRoot()
        try root.apply(FileChange(size: 9), to: try path("/file"))
        #expect(tree.text(of: "file") == "content\0\0")
    }

    @Test("Bits beyond the permissions are never set")
    func specialBits() throws {
        #expect(FileChange(mode: 0o7777).mode == 0o777)
        let root = try tree.serverRoot()
        try root.apply(FileChange(mode: 0o104_755), to: try path("/file"))
        #expect(tree.mode(of: "file") == 0o755)
    }

    @Test("A link inside is followed, a directory and the root have attributes too")
    func linksAndDirectories() throws {
        try tree.link("link", to: "file")
        try tree.makeDirectory("directory")
        let root = try tree.serverRoot()
        try root.apply(FileChange(mode: 0o611), to: try path("/link"))
        #expect(tree.mode(of: "file") == 0o611)
        let times = FileChange.Times(access: 5, modification: 6)
        try root.apply(FileChange(mode: 0o700, times: times), to: try path("/directory"))
        #expect(tree.mode(of: "directory") == 0o700)
        #expect(tree.modificationTime(of: "directory") == 6)
        try root.apply(FileChange(mode: 0o750), to: .root)
        #expect(tree.mode(of: ".") == 0o750)
    }

    @Test("What can be set is set, even when the size cannot")
    func partialFailure() throws {
        try tree.makeDirectory("directory")
        let root = try tree.serverRoot()
        let change = FileChange(size: 0, mode: 0o711)
        #expect(
            try failure { try root.apply(change, to: try path("/directory")) }?.code
                == .isDirectory
        )
        #expect(tree.mode(of: "directory") == 0o711)
    }

    @Test("A size that no file can have is refused")
    func impossibleSize() throws {
        let root = try tree.serverRoot()
        #expect(
            try failure { try root.apply(FileChange(size: .max), to: try path("/file")) }?.code
                == .fileTooLarge
        )
        #expect(tree.text(of: "file") == "content")
    }
}
