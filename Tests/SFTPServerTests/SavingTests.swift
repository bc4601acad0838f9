import AccessControl
import FileTestSupport
import LinuxSystem
import SFTPProtocol
import SFTPServer
import Testing

/// Saving as clients do it, by people who may create and change but not delete.
@Suite("Saving without the right to delete")
struct SavingTests {
    let tree: TemporaryTree
    let conversation: Conversation

    private static let deniedRemoval = Reply.status(
        .permissionDenied,
        "Permission denied: file.delete is required"
    )

    init() throws {
        tree = try TemporaryTree()
        try tree.write("old", to: "world.dat")
        try tree.makeDirectory("elsewhere")
        let rights = FileRights([.sftp, .read, .readContent, .create, .update])
        conversation = try Conversation(on: tree, rights: rights)
    }

    private func upload(_ path: String) throws {
        let handle = try conversation.handle(path, [.write, .create, .truncate])
        #expect(try conversation.write(handle, "new").code == .ok)
        #expect(try conversation.close(handle).code == .ok)
    }

    @Test("posix-rename puts the upload in the file's place")
    func posixRename() throws {
        try upload("/world.dat.new")
        #expect(try conversation.replace("/world.dat.new", with: "/world.dat").code == .ok)
        #expect(tree.text(of: "world.dat") == "new")
    }

