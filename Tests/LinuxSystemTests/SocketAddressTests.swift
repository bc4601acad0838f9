import LinuxSystem
import Testing

@Suite("Addresses")
struct SocketAddressTests {
    @Test("An IPv4 address reads and prints")
    func four() throws {
        let address = try #require(SocketAddress(host: "127.0.0.1", port: 2022))
        #expect("\(address)" == "127.0.0.1:2022")
        #expect(address.bytes == [127, 0, 0, 1])
    }

    @Test("An IPv6 address prints in brackets")
    func six() throws {
        let address = try #require(SocketAddress(host: "::1", port: 2022))
        #expect("\(address)" == "[::1]:2022")
        #expect(address.bytes.count == 16)
    }

    @Test("Names and nonsense are no addresses", arguments: ["localhost", "", "1.2.3", "[::1]"])
    func refused(text: String) {
        #expect(SocketAddress(host: text, port: 1) == nil)
    }

    @Test("A listener tells the port that the kernel chose, and a second one on it is refused")
    func listening() throws {
        let any = try #require(SocketAddress(host: "127.0.0.1", port: 0))
        let listener = try StreamListener(on: any)
        #expect(listener.address.port > 0)
        let taken = listener.address
        let error = #expect(throws: SystemError.self) { _ = try StreamListener(on: taken) }
        #expect(error?.code == .addressInUse)
        #expect(try listener.accept() == nil)
    }
}
