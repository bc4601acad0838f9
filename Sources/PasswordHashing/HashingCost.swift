/// How much work one yescrypt hash is: each step doubles time and memory (crypt(5)).
package struct HashingCost: Hashable, Sendable {
    /// The costs that libcrypt knows.
    package static let range = 1...11
    /// What libcrypt itself suggests: about 16 MiB and tens of milliseconds.
    package static let standard = HashingCost(trusted: 5)
    /// The least work possible, for tests.
    package static let cheapest = HashingCost(trusted: 1)

    /// The number as libcrypt takes it.
    package let value: Int

    /// Accepts a number in `range`; else nil.
    package init?(_ value: Int) {
        guard Self.range.contains(value) else { return nil }
        self.value = value
    }

    private init(trusted value: Int) {
        self.value = value
    }
}
