import ControlAPI
import Foundation
import GateTestSupport
import Glibc
import LinuxSystem
import Testing

/// The user that the tests run as.
var ownUserID: UInt32 { getuid() }

@Suite("The control socket")
struct SocketTests {
    @Test("the socket is for its owner and group only, and gone when the server stops")
    func mode() async throws {
        let host = try GateHost()
        let socket = host.directory.file("run/control.sock")
        try await withServer(of: host, socket: socket) { host, client in
            #expect(host.directory.mode(of: "run/control.sock") == 0o660)
            #expect(host.directory.mode(of: "run") == 0o750)
            let reply = try await client.get("/healthz")
            #expect(reply.status == 200)
            let names = try FileManager.default.contentsOfDirectory(
                atPath: host.directory.file("run")
            )
            #expect(names == ["control.sock"])
        }
        #expect(host.directory.mode(of: "run/control.sock") == nil)
    }

    @Test("what an ended process left is replaced")
    func stale() async throws {
        let host = try GateHost()
        let socket = host.directory.file("control.sock")
        try leaveSocket(at: socket)
        #expect(host.directory.mode(of: "control.sock") != nil)
        try await withServer(of: host, socket: socket) { _, client in
            let reply = try await client.get("/healthz")
            #expect(reply.status == 200)
        }
    }

    @Test("a socket that somebody serves is left to them")
    func inUse() async throws {
        try await withServedHost { host, client in
            await #expect {
                try await server(of: host, socket: client.socket).run()
            } throws: {
                guard case .inUse = $0 as? ControlSocketFailure else { return false }
                return true
            }
            let reply = try await client.get("/healthz")
            #expect(reply.status == 200)
        }
    }

    @Test("whatever else lies there is left alone")
    func obstacle() async throws {
        let host = try GateHost()
        try host.directory.write("control.sock", "precious")
        let socket = host.directory.file("control.sock")
        await #expect {
            try await server(of: host, socket: socket).run()
        } throws: {
            guard case .notASocket = $0 as? ControlSocketFailure else { return false }
            return true
        }
        #expect(FileManager.default.contents(atPath: socket) == Data("precious".utf8))
    }

    @Test("a path without room, a group that is not there and a directory that is missing are told")
    func unusable() async throws {
        let host = try GateHost()
        let long = host.directory.file(String(repeating: "x", count: 100))
        await #expect {
            try await server(of: host, socket: long).run()
        } throws: {
            guard case .pathTooLong = $0 as? ControlSocketFailure else { return false }
            return true
        }
        let socket = host.directory.file("control.sock")
        await #expect {
            try await server(of: host, socket: socket, group: "no-such-group").run()
        } throws: {
            guard case .unknownGroup("no-such-group") = $0 as? ControlSocketFailure else {
                return false
            }
            return true
        }
        await #expect {
            try await server(of: host, socket: host.directory.file("a/b/c")).run()
        } throws: {
            guard case .system(_, let error) = $0 as? ControlSocketFailure else { return false }
            return error.code == .noSuchFile
        }
    }

    private func server(of host: GateHost, socket: String, group: String = "") -> ControlServer {
        ControlServer(
            administration: host.administration,
            socket: socket,
            group: group,
            version: "1.2.3",
            logger: host.log.makeLogger()
        )
    }

    /// Binds a socket and closes it, as a process that was killed would leave it.
    private func leaveSocket(at path: String) throws {
        let number = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        try #require(number >= 0)
        defer { close(number) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // SAFETY: the path is short enough, and the address lives across the call.
        unsafe withUnsafeMutableBytes(of: &address.sun_path) {
            unsafe $0.copyBytes(from: Array(path.utf8))
        }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(number, $0, size)
            }
        }
        try #require(result == 0)
    }
}
