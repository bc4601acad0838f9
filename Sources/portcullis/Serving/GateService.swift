import Gatekeeper
import LinuxSystem
import Logging
import ServiceLifecycle

/// Opens the gate, keeps it open until the service is told to stop, and closes it in order.
struct GateService: Service {
    let gate: Gate
    let activity: ActivityLog
    let logger: Logger
    /// Finished when the control API answers; systemd hears of readiness only after both.
    let controlIsReady: AsyncStream<Void>

    func run() async throws {
        let addresses = try await gate.open()
        for await _ in controlIsReady { break }
        // The wait also ends when the control API failed and everything is being cancelled.
        try Task.checkCancellation()
        logger.info(
            "gate open",
            metadata: ["listen": "\(addresses.map(\.description).joined(separator: " "))"]
        )
        ProcessHardening.releaseStart()
        ServiceNotifier.notify(.ready)
        try? await gracefulShutdown()
        ServiceNotifier.notify(.stopping)
        await gate.close()
        // After the last session's last word.
        await activity.flush()
    }
}

/// Writes what happened to the store, a few times a second, and removes what is too old.
struct ActivityService: Service {
    let activity: ActivityLog
    let retention: ActivityRetention

    func run() async {
        await cancelWhenGracefulShutdown {
            async let removal: Void = retention.run()
            await activity.run()
            await removal
        }
        await activity.flush()
    }
}

/// Writes who is kept out to the store now and then, and at the end.
struct PenaltyService: Service {
    let penalties: PenaltyKeeper

    func run() async {
        await cancelWhenGracefulShutdown { await penalties.run() }
        await penalties.save(.everything)
    }
}

/// Tells systemd's watchdog that the gate's thread is alive, by asking it.
struct WatchdogService: Service {
    let gate: Gate

    func run() async {
        guard let interval = ServiceNotifier.watchdogInterval else {
            try? await gracefulShutdown()
            return
        }
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await gate.respond()
                ServiceNotifier.notify(.watchdog)
                // Twice in each interval, as sd_watchdog_enabled(3) advises.
                try? await Task.sleep(for: .milliseconds(interval / 2))
            }
        }
    }
}
