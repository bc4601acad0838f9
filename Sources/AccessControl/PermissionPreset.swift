/// A bundle of permissions under one name, as panels and hosts offer them.
package enum PermissionPreset: String, CaseIterable, Sendable {
    case viewer
    case `operator`
    case developer
    case admin
    case readOnly = "read-only"
    case fullManagement = "full-management"
    case console
    case files
    case backups
    case database
    case schedules

    /// What it stands for, as names that a catalogue understands.
    package var names: [String] {
        switch self {
        case .viewer: ["activity.read"]
        case .operator: Self.viewer.names + ["control.*"]
        case .developer:
            [
                "control.*", "file.create", "file.read", "file.read-content", "file.update",
                "file.delete", "file.archive", "file.sftp", "database.*", "backup.create",
                "backup.read", "activity.read",
            ]
        case .admin: Self.developer.names + ["user.*", "settings.*"]
        case .readOnly:
            [
                "activity.read", "file.read", "database.read", "allocation.read", "startup.read",
                "schedule.read", "user.read",
            ]
        case .fullManagement:
            [
                "control.*", "user.*", "file.*", "backup.*", "allocation.*", "startup.*",
                "database.*", "schedule.*", "settings.rename", "activity.read",
            ]
        case .console: ["control.*"]
        case .files: ["file.*"]
        case .backups: ["backup.*"]
        case .database: ["database.*"]
        case .schedules: ["schedule.*"]
        }
    }

    /// Whom it is for, as one sentence.
    package var summary: String {
        switch self {
        case .viewer: "Sees the server and its activity"
        case .operator: "Runs the server: power and console"
        case .developer: "Works on the server: power, console, files, databases, new backups"
        case .admin: "A developer who also manages people and settings"
        case .readOnly: "Looks at everything and changes nothing"
        case .fullManagement: "Does everything but reinstalling the server"
        case .console: "Power and console"
        case .files: "Every file permission"
        case .backups: "Every backup permission"
        case .database: "Every database permission"
        case .schedules: "Every schedule permission"
        }
    }
}
