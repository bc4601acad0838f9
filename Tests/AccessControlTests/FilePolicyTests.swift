import AccessControl
import Testing

@Suite("Deciding file operations")
struct FilePolicyTests {
    @Test("Whoever holds every right may do everything", arguments: FileOperation.allCases)
    func everything(operation: FileOperation) {
        #expect(FilePolicy(rights: .all).decide(operation) == .allowed)
    }

    @Test(
        "Without the one right it needs, an operation is denied by name",
        arguments: FileOperation.allCases
    )
    func missingRight(operation: FileOperation) {
        let needed = operation.requiredRight
        let policy = FilePolicy(rights: FileRights(FileRight.allCases.filter { $0 != needed }))
        #expect(policy.decide(operation) == .denied(.missing(needed)))
    }

    @Test("With only its one right, an operation is allowed", arguments: FileOperation.allCases)
    func onlyRight(operation: FileOperation) {
        let policy = FilePolicy(rights: FileRights([.sftp, operation.requiredRight]))
        #expect(policy.decide(operation) == .allowed)
    }

    @Test("Without the right to sign in, no other right counts", arguments: FileOperation.allCases)
    func notSignedIn(operation: FileOperation) {
        let policy = FilePolicy(rights: FileRights(FileRight.allCases.filter { $0 != .sftp }))
        #expect(policy.decide(operation) == .denied(.missing(.sftp)))
        #expect(policy.decide(operation, onOwnCreation: true) == .denied(.missing(.sftp)))
        #expect(!policy.couldEverAllow(operation))
    }

    @Test("Own creations may be written, synchronised and given attributes, nothing else")
    func ownCreations() {
        let policy = FilePolicy(rights: FileRights([.sftp, .create]))
        let allowed = FileOperation.allCases.filter {
            $0.requiredRight != .create && policy.decide($0, onOwnCreation: true) == .allowed
        }
        #expect(Set(allowed) == [.writeContent, .synchronize, .changeAttributes])
    }

    @Test("What an own creation allows could be allowed to whoever may create")
    func couldEverAllow() {
        let creator = FilePolicy(rights: FileRights([.sftp, .create]))
        #expect(creator.couldEverAllow(.synchronize))
        #expect(creator.couldEverAllow(.createFile))
        #expect(!creator.couldEverAllow(.replace))
        let reader = FilePolicy(rights: FileRights([.sftp, .read]))
        #expect(!reader.couldEverAllow(.synchronize))
        #expect(reader.couldEverAllow(.fileSystemStatus))
    }

    @Test("A denial is a sentence with the permission's name", arguments: FileRight.allCases)
    func denialText(right: FileRight) {
        #expect(
            Denial.missing(right).description == "Permission denied: \(right.rawValue) is required"
        )
    }
}
