import AccessControl
import FileTestSupport
import SFTPProtocol
import Testing

/// Every operation of the catalogue, first with every right, then with the one it needs missing.
@Suite("What each right allows")
struct PermissionMatrixTests {
    /// One operation as a client performs it, and its trace on the disk.
    struct Attempt {
        /// Sends the request that is being decided and returns its reply.
        let perform: (Conversation) throws -> Reply
        /// Whether the disk shows that it was done; nil for what leaves no trace.
        let isDone: ((TemporaryTree) -> Bool)?
    }

    private func attempt(_ operation: FileOperation) -> Attempt {
        switch operation {
        case .list:
            Attempt(perform: { try $0.openDirectory("/directory") }, isDone: nil)
        case .readAttributes:
            Attempt(perform: { try $0.stat("/file") }, isDone: nil)
        case .readLink:
            Attempt(perform: { try $0.readLink("/link") }, isDone: nil)
        case .fileSystemStatus:
            Attempt(perform: { try $0.fileSystemStatus("/") }, isDone: nil)
        case .openForReading:
            Attempt(perform: { try $0.open("/file", .read) }, isDone: nil)
        case .readContent:
            // A handle for both is given to whoever may write.
            Attempt(
                perform: { try $0.read(try $0.handle("/file", [.read, .write])) },
                isDone: nil
            )
        case .openForWriting:
            Attempt(
                perform: { try $0.open("/file", [.write, .create, .truncate]) },
                isDone: { $0.text(of: "file") == "" }
            )
        case .createFile:
            Attempt(
                perform: { try $0.open("/new", [.write, .create]) },
                isDone: { $0.exists("new") }
            )
        case .writeContent:
            Attempt(
                perform: { conversation in
                    let writable = try conversation.open("/file", [.read, .write]).handle
                    // Whoever may not write gets no such handle; try with one for reading.
                    let handle = try writable ?? conversation.handle("/file", .read)
                    return try conversation.write(handle, "changed")
                },
                isDone: { $0.text(of: "file") == "changed" }
            )
        case .synchronize:
            Attempt(perform: { try $0.synchronize(try $0.handle("/file", .read)) }, isDone: nil)
        case .changeAttributes:
            Attempt(
                perform: { try $0.setStatus("/file", Attributes(permissions: 0o600)) },
                isDone: { $0.mode(of: "file") == 0o600 }
            )
        case .makeDirectory:
            Attempt(
                perform: { try $0.makeDirectory("/made") },
                isDone: { $0.isDirectory("made") }
            )
        case .removeFile:
            Attempt(perform: { try $0.remove("/file") }, isDone: { !$0.exists("file") })
        case .removeDirectory:
            Attempt(
                perform: { try $0.removeDirectory("/directory") },
                isDone: { !$0.exists("directory") }
            )
        case .rename:
            Attempt(
                perform: { try $0.rename("/file", to: "/renamed") },
                isDone: { $0.exists("renamed") && !$0.exists("file") }
            )
        case .replace:
            Attempt(
                perform: { try $0.replace("/file", with: "/other") },
                isDone: { $0.text(of: "other") == "content" && !$0.exists("file") }
            )
        case .makeSymbolicLink:
            Attempt(
                perform: { try $0.symbolicLink("file", "/made") },
                isDone: { $0.target(of: "made") == "file" }
            )
        case .makeHardLink:
            Attempt(
                perform: { try $0.makeHardLink("/file", at: "/made") },
                isDone: { $0.text(of: "made") == "content" }
            )
        case .digestContent:
            Attempt(perform: { try $0.checkFile("/file", "md5") }, isDone: nil)
        }
    }

    private func makeTree() throws -> TemporaryTree {
        let tree = try TemporaryTree()
        try tree.write("content", to: "file")
        try tree.setMode(0o644, of: "file")
        try tree.write("another", to: "other")
        try tree.makeDirectory("directory")
        try tree.link("link", to: "file")
        return tree
    }

