/// Why a text or bytes from outside are not what they were given for.
package enum AdmissionError: Error, Hashable, Sendable {
    /// The text, or what stands before the slash, is no IPv4 or IPv6 address.
    case notAnAddress
    /// What stands behind the slash is no number of this range.
    case prefixLength(allowed: ClosedRange<Int>)
    /// The address of a range does not end where its prefix does; `range` would be right.
    case bitsBeyondPrefix(of: IPAddress, range: AddressRange)
    /// There are as many bans as there may be.
    case tooManyBans(limit: Int)
    /// The bytes begin like neither version of the PROXY protocol.
    case noProxyHeader
    /// A PROXY header that breaks the rules of its version.
    case proxyHeader(ProxyHeader.Fault)
}

extension AdmissionError: CustomStringConvertible {
    /// One sentence that says what would be right.
    package var description: String {
        switch self {
        case .notAnAddress:
            "This is not an IPv4 or IPv6 address; write 192.0.2.1, 192.0.2.0/24 or 2001:db8::/32."
        case .prefixLength(let allowed):
            "Behind the slash stands the length of the prefix, a number from "
                + "\(allowed.lowerBound) to \(allowed.upperBound)."
        case .bitsBeyondPrefix(let address, let range):
            "The address has bits beyond the prefix: write \(range) for the range, or \(address) "
                + "for the one address."
        case .tooManyBans(let limit):
            "There are \(limit) bans already, and no more are kept; lift some, or ban a range."
        case .noProxyHeader: "The connection does not begin with a PROXY header."
        case .proxyHeader(let fault): "The PROXY header is wrong: \(fault)."
        }
    }
}
