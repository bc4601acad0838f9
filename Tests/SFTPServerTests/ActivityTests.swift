import AccessControl
import FileTestSupport
import SFTPProtocol
import Testing
import WireFormat

@Suite("What the activity log is told")
struct ActivityTests {
    let tree: TemporaryTree
    let conversation: Conversation

    init() throws {
        tree = try TemporaryTree()
        try tree.write("content", to: "file")
        conversation = try Conversation(on: tree)
    }

    @Test("A transfer is told when its handle closes, reading and writing apart")
    func transfers() throws {
        let handle = try conversation.handle("file", [.read, .write])
        _ = try conversation.read(handle)
        _ = try conversation.read(handle, at: 3)
        _ = try conversation.write(handle, "123")
        #expect(conversation.takeActivities().isEmpty)
        _ = try conversation.close(handle)
        #expect(
            conversation.takeActivities() == [
                FileActivity(operation: .readContent, path: "/file", byteCount: 11),
                FileActivity(operation: .writeContent, path: "/file", byteCount: 3),
            ]
        )
        #expect(conversation.takeActivities().isEmpty)
    }

    @Test("A new file is told when it is made, its content when it closes")
    func creating() throws {
        let handle = try conversation.handle("/new", [.write, .create])
        #expect(
            conversation.takeActivities()
                == [FileActivity(operation: .createFile, path: "/new")]
        )
        _ = try conversation.write(handle, "12345")
        _ = try conversation.close(handle)
        #expect(
            conversation.takeActivities()
                == [FileActivity(operation: .writeContent, path: "/new", byteCount: 5)]
        )
    }

    @Test("A handle through which nothing moved is not told, unless content was dropped")
    func nothingMoved() throws {
        _ = try conversation.close(try conversation.handle("/file", .read))
        _ = try conversation.close(try conversation.handle("/file", .write))
        #expect(conversation.takeActivities().isEmpty)
        _ = try conversation.close(try conversation.handle("/file", [.write, .truncate]))
        #expect(
            conversation.takeActivities()
                == [FileActivity(operation: .writeContent, path: "/file", byteCount: 0)]
        )
    }

    @Test("Transfers under way are told when the session ends")
    func ending() throws {
        let first = try conversation.handle("/file", .read)
        let second = try conversation.handle("/new", [.write, .create])
        _ = try conversation.read(first)
        _ = try conversation.write(second, "12")
        _ = conversation.takeActivities()
        conversation.closeAll()
        #expect(
            conversation.takeActivities() == [
                FileActivity(operation: .readContent, path: "/file", byteCount: 7),
                FileActivity(operation: .writeContent, path: "/new", byteCount: 2),
            ]
        )
        #expect(try conversation.read(first).text == "Invalid handle")
    }

    @Test("Every change is told with the paths inside the server")
    func changes() throws {
        _ = try conversation.makeDirectory("made/")
        _ = try conversation.rename("file", to: "made/../renamed")
        _ = try conversation.setStatus("renamed", Attributes(permissions: 0o600))
        _ = try conversation.symbolicLink("renamed", "link")
        _ = try conversation.replace("renamed", with: "/made/file")
        _ = try conversation.remove("/made/file")
        _ = try conversation.removeDirectory("made")
        #expect(
            conversation.takeActivities() == [
                FileActivity(operation: .makeDirectory, path: "/made"),
                FileActivity(operation: .rename, path: "/file", secondPath: "/renamed"),
                FileActivity(operation: .changeAttributes, path: "/renamed"),
                FileActivity(operation: .makeSymbolicLink, path: "/link", secondPath: "renamed"),
                FileActivity(operation: .replace, path: "/renamed", secondPath: "/made/file"),
                FileActivity(operation: .removeFile, path: "/made/file"),
                FileActivity(operation: .removeDirectory, path: "/made"),
            ]
        )
    }

    @Test("What failed, and what only looks, is not told")
    func notTold() throws {
        _ = try conversation.remove("/missing")
        _ = try conversation.rename("/missing", to: "/x")
        _ = try conversation.makeDirectory("/file")
        _ = try conversation.stat("/file")
        _ = try conversation.list("/")
        let times = Attributes.Times(access: 1, modification: 1)
        _ = try conversation.setStatus("/file", Attributes(times: times))
        #expect(conversation.takeActivities().isEmpty)
    }

    @Test("A denial is told with the right that was missing; repeated at once, only once")
    func denials() throws {
        let conversation = try Conversation(on: tree, rights: FileRights([.sftp, .create]))
        for _ in 0..<5 { _ = try conversation.remove("/file") }
        _ = try conversation.stat("/file")
        _ = try conversation.makeDirectory("/made")
        _ = try conversation.stat("/file")
        _ = try conversation.rename("/file", to: "/x")
        #expect(
            conversation.takeActivities() == [
                FileActivity(operation: .removeFile, path: "/file", outcome: .denied(.delete)),
                FileActivity(operation: .readAttributes, path: "/file", outcome: .denied(.read)),
                FileActivity(operation: .makeDirectory, path: "/made"),
                FileActivity(operation: .readAttributes, path: "/file", outcome: .denied(.read)),
                FileActivity(
                    operation: .rename,
                    path: "/file",
                    secondPath: "/x",
                    outcome: .denied(.update)
                ),
            ]
        )
        #expect(tree.exists("file"))
    }
}
