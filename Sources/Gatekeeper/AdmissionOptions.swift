package import Admission

/// Who may connect, and how many, already parsed.
package struct AdmissionOptions: Sendable {
    /// Which addresses may connect at all.
    package var addresses: AddressList
    /// How many connections there may be.
    package var caps: ConnectionCaps
    /// What offences cost.
    package var penalties: PenaltyRules
    /// Whose word about a client's address is taken.
    package var proxies: ProxyPolicy
    /// Milliseconds that a proxy has for its header.
    package var proxyPatience: Int64

    package init(
        addresses: AddressList = AddressList(),
        caps: ConnectionCaps = ConnectionCaps(),
        penalties: PenaltyRules = PenaltyRules(),
        proxies: ProxyPolicy = ProxyPolicy(.off, trusted: []),
        proxyPatience: Int64 = 3000
    ) {
        self.addresses = addresses
        self.caps = caps
        self.penalties = penalties
        self.proxies = proxies
        self.proxyPatience = proxyPatience
    }
}
