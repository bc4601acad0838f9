import Admission
import SubuserStore

/// What a path below `/v1/bans` names: addresses, or a user.
///
/// A user name can look like an IPv4 address; such a user is named by uuid or email address.
enum BanSubject {
    case addresses(AddressRange)
    case user(UserReference)

    /// - Throws: `invalidField` for what was meant as an address and is none, `notFound`.
    init(_ text: String) throws {
        if Self.looksLikeAddress(text) {
            self = .addresses(try AddressRange(named: text))
        } else if let user = UserReference(text) {
            self = .user(user)
        } else {
            throw ControlError.missing(.user)
        }
    }

    /// No name and no uuid has a colon or a slash, and no email address is made of numbers.
    private static func looksLikeAddress(_ text: String) -> Bool {
        guard !text.contains("@") else { return false }
        if text.contains(":") || text.contains("/") { return true }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { $0.allSatisfy { ("0"..."9").contains($0) } }
    }
}

extension AddressRange {
    /// Reads the value of `address` in a request.
    ///
    /// - Throws: `invalidField`, with what would be right.
    init(named text: String) throws(ControlError) {
        do throws(AdmissionError) {
            try self.init(text)
        } catch {
            throw .invalidField("address", message: "\(error)")
        }
    }
}
