package import LinuxSystem
import SFTPProtocol

/// The long name of an entry: one line as `ls -l` prints it, which some clients parse.
///
/// Owner and group are fixed words, times are UTC, nothing depends on a locale.
package struct ListingLine {
    /// The line's bytes; what would break it in two is shown as `?`.
    package let bytes: [UInt8]

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    /// Half a year of 365 days: within it the time of day is shown, else the year.
    private static let recently: Int64 = 365 * 24 * 60 * 60 / 2

    /// Describes `name` as seen at `now`, in seconds since 1970.
    package init(name: [UInt8], metadata: FileMetadata, now: Int64) {
        let times = Attributes(metadata).times
        var line = Self.mode(metadata)
        line += " " + Self.padded("\(metadata.linkCount)", to: 4)
        line += " " + OwnerNames.user + "    " + OwnerNames.group + "    "
        line += Self.padded("\(metadata.size)", to: 8)
        line += " " + Self.date(times?.modification ?? 0, now: now) + " "
        bytes = Array(line.utf8) + name.map(Self.printable)
    }

    private static func mode(_ metadata: FileMetadata) -> String {
        let type =
            switch metadata.kind {
            case .regular: "-"
            case .directory: "d"
            case .symbolicLink: "l"
            case .special: specialType(metadata.mode)
            }
        let mode = metadata.mode
        return type
            + triple(mode >> 6, special: mode & 0o4000 != 0, letter: "s")
            + triple(mode >> 3, special: mode & 0o2000 != 0, letter: "s")
            + triple(mode, special: mode & 0o1000 != 0, letter: "t")
    }

    private static func specialType(_ mode: UInt32) -> String {
        switch mode & 0o170000 {
        case 0o140000: "s"
        case 0o060000: "b"
        case 0o020000: "c"
        case 0o010000: "p"
        default: "?"
        }
    }

    private static func triple(_ bits: UInt32, special: Bool, letter: String) -> String {
        let execute =
            switch (bits & 1 != 0, special) {
            case (true, true): letter
            case (false, true): letter.uppercased()
            case (true, false): "x"
            case (false, false): "-"
            }
        return (bits & 4 != 0 ? "r" : "-") + (bits & 2 != 0 ? "w" : "-") + execute
    }

    private static func date(_ time: UInt32, now: Int64) -> String {
        let date = CalendarDate(secondsSince1970: time)
        let age = now - Int64(time)
        // A day of grace for clocks that disagree; anything later needs its year.
        let isRecent = (-86_400..<recently).contains(age)
        let detail =
            isRecent ? "\(twoDigits(date.hour)):\(twoDigits(date.minute))" : " \(date.year)"
        return "\(months[date.month - 1]) \(padded("\(date.day)", to: 2)) \(detail)"
    }

    private static func twoDigits(_ number: Int) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }

    private static func padded(_ text: String, to width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.utf8.count)) + text
    }

    private static func printable(_ byte: UInt8) -> UInt8 {
        byte < 0x20 || byte == 0x7F ? UInt8(ascii: "?") : byte
    }
}
