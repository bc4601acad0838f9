import ArgumentParser
import ControlAPI
import FoundationEssentials
import GateConfiguration
import Gatekeeper
import LinuxSystem
import Logging
import PasswordHashing
import ServiceLifecycle
import SubuserStore
import UnixSignals

/// Runs the gate in the foreground, as systemd does.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the gate: accept SFTP clients and serve the control API."
    )

    @Option(help: "The configuration file.")
    var config: String?

    @Option(name: .customLong("set"), help: "Override one setting: KEY=VALUE. May be repeated.")
    var overrides: [String] = []

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let sources = ConfigurationSources(
            flag: config,
            environment: environment,
            overrides: overrides
        )
        let settings = try sources.load().settings
        let threshold = StandardErrorLog.bootstrap(settings.log, environment: environment)
        // Nothing that the gate makes is for others; the control socket is opened up on purpose.
        ProcessHardening.setFileCreationMask(0o077)
        ProcessHardening.ignoreBrokenPipes()
        // Each session takes two descriptors, and the usual soft limit is 1024.
        try? ProcessHardening.raiseOpenFileLimit()
        let logger = Logger(label: "gate")
        if ProcessHardening.isRoot {
            logger.warning("the gate runs as root, which it does not need; see the systemd unit")
        }
        do {
            let store = try SQLiteStore(
                path: settings.store.path,
                busyTimeout: Int(settings.store.busyTimeout.wholeMilliseconds)
            )
            let services = try await assemble(settings, store, sources, threshold, logger)
            try await services.run()
            // Closed in order, it need not be looked through at the next start.
            try store.close()
        } catch let failure as GateFailure {
            throw CommandFailure(.failure, "\(failure)", hint: failure.remedy)
        } catch let failure as ControlSocketFailure {
            throw CommandFailure(.failure, "\(failure)", hint: failure.remedy)
        } catch let failure as StoreError {
            throw CommandFailure(.failure, "\(failure)", hint: failure.remedy)
        }
    }

    /// Puts the parts together; services stop in the reverse of this order.
    private func assemble(
        _ settings: GateSettings,
        _ store: SQLiteStore,
        _ sources: ConfigurationSources,
        _ threshold: LogThreshold,
        _ logger: Logger
    ) async throws -> ServiceGroup {
        let activity = ActivityLog(
            store: store,
            interval: settings.activity.flushInterval,
            logger: logger
        )
        let retention = ActivityRetention(
            store: store,
            age: settings.activity.retention,
            logger: logger
        )
        let cost = HashingCost(settings.passwords.cost) ?? .standard
        let passwords = try PasswordWorkers(
            count: settings.passwords.workers,
            cost: cost
        )
        let gate = try Gate(
            options: GateOptions(settings),
            store: store,
            passwords: passwords,
            activity: activity,
            logger: logger
        )
        let (controlIsReady, announce) = AsyncStream<Void>.makeStream()
        let administration = Administration(
            store: store,
            sessions: gate,
            activity: activity,
            volumes: settings.files.volumes,
            hashingCost: cost,
            sharing: SharingOptions(settings.subusers),
            enrolment: EnrolmentOptions(issuer: settings.signIn.issuer),
            logger: logger
        )
        // Before the first client is let in: whoever was kept out still is.
        try await administration.penalties.restore()
        // Before the first client is let in, and before anybody can ask again.
        do throws(AdministrationError) {
            try await administration.resumeRevocations()
        } catch {
            logger.error("revocations cannot be resumed", metadata: ["error": "\(error)"])
        }
        let control = ControlServer(
            administration: administration,
            socket: settings.control.socket,
            group: settings.control.group,
            version: ProductVersion.current,
            logger: logger,
            whenReady: { announce.finish() }
        )
        let services: [any Service] = [
            ActivityService(activity: activity, retention: retention),
            PenaltyService(penalties: administration.penalties),
            WatchdogService(gate: gate),
            GateService(
                gate: gate,
                activity: activity,
                logger: logger,
                controlIsReady: controlIsReady
            ),
            HealingService(
                gate: gate,
                store: store,
                activity: activity,
                interval: settings.sessions.reviewInterval,
                logger: logger
            ),
            ReloadService(
                gate: gate,
                retention: retention,
                sources: sources,
                threshold: threshold,
                logger: logger
            ),
            control,
        ]
        // At debug level the library logs the whole environment, which may hold secrets of others.
        var quietLogger = logger
        quietLogger.logLevel = max(logger.logLevel, .warning)
        return ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.map { .init(service: $0) },
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: quietLogger
            )
        )
    }
}
