import ArgumentParser

/// A time as people give it to a command: `90s`, `30m`, `12h`, `7d`.
struct SpanArgument: ExpressibleByArgument {
    let seconds: Int64

    init?(argument: String) {
        let units: [(suffix: Character, seconds: Int64)] = [
            ("s", 1), ("m", 60), ("h", 3600), ("d", 86_400),
        ]
        let digits = argument.dropLast()
        guard let unit = units.first(where: { $0.suffix == argument.last }),
            digits.allSatisfy({ ("0"..."9").contains($0) }), let number = Int64(digits)
        else { return nil }
        let (seconds, overflow) = number.multipliedReportingOverflow(by: unit.seconds)
        guard !overflow, seconds > 0 else { return nil }
        self.seconds = seconds
    }
}
