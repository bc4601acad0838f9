import GateConfiguration
import Logging
import Synchronization
import Testing
import portcullis

@Suite struct `The log` {
    private func line(
        _ format: LogSettings.Format,
        prefix: LogLine.Prefix = .time("2026-01-02T03:04:05.678Z"),
        event: String = "signed in",
        _ metadata: Logger.Metadata
    ) -> String {
        LogLine(
            format: format,
            prefix: prefix,
            level: .warning,
            event: event,
            metadata: metadata
        ).text
    }

    @Test func `a text line has time, level, event and ordered fields`() {
        let text = line(
            .text,
            ["zeta": "1", "user": "anna", "peer": "192.0.2.1:9", "session": "00"]
        )
        #expect(
            text
                == "2026-01-02T03:04:05.678Z warning signed in session=00 peer=192.0.2.1:9 "
                + "user=anna zeta=1"
        )
    }

    @Test func `values that are no single word are quoted`() {
        let text = line(
            .text,
            prefix: .priority,
            ["a": "", "b": "x y", "c": "k=v", "d": #"say "hi""#]
        )
        #expect(text == #"<4>warning signed in a="" b="x y" c="k=v" d="say \"hi\"""#)
    }

    @Test func `what a client sent cannot start a line or steer a terminal`() {
        let hostile = "a\nlevel=critical\r\u{1b}[2J\u{202e}\u{2028}\u{0}\\"
        for format in LogSettings.Format.allCases {
            let text = line(format, event: hostile, [hostile: "\(hostile)"])
            #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x202E })
            #expect(!text.contains("\u{2028}"))
        }
    }

    @Test func `a JSON line is one object in a fixed order`() {
        let text = line(
            .json,
            ["list": ["a", "b"], "map": ["k": "\"\n\u{1}\u{E0001}"], "session": "00"]
        )
        #expect(
            text
                == #"{"time":"2026-01-02T03:04:05.678Z","level":"warning","event":"signed in","#
                + #""session":"00","list":["a","b"],"map":{"k":"\"\n\u0001\udb40\udc01"}}"#
        )
        #expect(
            line(.json, prefix: .priority, [:]) == #"<4>{"level":"warning","event":"signed in"}"#
        )
    }

    @Test func `a field cannot take the name of a member of every line`() {
        let text = line(.json, prefix: .priority, ["event": "1", "level": "2", "time": "3"])
        #expect(
            text
                == #"<4>{"level":"warning","event":"signed in","#
                + #""_event":"1","_level":"2","_time":"3"}"#
        )
    }

    @Test func `every line is handed over whole, from any thread`() async {
        let lines = Mutex<[String]>([])
        let handler = StandardErrorLog(
            format: .text,
            isJournal: true,
            threshold: LogThreshold(.info)
        ) { bytes in
            lines.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) }
        }
        await withDiscardingTaskGroup { group in
            for number in 0..<8 {
                group.addTask { @concurrent in
                    let logger = Logger(label: "test") { _ in handler }
                    for _ in 0..<50 { logger.info("event", metadata: ["task": "\(number)"]) }
                }
            }
        }
        let counts = Dictionary(lines.withLock { $0 }.map { ($0, 1) }, uniquingKeysWith: +)
        #expect(counts.count == 8)
        for number in 0..<8 { #expect(counts["<6>info event task=\(number)\n"] == 50) }
    }

    @Test func `the shared level decides, and can change`() {
        let count = Mutex(0)
        let threshold = LogThreshold(.info)
        let logger = Logger(label: "test") { _ in
            StandardErrorLog(format: .json, isJournal: false, threshold: threshold) { _ in
                count.withLock { $0 += 1 }
            }
        }
        logger.debug("hidden")
        #expect(count.withLock { $0 } == 0)
        threshold.level = .debug
        logger.debug("shown")
        #expect(count.withLock { $0 } == 1)
        var quiet = logger
        quiet.logLevel = .error
        quiet.debug("hidden")
        logger.debug("shown")
        #expect(count.withLock { $0 } == 2)
    }
}
