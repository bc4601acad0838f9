/// Which addresses may connect at all: a list that allows and a list that denies.
///
/// Denying wins, so that a few bad neighbours can be taken out of a network that is allowed. An
/// allow list that is empty allows everybody.
package struct AddressList: Sendable {
    private var allowed: AddressTable<Void>
    private var denied: AddressTable<Void>

    /// Takes tens of thousands of ranges; deciding takes the same time as with few.
    package init(allow: [AddressRange] = [], deny: [AddressRange] = []) {
        allowed = AddressTable(allow)
        denied = AddressTable(deny)
    }

    /// Whether `address` may connect, and which range says so.
    package func decide(_ address: IPAddress) -> AddressDecision {
        if let match = denied.first(containing: address) { return .denied(by: match.range) }
        guard !allowed.isEmpty else { return .allowed(by: nil) }
        guard let match = allowed.first(containing: address) else { return .notListed }
        return .allowed(by: match.range)
    }
}

/// What the lists say about an address.
package enum AddressDecision: Hashable, Sendable {
    /// The range that allows it; nil where nothing is listed and everybody is allowed.
    case allowed(by: AddressRange?)
    /// The range that denies it.
    case denied(by: AddressRange)
    /// Only listed addresses are allowed, and this is none of them.
    case notListed

    /// The same as a decision about a connection.
    package var admission: AdmissionDecision {
        switch self {
        case .allowed: .admitted
        case .denied(let range): .refused(.denied(range: range))
        case .notListed: .refused(.notListed)
        }
    }
}
