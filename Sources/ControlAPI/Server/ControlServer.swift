package import Gatekeeper
import Hummingbird
import HummingbirdCore
import LinuxSystem
package import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// Serves the control API on a Unix socket until the service group stops.
package struct ControlServer: Service {
    private let routes: ControlRoutes
    private let path: String
    private let group: String
    private let idleLimit: Duration
    private let heartbeat: Duration
    private let logger: Logger
    private let whenReady: @Sendable () -> Void

    /// Sets the server up; `run` opens the socket.
    ///
    /// - Parameters:
    ///   - administration: What the API does.
    ///   - socket: Where the socket is; at most 107 bytes.
    ///   - group: Whose members may connect besides the gate's own user; empty for the gate's group.
    ///   - version: What `/healthz` tells.
    ///   - idleLimit: How long a caller may send nothing while it is its turn.
    ///   - heartbeat: How often a stream of events says something at least.
    ///   - logger: Requests are logged at debug, failures at error.
    ///   - whenReady: Called once, when the socket can be connected to.
    package init(
        administration: Administration,
        socket: String,
        group: String,
        version: String,
        idleLimit: Duration = Self.idleLimit,
        heartbeat: Duration = Self.heartbeat,
        logger: Logger,
        whenReady: @escaping @Sendable () -> Void = {}
    ) {
        routes = ControlRoutes(administration: administration, version: version)
        path = socket
        self.group = group
        self.idleLimit = idleLimit
        self.heartbeat = heartbeat
        self.logger = logger
        self.whenReady = whenReady
    }

    /// Serves until graceful shutdown.
    ///
    /// - Throws: `ControlSocketFailure`.
    package func run() async throws {
        let file = try socketFile()
        let bindingPath: String
        do throws(SystemError) {
            bindingPath = try file.claim()
        } catch {
            throw ControlSocketFailure(error, path: path)
        }
        defer { file.remove() }
        let publication = Mutex<SystemError?>(nil)
        // Hummingbird tells about its own life at info, and by the path it was bound at.
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        let application = Application(
            responder: ControlResponder(
                routes: routes,
                heartbeat: heartbeat,
                logger: logger
            ),
            server: .http1(
                configuration: HTTP1Channel.Configuration(
                    additionalChannelHandlers: [
                        MalformedRequestHandler(),
                        ConnectionEndHandler(patience: Self.patience),
                    ],
                    idleTimeout: TimeAmount(idleLimit)
                )
            ),
            configuration: ApplicationConfiguration(
                address: .unixDomainSocket(path: bindingPath)
            ),
            onServerRunning: { channel in
                do throws(SystemError) {
                    try file.publish()
                    logger.info("control API open", metadata: ["socket": "\(path)"])
                    whenReady()
                } catch {
                    publication.withLock { $0 = error }
                    channel.close(promise: nil)
                }
            },
            logger: quiet
        )
        do {
            try await application.run()
        } catch {
            // The server ends as if by itself when its socket could not be put in its place.
            guard let cause = publication.withLock({ $0 }) else { throw error }
            throw ControlSocketFailure(cause, path: path)
        }
    }

    private func socketFile() throws(ControlSocketFailure) -> SocketFile {
        guard path.utf8.count <= Self.maximumPathLength else { throw .pathTooLong(path: path) }
        do throws(SystemError) {
            return try SocketFile(path: path, group: group.isEmpty ? nil : group)
        } catch {
            throw .unknownGroup(name: group)
        }
    }

    /// The usual limit on silence: longer than programs keep connections that they do not use.
    package static let idleLimit: Duration = .seconds(60)

    /// The usual time between two heartbeats of a stream of events.
    package static let heartbeat: Duration = .seconds(15)

    /// What fits into a socket address (unix(7)), less the zero byte.
    private static let maximumPathLength = 107

    /// What a caller gets, when the server stops, to finish its request or to take its answer.
    private static let patience: TimeAmount = .seconds(3)
}
