/// What came out of reading a list of names that somebody gave.
package struct PermissionSelection: Equatable, Sendable {
    /// The known permissions among them, each once.
    package var permissions: PermissionSet
    /// The names that mean nothing here, each once, in the order given.
    package var unknown: [String]
}

extension PermissionCatalogue {
    /// Sorts `names` into known permissions and unknown names.
    ///
    /// A name is a permission (`file.read`), a whole group (`file.*`), everything (`*`) or a preset
    /// (`operator`). What it stands for is what it stands for now: permissions that are added to the
    /// catalogue later do not come to those who were given a group before.
    /// `websocket.connect` is always among the result: panels give it to every subuser.
    package func select(_ names: [String]) -> PermissionSelection {
        var selection = PermissionSelection(permissions: .none, unknown: [])
        selection.permissions.insert(.websocketConnect)
        // There may be a hundred thousand, most of them again and again.
        var seen: Set<String> = []
        for name in names where seen.insert(name).inserted {
            let meant = permissions(named: name)
            if meant.isEmpty { selection.unknown.append(name) }
            for permission in meant { selection.permissions.insert(permission) }
        }
        return selection
    }

    /// What a preset gives here, `websocket.connect` included.
    package func permissions(of preset: PermissionPreset) -> PermissionSet {
        select(preset.names).permissions
    }

    private func permissions(named name: String) -> [Permission] {
        if name == "*" { return all.sorted }
        if let preset = PermissionPreset(rawValue: name) { return permissions(of: preset).sorted }
        if name.hasSuffix(".*") {
            let group = groups.first { $0.name == name.dropLast(2) }
            return group?.entries.map(\.permission) ?? []
        }
        guard let permission = Permission(name), contains(permission) else { return [] }
        return [permission]
    }
}

extension Permission {
    /// Lets a subuser see the server at all; every assignment has it.
    package static let websocketConnect = Permission(trusted: "websocket.connect")

    /// Lets a subuser read what happened on the server.
    package static let activityRead = Permission(trusted: "activity.read")
}
