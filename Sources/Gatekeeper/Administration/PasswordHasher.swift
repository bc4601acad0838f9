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
