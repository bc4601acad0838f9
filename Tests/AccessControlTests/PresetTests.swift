import AccessControl
import Testing

@Suite("Presets, groups and additions")
struct PresetTests {
    private let catalogue = PermissionCatalogue.standard

    private func names(_ given: String...) -> [String] {
        catalogue.select(given).permissions.names
    }

    struct Expected: CustomTestStringConvertible, Sendable {
        let preset: PermissionPreset
        let names: [String]
        var testDescription: String { preset.rawValue }
    }

    private static let control = [
        "control.console", "control.restart", "control.start", "control.stop",
    ]
    private static let database = [
        "database.create", "database.delete", "database.read", "database.update",
        "database.view_password",
    ]
    private static let files = [
        "file.archive", "file.create", "file.delete", "file.read", "file.read-content", "file.sftp",
        "file.update",
    ]
    private static let trash = ["file.trash-empty", "file.trash-read"]
    private static let people = ["user.create", "user.delete", "user.read", "user.update"]
    private static let backups = [
        "backup.create", "backup.delete", "backup.download", "backup.read", "backup.restore",
        "backup.update",
    ]
    private static let schedules = [
        "schedule.create", "schedule.delete", "schedule.read", "schedule.update",
    ]

    @Test(
        "Each preset gives exactly what it says",
        arguments: [
            Expected(preset: .viewer, names: ["activity.read"]),
            Expected(preset: .operator, names: ["activity.read"] + control),
            Expected(
                preset: .developer,
                names: control + files + database + [
                    "backup.create", "backup.read", "activity.read",
                ]
            ),
            Expected(
                preset: .admin,
                names: control + files + database + people
                    + ["backup.create", "backup.read", "activity.read"]
                    + ["settings.rename", "settings.reinstall"]
            ),
            Expected(
                preset: .readOnly,
                names: [
                    "activity.read", "file.read", "database.read", "allocation.read",
                    "startup.read", "schedule.read", "user.read",
                ]
            ),
            Expected(
                preset: .fullManagement,
                names: control + people + files + trash + backups + database + schedules
                    + [
                        "allocation.create", "allocation.delete", "allocation.read",
                        "allocation.update", "startup.command", "startup.docker-image",
                        "startup.read", "startup.software", "startup.update", "settings.rename",
                        "activity.read",
                    ]
            ),
            Expected(preset: .console, names: control),
            Expected(preset: .files, names: files + trash),
            Expected(preset: .backups, names: backups),
            Expected(preset: .database, names: database),
            Expected(preset: .schedules, names: schedules),
        ]
    )
    func presets(expected: Expected) {
        #expect(
            names(expected.preset.rawValue) == (expected.names + ["websocket.connect"]).sorted()
        )
        #expect(!expected.preset.summary.isEmpty)
    }

    @Test("A group stands for all of it, an asterisk for everything, each name for itself once")
    func groups() {
        #expect(names("control.*") == Self.control + ["websocket.connect"])
        #expect(names("*") == catalogue.all.names)
        #expect(names("*").contains("settings.reinstall"))
        #expect(names("file.*", "file.read", "viewer", "file.*").count == 9 + 2)
        #expect(names() == ["websocket.connect"])
    }

    @Test("What stands for nothing is reported, once")
    func unknown() {
        let selection = catalogue.select(["nothing.*", "*.read", "Viewer", ".*", "nothing.*", "**"])
        #expect(selection.permissions.names == ["websocket.connect"])
        #expect(selection.unknown == ["nothing.*", "*.read", "Viewer", ".*", "**"])
    }

    @Test("Names that the configuration adds are known like all others")
    func additions() throws {
        let additions = try [
            "plugin.install Install plugins", "file.preview", "file.read Other words",
        ]
        .map { try #require(PermissionCatalogue.Addition($0)) }
        let larger = catalogue.adding(additions + additions)
        #expect(
            larger.select(["plugin.*"]).permissions.names == [
                "plugin.install", "websocket.connect",
            ]
        )
        #expect(larger.select(["file.*"]).permissions.names.contains("file.preview"))
        #expect(larger.select(["files"]).permissions.names.contains("file.preview"))
        #expect(larger.all.count == catalogue.all.count + 2)
        let entries = larger.groups.flatMap(\.entries)
        #expect(
            entries.first { $0.permission.name == "plugin.install" }?.summary == "Install plugins"
        )
        #expect(
            entries.first { $0.permission.name == "file.read" }?.summary
                == catalogue.groups.flatMap(\.entries)
                .first { $0.permission.name == "file.read" }?.summary
        )
        // Elsewhere they are not known.
        #expect(catalogue.select(["plugin.install"]).unknown == ["plugin.install"])
    }

    @Test(
        "An addition is a well-formed name",
        arguments: ["", " ", "plugin", "Plugin.install", "plugin.* all", ".x", " plugin.install"]
    )
    func malformedAdditions(text: String) {
        // A blank in front of a name is no part of it.
        #expect((PermissionCatalogue.Addition(text) == nil) == (text != " plugin.install"))
    }

    @Test("The sensitive ones are marked")
    func sensitive() {
        let sensitive = catalogue.groups.flatMap(\.entries).filter(\.isSensitive)
        #expect(
            sensitive.map(\.permission.name).sorted() == [
                "backup.download", "backup.restore", "database.view_password",
                "settings.reinstall", "startup.docker-image",
            ]
        )
    }

    @Test("Sets are joined and subtracted")
    func sets() {
        let (one, two) = (catalogue.permissions(of: .viewer), catalogue.permissions(of: .console))
        #expect(one.union(two) == catalogue.permissions(of: .operator))
        #expect(one.union(two).subtracting(one).names == Self.control)
        #expect(one.subtracting(one).isEmpty)
    }
}
