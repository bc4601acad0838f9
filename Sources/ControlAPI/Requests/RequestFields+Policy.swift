import AccessControl
import SubuserStore

extension RequestFields {
    /// The list of what is enough to sign in; nil when absent.
    ///
    /// - Throws: `wrongType` or `invalidField`.
    func policy() throws(ControlError) -> SignInPolicy? {
        guard let texts = try texts("signIn") else { return nil }
        do throws(SignInPolicyProblem) {
            return try SignInPolicy(texts)
        } catch {
            throw .invalidField("sign_in", message: "The field 'signIn' is wrong: \(error).")
        }
    }

    /// What a change does to the policy; null takes it away.
    func policyEdit() throws(ControlError) -> PolicyEdit {
        if let policy = try policy() { return .replace(policy) }
        return isNull("signIn") ? .remove : .keep
    }
}
