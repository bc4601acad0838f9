import LinuxSystem
import SSHTransport
import Testing

@Suite("A connection with OpenSSH's client", .serialized)
struct SSHConnectionTests {
    @Test("A password signs in, the sftp subsystem starts, and bytes go both ways")
    func echo() throws {
        let server = try EchoServer(password: "right")
        let client = try server.startClient(password: "right", input: "hello")
        let ending = try server.run()
        #expect(ending == .clientLeft)
        #expect(server.delegate.userNames == ["ada.1a2b3c4d"])
        #expect(server.delegate.handshake?.keyExchange.hasPrefix("curve25519-sha256") == true)
        #expect(try client.output() == "hello")
    }

    @Test("A wrong password is denied until the budget is used up")
    func wrongPassword() throws {
        let server = try EchoServer(password: "right")
        let client = try server.startClient(password: "wrong", input: "hello")
        let ending = try server.run()
        #expect(ending == .budgetExceeded(.attempts) || ending == .clientLeft)
        #expect(!server.delegate.userNames.isEmpty)
        #expect(try client.output().isEmpty)
    }

    @Test("A client told that it has no access sees the reason")
    func refused() throws {
        let server = try EchoServer(password: "right", refusal: "This server is suspended")
        let client = try server.startClient(password: "right", input: "hello")
        let ending = try server.run()
        #expect(ending == .refused(reason: "This server is suspended"))
        #expect(try client.errors().contains("This server is suspended"))
    }
}
