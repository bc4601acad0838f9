import Logging
import PasswordHashing
import SessionLink
import SubuserStore

extension Gate {
    /// Replaces a stored hash that is not what new ones are, by one of the password that was just
    /// found to be the one behind it.
    ///
    /// Nobody waits for it. The hash is made in the gate's own turn among those that guess, and
    /// stored only if the old one still is: whatever somebody has changed meanwhile stays.
    func renew(_ stored: String, of user: UserID, with password: Secret) {
        guard options.renewsHashes, let old = try? PasswordHash(stored),
            RenewedHashes.isDue(
                old,
                at: passwords.cost,
                passwordLength: password.withBytes(\.count)
            ),
            renewed.begin(stored)
        else { return }
        Task(name: "renew password hash") {
            defer { renewed.finish(stored) }
            // Where the host is too busy for it, the next sign-in is another chance.
            guard let new = await passwords.hash(password) else { return }
            // Announced before it is stored, so that there is no moment between the two.
            renewed.announce(new.text, of: stored)
            let isReplaced: Bool
            do throws(StoreError) {
                isReplaced = try await store.replacePasswordHash(stored, of: user, by: new.text)
            } catch {
                logger.error("the store cannot be written", metadata: ["error": "\(error)"])
                return
            }
            guard isReplaced else {
                renewed.withdraw(stored)
                logger.debug(
                    "password hash not renewed: it was changed meanwhile",
                    metadata: ["user": "\(user)"]
                )
                return
            }
            for process in sessions.values where process.identity?.userID == user {
                guard let granted = process.granted else { continue }
                process.granted?.proofs = renewed.current(granted.proofs, beside: new.text)
            }
            logger.info(
                "password hash renewed",
                metadata: ["user": "\(user)", "from": "\(old.scheme)", "to": "\(new.scheme)"]
            )
        }
    }
}
