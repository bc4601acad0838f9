import AsyncHTTPClient
import LinuxSystem
import NIOCore
import NIOHTTP1

extension ControlClient {
    /// A large import waits for the store, and then for the sessions that it ends.
    private static let snapshotPatience: TimeAmount = .minutes(30)

    /// Sends a document and answers with the report that came back.
    func importSnapshot(
        from file: InputFile,
        isTrial: Bool
    ) async throws(CommandFailure) -> ControlAnswer {
        try await exchangeSnapshot(
            .PUT,
            query: isTrial ? "?dryRun=true" : "",
            body: .stream(FileChunks(file: file), length: .unknown)
        ) { response in
            ControlAnswer(
                json: Array(try await response.body.collect(upTo: 1 << 26).readableBytesView)
            )
        }
    }

    /// Asks for the document and hands it to `file` as it comes.
    func exportSnapshot(to file: OutputFile) async throws(CommandFailure) {
        try await exchangeSnapshot(.GET, query: "", body: nil) { response in
            for try await bytes in response.body { try file.write(bytes.readableBytesView) }
            try file.finish()
        }
    }

    private func exchangeSnapshot<Result>(
        _ method: HTTPMethod,
        query: String,
        body: HTTPClientRequest.Body?,
        _ read: (HTTPClientResponse) async throws -> Result
    ) async throws(CommandFailure) -> Result {
        do {
            var message = HTTPClientRequest(url: address("/v1/snapshot" + query))
            message.method = method
            message.body = body
            let response = try await http.execute(message, timeout: Self.snapshotPatience)
            guard (200..<300).contains(response.status.code) else {
                let content = try await response.body.collect(upTo: 1 << 20)
                throw ControlAnswer(json: Array(content.readableBytesView))
                    .failure(status: Int(response.status.code))
            }
            return try await read(response)
        } catch let failure as CommandFailure {
            throw failure
        } catch let error as SystemError {
            throw CommandFailure(.failure, "the file cannot be read or written: \(error.code)")
        } catch {
            throw failure(error)
        }
    }
}

/// A file's content in portions.
private struct FileChunks: AsyncSequence, Sendable {
    let file: InputFile

    struct AsyncIterator: AsyncIteratorProtocol {
        let file: InputFile

        mutating func next() async throws -> ByteBuffer? {
            try file.read(limit: 64 << 10).map { ByteBuffer(bytes: $0) }
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(file: file) }
}
