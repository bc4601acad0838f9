package import AccessControl
package import SubuserStore

extension JSONValue {
    /// A policy as the list of what is enough; null for none.
    package init(_ policy: SignInPolicy?) {
        self = policy.map { .texts($0.texts) } ?? .null
    }

    /// A policy that became another one.
    static func change(from old: SignInPolicy?, to new: SignInPolicy?) -> JSONValue {
        .object(["old": JSONValue(old), "new": JSONValue(new)])
    }
}
