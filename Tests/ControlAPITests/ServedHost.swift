import ControlAPI
import GateTestSupport
import Logging
import ServiceLifecycle

/// Serves a host's control API on a real socket for as long as `body` runs.
func withServedHost(
    idleLimit: Duration = ControlServer.idleLimit,
    heartbeat: Duration = ControlServer.heartbeat,
    _ body: (GateHost, ControlClient) async throws -> Void
) async throws {
    let host = try GateHost()
    let socket = host.directory.file("control.sock")
    try await withServer(
        of: host,
        socket: socket,
        idleLimit: idleLimit,
        heartbeat: heartbeat,
        body
    )
}

/// The same, for a host and a socket that are there already.
func withServer(
    of host: GateHost,
    socket: String,
    idleLimit: Duration = ControlServer.idleLimit,
    heartbeat: Duration = ControlServer.heartbeat,
    _ body: (GateHost, ControlClient) async throws -> Void
) async throws {
    let (ready, announce) = AsyncStream<Void>.makeStream()
    let logger = host.log.makeLogger()
    let server = ControlServer(
        administration: host.administration,
        socket: socket,
        group: "",
        version: "1.2.3",
        idleLimit: idleLimit,
        heartbeat: heartbeat,
        logger: logger,
        whenReady: { announce.finish() }
    )
    let services = ServiceGroup(services: [server], logger: logger)
    let running = Task {
        defer { announce.finish() }
        try await services.run()
    }
    for await _ in ready {}
    do {
        try await body(host, ControlClient(socket: socket))
    } catch {
        await services.triggerGracefulShutdown()
        _ = await running.result
        throw error
    }
    await services.triggerGracefulShutdown()
    try await running.value
}
