import GateConfiguration
import Gatekeeper
import LinuxSystem
import Logging
import ServiceLifecycle
import UnixSignals

/// Reads the configuration again on SIGHUP and takes over what can change while the gate runs.
struct ReloadService: Service {
    let gate: Gate
    let retention: ActivityRetention
    let sources: ConfigurationSources
    let threshold: LogThreshold
    let logger: Logger

    func run() async {
        let signals = await UnixSignalsSequence(trapping: .sighup)
        for await _ in signals.cancelOnGracefulShutdown() {
            ServiceNotifier.notify(.reloading)
            await reload()
            ServiceNotifier.notify(.ready)
        }
    }

    private func reload() async {
        do throws(ConfigurationError) {
            let settings = try sources.load().settings
            threshold.level = Logger.Level(settings.log.level)
            await gate.reconfigure(GateOptions(settings))
            retention.change(to: settings.activity.retention)
            logger.notice("configuration read again")
        } catch {
            // The gate goes on with what it has: a typing error must not close it.
            for problem in error.problems {
                logger.error(
                    "configuration not taken over",
                    metadata: ["problem": "\(problem)", "remedy": "\(problem.remedy)"]
                )
            }
        }
    }
}
