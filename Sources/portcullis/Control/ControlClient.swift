import AsyncHTTPClient
import FoundationEssentials
import LinuxSystem
import NIOCore
import NIOHTTP1

/// Speaks to the running gate through its control socket.
package struct ControlClient: Sendable {
    /// Longer than any grace a revocation waits for.
    private static let patience: TimeAmount = .seconds(60)
    private static let largestAnswer = 64 * 1024 * 1024

    let http: HTTPClient
    private let socket: String

    /// Runs `body` with a client and closes the client's connections afterwards.
    package static func connected<Result: Sendable>(
        to socket: String,
        _ body: (ControlClient) async throws -> Result
    ) async throws -> Result {
        var configuration = HTTPClient.Configuration()
        // A gate that is not there will not be there a moment later either.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.timeout.connect = .seconds(5)
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let result: Swift.Result<Result, any Error>
        do {
            result = .success(try await body(ControlClient(http: http, socket: socket)))
        } catch {
            result = .failure(error)
        }
        // The process ends next; connections that do not close in order end with it.
        try? await http.shutdown()
        return try result.get()
    }

    /// Sends a request and answers with the JSON that came back.
    ///
    /// Throws a `CommandFailure` for every answer that is not a success.
    package func send(_ request: ControlRequest) async throws(CommandFailure) -> ControlAnswer {
        let answer: ControlAnswer
        let status: UInt
        do {
            var message = HTTPClientRequest(url: address(request.target))
            message.method = .init(rawValue: request.method.rawValue)
            if let body = request.body {
                message.headers.add(name: "content-type", value: "application/json")
                message.body = .bytes(body)
            }
            let response = try await http.execute(message, timeout: Self.patience)
            let body = try await response.body.collect(upTo: Self.largestAnswer)
            answer = ControlAnswer(json: Array(body.readableBytesView))
            status = response.status.code
        } catch {
            throw failure(error)
        }
        guard (200..<300).contains(status) else { throw answer.failure(status: Int(status)) }
        return answer
    }

    /// How the HTTP client names what `target` is at the socket.
    func address(_ target: String) -> String {
        let encodedSocket = socket.utf8.map { byte in
            let digits = String(byte, radix: 16, uppercase: true)
            return "%" + (digits.count == 1 ? "0" : "") + digits
        }.joined()
        return "http+unix://\(encodedSocket)\(target)"
    }

    /// What an error on the way to the gate says to people.
    func failure(_ error: any Error) -> CommandFailure {
        if let error = error as? IOError {
            switch Errno(rawValue: error.errnoCode) {
            case .noSuchFile, .connectionRefused:
                return CommandFailure(
                    .notRunning,
                    "the gate is not running: nobody answers on \(socket)",
                    hint: "Start it with `systemctl start portcullis`, or name its socket with "
                        + "--socket."
                )
            case .permissionDenied, .notPermitted:
                return CommandFailure(
                    .notPermitted,
                    "you may not open the gate's control socket \(socket)",
                    hint: "Run this as root or as a member of the socket's group."
                )
            case let code:
                return CommandFailure(.failure, "cannot reach the gate on \(socket): \(code)")
            }
        }
        if let error = error as? HTTPClientError {
            return CommandFailure(
                .failure,
                "the gate on \(socket) did not answer as expected: \(error)",
                hint: "Look at its log: journalctl --unit portcullis."
            )
        }
        return CommandFailure(.failure, "cannot reach the gate on \(socket): \(error)")
    }
}
