import Gatekeeper
import SubuserStore

extension Administration {
    /// Who asks, given the header of the request; nil where it names nobody.
    ///
    /// Without a header it is the panel itself. A header that cannot be resolved never is: what
    /// somebody asked in a user's name must not be done with the rights of the panel.
    func actor(
        _ caller: Caller,
        inTheNameOf name: String?
    ) async throws(AdministrationError) -> Actor? {
        guard let name else { return Actor(caller) }
        guard let reference = UserReference(name) else { return nil }
        do throws(AdministrationError) {
            let user = try await user(reference)
            // Nothing is done in the name of somebody who is shut out.
            return user.isDisabled ? nil : Actor(caller, inTheNameOf: user)
        } catch {
            guard case .store(.notFound(.user)) = error else { throw error }
            return nil
        }
    }
}
