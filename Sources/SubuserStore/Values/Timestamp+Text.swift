import Foundation

extension Timestamp {
    /// Reads RFC 3339 (section 5.6) or seconds since 1970, both with or without a fraction.
    ///
    /// Nil for anything else, for days that no month has and for years after 9999.
    package init?(_ text: String) {
        var reader = DigitReader(text)
        guard let first = reader.number(1...11) else { return nil }
        if reader.isAtEnd || reader.isNext(".") {
            guard let thousandths = reader.fraction(), reader.isAtEnd, first < 253_402_300_800
            else {
                return nil
            }
            self.init(milliseconds: first * 1000 + thousandths)
            return
        }
        guard reader.readCount == 4, let date = reader.date(year: first), reader.skip("Tt "),
            let hour = reader.number(2...2), hour < 24, reader.skip(":"),
            let minute = reader.number(2...2), minute < 60, reader.skip(":"),
            // The 60th is a leap second.
            let second = reader.number(2...2), second <= 60,
            let thousandths = reader.fraction(), let offset = reader.offset(), reader.isAtEnd
        else { return nil }
        let seconds = date * 86_400 + hour * 3600 + minute * 60 + second - offset
        self.init(milliseconds: seconds * 1000 + thousandths)
    }
}

extension Timestamp: CustomStringConvertible {
    /// RFC 3339, in UTC, with milliseconds.
    package var description: String {
        let date = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
        return date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}

/// Reads ASCII from the front.
private struct DigitReader {
    private let bytes: [UInt8]
    private var position = 0
    /// How many digits the last number had.
    private(set) var readCount = 0

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    var isAtEnd: Bool { position == bytes.count }

    func isNext(_ characters: String) -> Bool {
        position < bytes.count && characters.utf8.contains(bytes[position])
    }

    /// Takes one of these characters.
    mutating func skip(_ characters: String) -> Bool {
        guard isNext(characters) else { return false }
        position += 1
        return true
    }

    /// As many digits as follow; nil when their number is not within `lengths`.
    mutating func number(_ lengths: ClosedRange<Int>) -> Int64? {
        let digits = bytes[position...].prefix { (0x30...0x39).contains($0) }
        readCount = digits.count
        guard lengths.contains(digits.count) else { return nil }
        position += digits.count
        return digits.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
    }

    /// What follows a decimal point, in thousandths; zero where there is none.
    mutating func fraction() -> Int64? {
        guard skip(".") else { return 0 }
        guard var digits = number(1...18) else { return nil }
        for _ in readCount..<max(3, readCount) { digits *= 10 }
        for _ in 3..<max(3, readCount) { digits /= 10 }
        return digits
    }

    /// Days since 1970 of the month and day that follow, in the Gregorian calendar.
    mutating func date(year: Int64) -> Int64? {
        guard year >= 1, skip("-"), let month = number(2...2), (1...12).contains(month), skip("-"),
            let day = number(2...2), day >= 1
        else { return nil }
        let isLeap = year.isMultiple(of: 4) && !year.isMultiple(of: 100) || year.isMultiple(of: 400)
        let lengths: [Int64] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard day <= lengths[Int(month) - 1] else { return nil }
        let earlier = year - 1
        // Day 719,162 after the first of January of the year 1 is the first of January 1970.
        let years = earlier * 365 + earlier / 4 - earlier / 100 + earlier / 400 - 719_162
        return years + lengths[..<(Int(month) - 1)].reduce(0, +) + day - 1
    }

    /// Seconds that the clock is ahead of UTC.
    mutating func offset() -> Int64? {
        if skip("Zz") { return 0 }
        let sign: Int64 = isNext("-") ? -1 : 1
        guard skip("+-"), let hours = number(2...2), hours < 24, skip(":"),
            let minutes = number(2...2), minutes < 60
        else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }
}
