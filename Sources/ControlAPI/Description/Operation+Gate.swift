import SubuserStore

/// What is said about the gate itself.
extension Operation {
    static let health = Operation(
        .get,
        "health",
        "Says that the gate works and can read its store.",
        answers: .ok(["status": .only("ok"), "version": .text, "sessions": .count]),
        errors: ControlError.ofStore
    )

    static let description = Operation(
        .get,
        "description",
        "Answers this document.",
        answers: Success(200, .anyObject)
    )

    static let listPermissions = Operation(
        .get,
        "listPermissions",
        "Lists the permissions that exist here, and the presets.",
        answers: .ok([
            "groups": .list(of: .reference(.permissionGroup)),
            "presets": .list(of: .reference(.permissionPreset)),
        ])
    )
}
