import Admission

extension IPAddress {
    /// The address that a test names.
    static func test(_ text: String) -> IPAddress {
        guard let address = IPAddress(text) else { fatalError("\(text) is no address") }
        return address
    }
}
