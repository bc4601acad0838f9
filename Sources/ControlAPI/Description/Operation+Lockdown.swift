import SubuserStore

/// Closing and opening the whole host.
extension Operation {
    static let showLockdown = Operation(
        .get,
        "showLockdown",
        "Shows whether the host is closed; `null` while it is open.",
        answers: .ok(["lockdown": .reference(.lockdown).orNull]),
        errors: ControlError.ofStore
    )

    static let lock = Operation(
        .put,
        "lock",
        "Lets nobody sign in any more and ends every session; the same again changes nothing.",
        body: .json(
            .request(
                optional: [
                    "text": .displayName.described("Told to people who would be let in otherwise.")
                ]
            )
        ),
        answers: .ok([
            "lockdown": .reference(.lockdown), "revocation": .reference(.revocation),
        ]),
        errors: ControlError.ofStore + [.invalid(.displayName)]
    )

    static let unlock = Operation(
        .delete,
        "unlock",
        "Lets people sign in again.",
        answers: .ok(["lockdown": .only(.null), "revocation": .reference(.revocation)]),
        errors: ControlError.ofStore
    )
}
