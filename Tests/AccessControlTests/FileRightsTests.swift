import AccessControl
import Testing

@Suite("File rights")
struct FileRightsTests {
    @Test("Each right is a bit of its own", arguments: FileRight.allCases)
    func distinct(right: FileRight) {
        let rights = FileRights([right])
        #expect(rights.rawValue.nonzeroBitCount == 1)
        #expect(FileRight.allCases.filter(rights.includes) == [right])
    }

    @Test("All rights are all of them, none is none")
    func allAndNone() {
        #expect(FileRight.allCases.allSatisfy(FileRights.all.includes))
        #expect(!FileRight.allCases.contains(where: FileRights().includes))
    }

    @Test("Permissions that are no file rights give nothing")
    func fromPermissions() throws {
        let permissions = PermissionSet([
            try #require(Permission("file.read")), try #require(Permission("file.sftp")),
            try #require(Permission("control.start")), try #require(Permission("file.unheard-of")),
        ])
        #expect(FileRights(from: permissions) == FileRights([.read, .sftp]))
    }

    @Test("The description lists the names in a fixed order")
    func description() {
        #expect(FileRights([.sftp, .create]).description == "file.create,file.sftp")
    }
}