    @Test(
        "REMOVE and RENAME do so too, under every name that clients use for an upload",
        arguments: [
            "/world.dat.filepart", "/world.dat.part", "/world.dat.tmp", "/world.dat-x7Qf",
            "/.giosaveKX2BV2", "/.in.world.dat", "/.world.dat.swp", "/world.dat~",
        ]
    )
    func removingFirst(upload name: String) throws {
        try upload(name)
        #expect(try conversation.remove("/world.dat").code == .ok)
        // Until the upload takes its place the file is as it was.
        #expect(tree.text(of: "world.dat") == "old")
        // GNOME gives the upload the file's mode in between.
        #expect(try conversation.setStatus(name, Attributes(permissions: 0o640)).code == .ok)
        #expect(try conversation.rename(name, to: "/world.dat").code == .ok)
        #expect(tree.text(of: "world.dat") == "new")
        #expect(!tree.exists(String(name.dropFirst())))
        let told = conversation.takeActivities()
        #expect(told.map(\.operation) == [.createFile, .writeContent, .changeAttributes, .replace])
        #expect(told.allSatisfy { $0.outcome == .done })
        // Times and mode of what was saved are set by path.
        #expect(
            try conversation.setStatus("/world.dat", Attributes(permissions: 0o640)).code == .ok
        )
    }

    @Test("Without an upload for it, a file is not removed")
    func noUpload() throws {
        #expect(try conversation.remove("/world.dat") == Self.deniedRemoval)
        try upload("/other.dat.part")
        try upload("/world.data")
        try upload("/elsewhere/world.dat.part")
        #expect(try conversation.remove("/world.dat") == Self.deniedRemoval)
        #expect(tree.text(of: "world.dat") == "old")
    }

    @Test("An upload that another channel of the session made counts, one by others does not")
    func otherChannels() throws {
        try tree.write("new", to: "world.dat.part")
        #expect(try conversation.remove("/world.dat") == Self.deniedRemoval)
        let rights = FileRights([.sftp, .create, .update])
        let creations = OwnCreations()
        let first = try Conversation(on: tree, rights: rights, creations: creations)
        let second = try Conversation(on: tree, rights: rights, creations: creations)
        let handle = try first.handle("/world.dat.tmp", [.write, .create])
        #expect(try first.write(handle, "newer").code == .ok)
        #expect(try first.close(handle).code == .ok)
        #expect(try second.remove("/world.dat").code == .ok)
        #expect(try second.rename("/world.dat.tmp", to: "/world.dat").code == .ok)
        #expect(tree.text(of: "world.dat") == "newer")
    }

    @Test("A REMOVE that no RENAME follows removes nothing, and is told as denied")
    func abandoned() throws {
        try upload("/world.dat.part")
        _ = conversation.takeActivities()
        #expect(try conversation.remove("/world.dat").code == .ok)
        #expect(try conversation.stat("/world.dat").attributes?.size == 3)
        #expect(conversation.takeActivities().map(\.outcome) == [.denied(.delete)])
        // The client has seen that the file is still there: no more was announced.
        #expect(
            try conversation.rename("/world.dat.part", to: "/world.dat").text == "File exists"
        )
        #expect(tree.text(of: "world.dat") == "old")
    }

    @Test("Once an upload has taken the file's place, removing that is denied again")
    func complete() throws {
        try upload("/world.dat.part")
        #expect(try conversation.remove("/world.dat").code == .ok)
        #expect(try conversation.rename("/world.dat.part", to: "/world.dat").code == .ok)
        #expect(try conversation.remove("/world.dat") == Self.deniedRemoval)
        // Another file under the upload's name is not the upload.
        try tree.write("other", to: "world.dat.part")
        #expect(try conversation.remove("/world.dat") == Self.deniedRemoval)
        // The next version is uploaded, and saved, as the first was.
        #expect(tree.move("world.dat.part", to: "aside") == 0)
        try upload("/world.dat.part")
        #expect(try conversation.remove("/world.dat").code == .ok)
        #expect(try conversation.rename("/world.dat.part", to: "/world.dat").code == .ok)
    }

    @Test("Of several uploads for one file any will do, by either kind of rename")
    func severalUploads() throws {
        try tree.write("old", to: "config")
        try upload("/config.part")
        try upload("/config.yml.part")
        #expect(try conversation.remove("/config").code == .ok)
        #expect(try conversation.rename("/config.part", to: "/config").code == .ok)
        try upload("/config.part")
        #expect(try conversation.remove("/config").code == .ok)
        _ = conversation.takeActivities()
        #expect(try conversation.replace("/config.part", with: "/config").code == .ok)
        #expect(conversation.takeActivities().map(\.operation) == [.replace])
        #expect(tree.text(of: "config") == "new")
    }

    @Test("Of two REMOVEs only the last announces anything")
    func announcedTwice() throws {
        try tree.write("old", to: "level.dat")
        try upload("/world.dat.part")
        try upload("/level.dat.part")
        _ = conversation.takeActivities()
        #expect(try conversation.remove("/world.dat").code == .ok)
        #expect(try conversation.remove("/level.dat").code == .ok)
        #expect(conversation.takeActivities().map(\.outcome) == [.denied(.delete)])
        #expect(
            try conversation.rename("/world.dat.part", to: "/world.dat").text == "File exists"
        )
        #expect(try conversation.rename("/level.dat.part", to: "/level.dat").code == .ok)
        #expect(tree.text(of: "level.dat") == "new")
        #expect(tree.text(of: "world.dat") == "old")
    }

    @Test("A RENAME of something else, or to somewhere else, is no more than that")
    func otherRename() throws {
        try upload("/world.dat.part")
        try tree.write("third", to: "third")
        #expect(try conversation.remove("/world.dat").code == .ok)
        #expect(try conversation.rename("/third", to: "/world.dat").text == "File exists")
        #expect(try conversation.remove("/world.dat").code == .ok)
        #expect(try conversation.rename("/world.dat.part", to: "/third").text == "File exists")
        #expect(tree.text(of: "world.dat") == "old")
        #expect(tree.text(of: "third") == "third")
    }

    @Test("A channel that ends after the REMOVE leaves the file, and says so")
    func ended() throws {
        try upload("/world.dat.part")
        _ = conversation.takeActivities()
        #expect(try conversation.remove("/world.dat").code == .ok)
        conversation.closeAll()
        #expect(tree.text(of: "world.dat") == "old")
        #expect(conversation.takeActivities().map(\.outcome) == [.denied(.delete)])
    }

    @Test("Directories, links and the upload itself are not replaced this way")
    func otherKinds() throws {
        try tree.makeDirectory("directory")
        try upload("/directory.part")
        #expect(try conversation.remove("/directory") == Self.deniedRemoval)
        try tree.link("link", to: "world.dat")
        try upload("/link.part")
        #expect(try conversation.remove("/link") == Self.deniedRemoval)
        #expect(try conversation.remove("/link.part") == Self.deniedRemoval)
        #expect(tree.target(of: "link") == "world.dat")
    }

    @Test("Who may not change files gets no further than the upload")
    func withoutUpdate() throws {
        let creator = try Conversation(on: tree, rights: FileRights([.sftp, .create]))
        let handle = try creator.handle("/world.dat.part", [.write, .create])
        #expect(try creator.close(handle).code == .ok)
        #expect(try creator.remove("/world.dat") == Self.deniedRemoval)
        #expect(
            try creator.rename("/world.dat.part", to: "/world.dat").text
                == "Permission denied: file.update is required"
        )
        #expect(tree.text(of: "world.dat") == "old")
    }

    @Test("Who may delete really deletes")
    func withDelete() throws {
        let owner = try Conversation(on: tree)
        let handle = try owner.handle("/world.dat.part", [.write, .create])
        #expect(try owner.close(handle).code == .ok)
        #expect(try owner.remove("/world.dat").code == .ok)
        #expect(!tree.exists("world.dat"))
    }

    @Test("Who may only create sets mode and times of what they made, by path, and no size")
    func attributesOfOwnCreations() throws {
        let creator = try Conversation(on: tree, rights: FileRights([.sftp, .create]))
        let handle = try creator.handle("/made", [.write, .create])
        #expect(try creator.close(handle).code == .ok)
        #expect(try creator.makeDirectory("/folder").code == .ok)
        let change = Attributes(
            permissions: 0o700,
            times: Attributes.Times(access: 1, modification: 2)
        )
        for name in ["made", "folder"] {
            #expect(try creator.setStatus("/" + name, change).code == .ok)
            #expect(tree.mode(of: name) == 0o700)
            #expect(tree.modificationTime(of: name) == 2)
        }
        let denied = Reply.status(
            .permissionDenied,
            "Permission denied: file.update is required"
        )
        #expect(try creator.setStatus("/made", Attributes(size: 0)) == denied)
        #expect(try creator.setStatus("/world.dat", change) == denied)
        #expect(try creator.setStatus("/missing", change) == denied)
        // Another file under the same name is not what they made.
        try tree.write("other", to: "other")
        #expect(tree.move("other", to: "made") == 0)
        #expect(try creator.setStatus("/made", change) == denied)
        // And a link to somebody else's leads to nothing of theirs.
        try tree.link("link", to: "world.dat")
        #expect(try creator.setStatus("/link", change) == denied)
    }

    @Test("Only the last things made are remembered")
    func bounded() throws {
        let creator = try Conversation(on: tree, rights: FileRights([.sftp, .create]))
        for number in 0..<20 {
            let handle = try creator.handle("/made\(number)", [.write, .create])
            #expect(try creator.close(handle).code == .ok)
        }
        let change = Attributes(permissions: 0o600)
        #expect(try creator.setStatus("/made19", change).code == .ok)
        #expect(try creator.setStatus("/made4", change).code == .ok)
        #expect(try creator.setStatus("/made3", change).code == .permissionDenied)
    }
}
