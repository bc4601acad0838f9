import Foundation
import Testing
import portcullis

@Suite struct `Speaking to the gate` {
    @Test func `a request goes through the socket and its answer comes back`() async throws {
        let asked = try await FakeGate.answering(status: 200, #"{"users":[]}"#) { gate in
            let answer = try await ControlClient.connected(to: gate.socket) { client in
                try await client.send(.get("v1", "users"))
            }
            #expect(String(decoding: answer.json, as: UTF8.self) == #"{"users":[]}"#)
            _ = try await ControlClient.connected(to: gate.socket) { client in
                try await client.send(.patch("v1", "users", "a b", body: ["email": "x"]))
            }
        }
        #expect(asked == ["GET /v1/users", #"PATCH /v1/users/a%20b {"email":"x"}"#])
    }

    struct Refusal {
        let status: Int
        let json: String
        let failure: CommandFailure
    }

    @Test(arguments: [
        Refusal(
            status: 404,
            json: #"{"error":{"status":404,"code":"user_not_found","message":"No such user."}}"#,
            failure: CommandFailure(.notFound, "No such user.")
        ),
        Refusal(
            status: 409,
            json: #"{"error":{"status":409,"code":"email_exists","message":"It exists."}}"#,
            failure: CommandFailure(.conflict, "It exists.")
        ),
        Refusal(
            status: 422,
            json: #"{"error":{"status":422,"code":"invalid_email","message":"Not an address."}}"#,
            failure: CommandFailure(.failure, "Not an address.")
        ),
        Refusal(
            status: 502,
            json: "<html>",
            failure: CommandFailure(.failure, "the gate answered with the HTTP status 502")
        ),
    ])
    func `a refusal becomes a failure with its own exit status`(_ refusal: Refusal) async throws {
        _ = try await FakeGate.answering(status: refusal.status, refusal.json) { gate in
            await #expect(throws: refusal.failure) {
                try await ControlClient.connected(to: gate.socket) { client in
                    try await client.send(.get("v1", "users"))
                }
            }
        }
    }

    @Test func `a gate that is not there ends with 69 and says what to do`() async throws {
        let failure = await #expect(throws: CommandFailure.self) {
            try await ControlClient.connected(to: "/nonexistent/control.sock") { client in
                try await client.send(.get("v1", "users"))
            }
        }
        #expect(failure?.status == .notRunning)
        #expect(failure?.message.contains("not running") == true)
        #expect(failure?.hint?.contains("systemctl start portcullis") == true)
    }

    @Test func `a socket that a dead gate left behind counts as not running`() async throws {
        let directory = FileManager.default.temporaryDirectory
        let path = directory.appending(path: "portcullis-\(UUID().uuidString.prefix(8)).sock").path
        // A file that is no listening socket refuses the connection just as a stale socket does.
        try Data().write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let failure = await #expect(throws: CommandFailure.self) {
            try await ControlClient.connected(to: path) { client in
                try await client.send(.get("v1", "users"))
            }
        }
        #expect(failure?.status == .notRunning)
    }
}
