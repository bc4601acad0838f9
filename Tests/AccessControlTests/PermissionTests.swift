import AccessControl
import Testing

@Suite("Permissions")
struct PermissionTests {
    @Test(
        "Well-formed names are accepted as they are",
        arguments: ["file.read-content", "database.view_password", "a.b", "x1.y2"]
    )
    func wellFormed(name: String) {
        #expect(Permission(name)?.name == name)
    }

    @Test(
        "Anything else is no permission",
        arguments: [
            "", ".", "file", "file.", ".read", "file.read.all", "File.read", "file.re ad", "file.*",
            "file.read\n", "file.ré", String(repeating: "a", count: 63) + ".b",
        ]
    )
    func malformed(name: String) {
        #expect(Permission(name) == nil)
    }

    @Test("A name of 64 bytes is the longest")
    func longest() {
        #expect(Permission(String(repeating: "a", count: 62) + ".b") != nil)
    }

    @Test("Every name in the catalogue is well-formed and there once")
    func catalogueNames() {
        let names = PermissionCatalogue.standard.groups.flatMap {
            $0.entries.map(\.permission.name)
        }
        #expect(names.allSatisfy { Permission($0) != nil })
        #expect(Set(names).count == names.count)
    }

    @Test("Entries stand in the group that their name begins with")
    func catalogueGroups() {
        for group in PermissionCatalogue.standard.groups {
            #expect(!group.summary.isEmpty)
            #expect(group.entries.allSatisfy { $0.permission.name.hasPrefix(group.name + ".") })
            #expect(group.entries.allSatisfy { !$0.summary.isEmpty })
        }
    }

    @Test("The catalogue knows every file right", arguments: FileRight.allCases)
    func catalogueKnowsFileRights(right: FileRight) {
        #expect(PermissionCatalogue.standard.contains(right.permission))
    }

    @Test("Selecting keeps what is known, once, and reports the rest in order")
    func selection() {
        let selection = PermissionCatalogue.standard.select([
            "file.read", "nonsense", "file.read", "file.unheard-of", "Bad Name",
        ])
        #expect(selection.permissions.names == ["file.read", "websocket.connect"])
        #expect(selection.unknown == ["nonsense", "file.unheard-of", "Bad Name"])
    }

    @Test("A hundred thousand names are read, each of them once", .timeLimit(.minutes(1)))
    func manyNames() {
        let strange = (0..<100_000).map { "nonsense.\($0)" }
        let known = Array(repeating: "*", count: 100_000)
        let selection = PermissionCatalogue.standard.select(strange + known + strange)
        #expect(selection.unknown == strange)
        #expect(selection.permissions == PermissionCatalogue.standard.select(["*"]).permissions)
    }

    @Test("A set knows its members and its subsets")
    func sets() throws {
        let read = try #require(Permission("file.read"))
        let sftp = try #require(Permission("file.sftp"))
        var set = PermissionSet([read])
        #expect(set.contains(read))
        #expect(!set.contains(sftp))
        set.insert(sftp)
        set.insert(sftp)
        #expect(set.count == 2)
        #expect(PermissionSet([read]).isSubset(of: set))
        #expect(!set.isSubset(of: PermissionSet([read])))
        #expect(PermissionSet.none.isSubset(of: .none))
    }
}
