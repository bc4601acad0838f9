extension PermissionCatalogue {
    /// What the panels that this gate serves agree on.
    package static let standard = PermissionCatalogue(groups: [
        group(
            "websocket",
            "Seeing the server in the panel",
            [
                ("connect", "See the server with its console output and figures")
            ]
        ),
        group(
            "control",
            "Power and console",
            [
                ("console", "Send commands to the console"),
                ("start", "Start the server"),
                ("stop", "Stop the server"),
                ("restart", "Restart the server"),
            ]
        ),
        group(
            "user",
            "Other people on this server",
            [
                ("create", "Add subusers"),
                ("read", "See subusers and their permissions"),
                ("update", "Change the permissions of subusers"),
                ("delete", "Remove subusers"),
            ]
        ),
        group(
            "file",
            "Files of the server",
            [
                ("create", "Make new files and directories"),
                ("read", "List directories, without the content of files"),
                ("read-content", "Read and download the content of files"),
                ("update", "Change existing files, their names and attributes"),
                ("delete", "Delete files and directories"),
                ("archive", "Pack files into archives and unpack them"),
                ("sftp", "Sign in over SFTP; the other file permissions still decide"),
                ("trash-read", "See what is in the trash"),
                ("trash-empty", "Empty the trash for good"),
            ]
        ),
        group(
            "backup",
            "Backups",
            [
                ("create", "Make backups"),
                ("read", "List backups"),
                ("delete", "Delete backups"),
                ("download", "Download backups, and with them every file"),
                ("restore", "Restore backups, which can overwrite every file"),
                ("update", "Rename and lock backups"),
            ]
        ),
        group(
            "allocation",
            "Addresses and ports",
            [
                ("read", "See the addresses and ports"),
                ("create", "Add ports"),
                ("update", "Choose the primary port and edit notes"),
                ("delete", "Remove ports"),
            ]
        ),
        group(
            "startup",
            "Start-up settings",
            [
                ("read", "See the start-up settings"),
                ("update", "Change start-up variables"),
                ("command", "Change the start-up command"),
                ("docker-image", "Choose the container image"),
                ("software", "Change the server software"),
            ]
        ),
        group(
            "database",
            "Databases",
            [
                ("create", "Make databases"),
                ("read", "List databases"),
                ("update", "Rotate database passwords"),
                ("delete", "Delete databases"),
                ("view_password", "See database passwords"),
            ]
        ),
        group(
            "schedule",
            "Scheduled tasks",
            [
                ("create", "Make schedules"),
                ("read", "See schedules"),
                ("update", "Change schedules"),
                ("delete", "Delete schedules"),
            ]
        ),
        group(
            "settings",
            "Server settings",
            [
                ("rename", "Rename the server"),
                ("reinstall", "Reinstall the server, which can delete files"),
            ]
        ),
        group(
            "activity",
            "Activity log",
            [
                ("read", "Read the activity log")
            ]
        ),
        group(
            "proxy",
            "Reverse proxies",
            [
                ("read", "See proxies"),
                ("create", "Add proxies"),
                ("update", "Change proxies"),
                ("delete", "Remove proxies"),
            ]
        ),
        group(
            "network",
            "Network figures",
            [
                ("read", "See network figures")
            ]
        ),
        group(
            "migration",
            "Moving the server",
            [
                ("read", "See migrations"),
                ("create", "Start migrations"),
            ]
        ),
        group(
            "health",
            "Health checks",
            [
                ("read", "See health checks")
            ]
        ),
    ])

    /// Those that expose or destroy everything, or run code.
    private static let sensitive: Set<String> = [
        "backup.download",
        "backup.restore",
        "startup.docker-image",
        "database.view_password",
        "settings.reinstall",
    ]

    private static func group(
        _ name: String,
        _ summary: String,
        _ actions: [(name: String, summary: String)]
    ) -> Group {
        let entries = actions.map { action in
            let name = "\(name).\(action.name)"
            return Entry(
                permission: Permission(trusted: name),
                summary: action.summary,
                isSensitive: sensitive.contains(name)
            )
        }
        return Group(name: name, summary: summary, entries: entries)
    }
}
