import FoundationEssentials
package import GateConfiguration
import LinuxSystem
package import Logging
import Synchronization

/// The log on standard error: one event a line, one write(2) a line.
///
/// In a service under systemd the journal notes time and priority; elsewhere each line carries
/// its time in UTC.
package struct StandardErrorLog: LogHandler {
    private let format: LogSettings.Format
    private let isJournal: Bool
    private let threshold: LogThreshold
    private let sink: @Sendable ([UInt8]) -> Void
    private var ownLevel: Logger.Level?

    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?

    /// Creates a handler.
    ///
    /// `threshold` is shared by every handler of the process, so that the level can change while
    /// it runs. `sink` takes whole lines, from any thread.
    package init(
        format: LogSettings.Format,
        isJournal: Bool,
        threshold: LogThreshold,
        sink: @escaping @Sendable ([UInt8]) -> Void = { StandardError.write($0) }
    ) {
        self.format = format
        self.isJournal = isJournal
        self.threshold = threshold
        self.sink = sink
    }

    /// Makes this the log of the whole process; call it once, before the first logger exists.
    ///
    /// The level can be changed later through the result.
    package static func bootstrap(
        _ settings: LogSettings,
        environment: [String: String]
    ) -> LogThreshold {
        let threshold = LogThreshold(Logger.Level(settings.level))
        let isJournal = StandardError.isJournal(environment["JOURNAL_STREAM"])
        LoggingSystem.bootstrap { _ in
            StandardErrorLog(format: settings.format, isJournal: isJournal, threshold: threshold)
        }
        return threshold
    }

    package var logLevel: Logger.Level {
        get { ownLevel ?? threshold.level }
        set { ownLevel = newValue }
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var fields = metadata
        if let metadataProvider {
            fields.merge(metadataProvider.get()) { _, new in new }
        }
        if let own = event.metadata { fields.merge(own) { _, new in new } }
        if let error = event.error, fields["error"] == nil { fields["error"] = "\(error)" }
        let line = LogLine(
            format: format,
            prefix: isJournal ? .priority : .time(Self.now),
            level: event.level,
            event: event.message.description,
            metadata: fields
        )
        sink(Array((line.text + "\n").utf8))
    }

    private static var now: String {
        Date.now.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}

/// The least important level that is written, for every logger of the process.
package final class LogThreshold: Sendable {
    private let value: Mutex<Logger.Level>

    package init(_ level: Logger.Level) {
        value = Mutex(level)
    }

    /// The level in force now.
    package var level: Logger.Level {
        get { value.withLock { $0 } }
        set { value.withLock { $0 = newValue } }
    }
}

extension Logger.Level {
    /// The same level in swift-log's terms.
    package init(_ level: LogSettings.Level) {
        self =
            switch level {
            case .trace: .trace
            case .debug: .debug
            case .info: .info
            case .notice: .notice
            case .warning: .warning
            case .error: .error
            case .critical: .critical
            }
    }
}
