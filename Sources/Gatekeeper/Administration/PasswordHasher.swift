import Dispatch
import PasswordHashing
import SessionLink

/// Hashes new passwords on a thread of its own, because one hash takes tens of milliseconds.
struct PasswordHasher: Sendable {
    private let queue = DispatchQueue(label: "password-hashing", qos: .utility)
    private let cost: HashingCost

    init(cost: HashingCost) {
        self.cost = cost
    }

    /// The text to store for what somebody gave.
    func hash(_ input: PasswordInput) async throws(AdministrationError) -> String {
        let result =
            switch input {
            case .hashed(let text):
                Result { () throws(PasswordHashError) in try PasswordHash(text) }
            case .plain(let password): await make(password)
            }
        switch result {
        case .success(let hash): return hash.text
        case .failure(let error): throw .password(error)
        }
    }

    /// Whether a password is the one behind a stored hash; a text that is no hash has none.
    func verify(_ password: Secret, against text: String) async -> Bool {
        guard let hash = try? PasswordHash(text) else { return false }
        return await withCheckedContinuation { waiting in
            queue.async {
                waiting.resume(returning: password.withBytes { hash.verify($0) })
            }
        }
    }

    private func make(_ password: Secret) async -> Result<PasswordHash, PasswordHashError> {
        let cost = cost
        return await withCheckedContinuation { waiting in
            queue.async {
                let result = password.withBytes { bytes in
                    Result { () throws(PasswordHashError) in
                        try PasswordHash.make(bytes, cost: cost)
                    }
                }
                waiting.resume(returning: result)
            }
        }
    }
}
