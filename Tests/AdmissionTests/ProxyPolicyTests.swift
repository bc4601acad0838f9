import Admission
import Testing

@Suite("Whose PROXY header is read")
struct ProxyPolicyTests {
    private let proxy = IPAddress.test("10.0.0.5")
    private let stranger = IPAddress.test("198.51.100.7")

    @Test(
        "Only trusted addresses are asked for a header",
        arguments: [
            (ProxyPolicy.Mode.off, ProxyPolicy.Expectation.direct, ProxyPolicy.Expectation.direct),
            (.optional, .headerOptional, .direct), (.required, .headerRequired, .refused),
        ]
    )
    func expectations(
        mode: ProxyPolicy.Mode,
        ofProxy: ProxyPolicy.Expectation,
        ofStranger: ProxyPolicy.Expectation
    ) throws {
        let policy = ProxyPolicy(mode, trusted: [try AddressRange("10.0.0.0/29")])
        #expect(policy.expectation(of: proxy) == ofProxy)
        #expect(policy.expectation(of: stranger) == ofStranger)
    }
}
