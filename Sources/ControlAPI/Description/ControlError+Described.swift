import Gatekeeper
import SubuserStore

/// Errors as operations list them: only their status and code count.
extension ControlError {
    /// What may happen wherever the store is asked.
    static let ofStore: [ControlError] = [
        .administration(.store(.locked(path: ""))),
        .administration(.store(.damaged(path: "", detail: ""))),
        .administration(.store(.fromNewerVersion(path: ""))),
        .administration(.store(.unusable(path: "", detail: ""))),
    ]

    static func missing(_ subject: StoreError.Subject) -> ControlError {
        .administration(.store(.notFound(subject)))
    }

    static func taken(_ field: StoreError.UniqueField) -> ControlError {
        .administration(.store(.alreadyExists(field)))
    }

    static func invalidField(_ name: String) -> ControlError {
        .invalidField(name, message: "")
    }
}
