package import Logging
import Synchronization

/// Log lines kept in memory, for tests that read them.
package final class MemoryLog: Sendable {
    private let kept = Mutex<[String]>([])

    /// Every line so far, with its metadata.
    package var lines: [String] { kept.withLock { $0 } }

    package init() {}

    /// A logger that takes everything.
    package func makeLogger() -> Logger {
        var logger = Logger(label: "test") { _ in Handler(log: self) }
        logger.logLevel = .trace
        return logger
    }

    private struct Handler: LogHandler {
        let log: MemoryLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let line = "\(event.level) \(event.message) \(event.metadata ?? [:])"
            log.kept.withLock { $0.append(line) }
        }
    }
}
