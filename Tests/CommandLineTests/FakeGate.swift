import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A control API on a Unix socket that gives every request the same answer.
struct FakeGate: Sendable {
    /// The socket's path.
    let socket: String

    /// Runs `body` with a listening socket, and removes the socket afterwards.
    static func answering(
        status: Int,
        _ json: String,
        _ body: (FakeGate) async throws -> Void
    ) async throws -> [String] {
        let log = Recorder()
        let socket = FileManager.default.temporaryDirectory
            .appending(path: "portcullis-\(UUID().uuidString.prefix(8)).sock").path
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(
                        Answering(status: status, json: json, log: log)
                    )
                }
            }
            .bind(unixDomainSocketPath: socket).get()
        try await body(FakeGate(socket: socket))
        try await channel.close()
        try? FileManager.default.removeItem(atPath: socket)
        return log.lines
    }

    /// What was asked, from whatever thread.
    final class Recorder: Sendable {
        private let value = Mutex<[String]>([])

        var lines: [String] { value.withLock { $0 } }

        func append(_ line: String) { value.withLock { $0.append(line) } }
    }

    private final class Answering: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let status: Int
        private let json: String
        private let log: Recorder
        private var request = ""

        init(status: Int, json: String, log: Recorder) {
            self.status = status
            self.json = json
            self.log = log
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): request = "\(head.method) \(head.uri)"
            case .body(let buffer): request += " " + String(buffer: buffer)
            case .end:
                log.append(request)
                let head = HTTPResponseHead(
                    version: .http1_1,
                    status: .init(statusCode: status),
                    headers: ["content-length": "\(json.utf8.count)"]
                )
                context.write(wrapOutboundOut(.head(head)), promise: nil)
                context.write(
                    wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: json)))),
                    promise: nil
                )
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            }
        }
    }
}