    @Test(
        "An operation works with its right and is denied without, by name",
        arguments: FileOperation.allCases
    )
    func matrix(operation: FileOperation) throws {
        let attempt = attempt(operation)

        let allowedTree = try makeTree()
        let allowed = try attempt.perform(try Conversation(on: allowedTree))
        #expect(allowed.code == nil || allowed.code == .ok)
        if let isDone = attempt.isDone { #expect(isDone(allowedTree)) }

        let needed = operation.requiredRight
        let rights = FileRights(FileRight.allCases.filter { $0 != needed })
        let deniedTree = try makeTree()
        let conversation = try Conversation(on: deniedTree, rights: rights)
        #expect(
            try attempt.perform(conversation)
                == .status(.permissionDenied, "Permission denied: \(needed.rawValue) is required")
        )
        if let isDone = attempt.isDone { #expect(!isDone(deniedTree)) }
        #expect(deniedTree.text(of: "file") == "content")
        #expect(deniedTree.mode(of: "file") == 0o644)
        #expect(conversation.takeActivities().last?.outcome == .denied(needed))
    }

    @Test("An operation works with no right but its own", arguments: FileOperation.allCases)
    func sufficiency(operation: FileOperation) throws {
        // These need a handle, which takes a right of its own; they have tests below.
        guard ![.readContent, .synchronize].contains(operation) else { return }
        let rights: FileRights
        rights = FileRights([.sftp, operation.requiredRight])
        let tree = try makeTree()
        let attempt = attempt(operation)
        let reply = try attempt.perform(try Conversation(on: tree, rights: rights))
        #expect(reply.code == nil || reply.code == .ok)
        if let isDone = attempt.isDone { #expect(isDone(tree)) }
    }

    @Test(
        "Without the right to be here every request is denied for that reason",
        arguments: FileOperation.allCases
    )
    func nobody(operation: FileOperation) throws {
        let tree = try makeTree()
        let conversation = try Conversation(
            on: tree,
            rights: FileRights(FileRight.allCases.filter { $0 != .sftp })
        )
        // Those that start from a handle cannot even get one.
        guard ![.readContent, .writeContent, .synchronize].contains(operation) else {
            #expect(try conversation.open("/file", [.read, .write]).code == .permissionDenied)
            return
        }
        #expect(
            try attempt(operation).perform(conversation).text
                == "Permission denied: file.sftp is required"
        )
    }

    @Test("A person who may only create fills what they made, and nothing else")
    func ownCreation() throws {
        let tree = try makeTree()
        let conversation = try Conversation(on: tree, rights: FileRights([.sftp, .create]))
        let handle = try conversation.handle("/new", [.read, .write, .create])
        #expect(try conversation.write(handle, "mine").code == .ok)
        #expect(try conversation.synchronize(handle).code == .ok)
        #expect(
            try conversation.setFileStatus(handle, Attributes(permissions: 0o600)).code == .ok
        )
        #expect(tree.text(of: "new") == "mine")
        #expect(tree.mode(of: "new") == 0o600)
        #expect(
            try conversation.read(handle).text
                == "Permission denied: file.read-content is required"
        )
        #expect(
            try conversation.fileStatus(handle).text == "Permission denied: file.read is required"
        )
        #expect(try conversation.close(handle).code == .ok)
        // Once closed, its content is that of a file like any other.
        #expect(
            try conversation.open("/new", [.write, .create]).text
                == "Permission denied: file.update is required"
        )
        #expect(
            try conversation.setStatus("/new", Attributes(size: 0)).text
                == "Permission denied: file.update is required"
        )
        #expect(tree.text(of: "new") == "mine")
    }

    @Test("A handle for both, held by a person who may not read, writes and does not read")
    func writingWithoutReading() throws {
        let tree = try makeTree()
        let conversation = try Conversation(on: tree, rights: FileRights([.sftp, .update]))
        let handle = try conversation.handle("/file", [.read, .write])
        #expect(try conversation.write(handle, "CON").code == .ok)
        #expect(
            try conversation.read(handle).text
                == "Permission denied: file.read-content is required"
        )
        #expect(tree.text(of: "file") == "CONtent")
    }

    @Test("A person who may not change a file gets no handle for both")
    func readingWithoutWriting() throws {
        let tree = try makeTree()
        let conversation = try Conversation(on: tree, rights: FileRights([.sftp, .readContent]))
        #expect(
            try conversation.open("/file", [.read, .write]).text
                == "Permission denied: file.update is required"
        )
        let handle = try conversation.handle("/file", .read)
        #expect(try conversation.read(handle).content == "content")
    }

    @Test(
        "Opening for writing in any form needs the right to change what exists",
        arguments: [.write, .append, .truncate, [.read, .append], [.read, .truncate, .create]]
            as [OpenFlags]
    )
    func waysToWrite(flags: OpenFlags) throws {
        let tree = try makeTree()
        let all = try Conversation(on: tree)
        #expect(try all.open("/other", flags).handle != nil)
        let conversation = try Conversation(
            on: tree,
            rights: FileRights(FileRight.allCases.filter { $0 != .update })
        )
        #expect(
            try conversation.open("/file", flags).text
                == "Permission denied: file.update is required"
        )
        #expect(tree.text(of: "file") == "content")
    }
}
