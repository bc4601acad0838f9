import LinuxSystem
import SFTPServer
import Testing

@Suite("Long names, as ls -l prints them")
struct ListingLineTests {
    /// Some attributes to begin with; tests set those that matter.
    private func metadata() throws -> FileMetadata {
        var metadata = try FileDescriptor.directory(at: "/").metadata()
        metadata.kind = .regular
        metadata.mode = 0o100644
        metadata.size = 1234
        metadata.linkCount = 1
        metadata.modificationTime = 1_700_000_000  // 2023-11-14 22:13:20
        return metadata
    }

    private func line(_ metadata: FileMetadata, name: String = "name", now: Int64) -> String {
        let line = ListingLine(name: Array(name.utf8), metadata: metadata, now: now)
        return String(decoding: line.bytes, as: UTF8.self)
    }

    @Test("A recent file shows the time of day, in UTC")
    func recent() throws {
        #expect(
            line(try metadata(), now: 1_700_000_100)
                == "-rw-r--r--    1 owner    group        1234 Nov 14 22:13 name"
        )
    }

    @Test("A file older than half a year, or from the future, shows its year")
    func notRecent() throws {
        for now in [1_700_000_000 + 15_768_000, 1_700_000_000 - 90_000] as [Int64] {
            #expect(
                line(try metadata(), now: now)
                    == "-rw-r--r--    1 owner    group        1234 Nov 14  2023 name"
            )
        }
        #expect(line(try metadata(), now: 1_700_000_000 + 15_767_999).contains("22:13"))
    }

    struct Mode: CustomTestStringConvertible, Sendable {
        let kind: FileMetadata.Kind
        let mode: UInt32
        let text: String
        var testDescription: String { text }
    }

    @Test(
        "Modes are spelled as ls spells them",
        arguments: [
            Mode(kind: .directory, mode: 0o040755, text: "drwxr-xr-x"),
            Mode(kind: .symbolicLink, mode: 0o120777, text: "lrwxrwxrwx"),
            Mode(kind: .regular, mode: 0o100000, text: "----------"),
            Mode(kind: .regular, mode: 0o104755, text: "-rwsr-xr-x"),
            Mode(kind: .regular, mode: 0o106644, text: "-rwSr-Sr--"),
            Mode(kind: .directory, mode: 0o041777, text: "drwxrwxrwt"),
            Mode(kind: .directory, mode: 0o041776, text: "drwxrwxrwT"),
            Mode(kind: .special, mode: 0o010600, text: "prw-------"),
            Mode(kind: .special, mode: 0o140600, text: "srw-------"),
            Mode(kind: .special, mode: 0o060600, text: "brw-------"),
            Mode(kind: .special, mode: 0o020600, text: "crw-------"),
        ]
    )
    func modes(vector: Mode) throws {
        var metadata = try metadata()
        metadata.kind = vector.kind
        metadata.mode = vector.mode
        #expect(line(metadata, now: 0).hasPrefix(vector.text + " "))
    }

    struct Moment: CustomTestStringConvertible, Sendable {
        let seconds: Int64
        let text: String
        var testDescription: String { text }
    }

    @Test(
        "Dates are right at the ends of months, years and leap years",
        arguments: [
            Moment(seconds: 0, text: "Jan  1 00:00"),
            Moment(seconds: 951_782_399, text: "Feb 28 23:59"),  // 2000
            Moment(seconds: 951_782_400, text: "Feb 29 00:00"),
            Moment(seconds: 951_868_800, text: "Mar  1 00:00"),
            Moment(seconds: 978_307_199, text: "Dec 31 23:59"),
            Moment(seconds: 978_307_200, text: "Jan  1 00:00"),
            Moment(seconds: 1_709_164_800, text: "Feb 29 00:00"),  // 2024
            Moment(seconds: 1_740_787_200, text: "Mar  1 00:00"),  // 2025
            Moment(seconds: 2_147_483_647, text: "Jan 19 03:14"),  // 2038
        ]
    )
    func dates(moment: Moment) throws {
        var metadata = try metadata()
        metadata.modificationTime = moment.seconds
        #expect(line(metadata, now: moment.seconds).hasSuffix(" \(moment.text) name"))
    }

    @Test("Times that version 3 cannot say are shown clamped")
    func clampedDates() throws {
        var metadata = try metadata()
        metadata.modificationTime = -1
        #expect(line(metadata, now: 1_700_000_000).contains("Jan  1  1970"))
        metadata.modificationTime = 1 << 40
        #expect(line(metadata, now: 1_700_000_000).contains("Jan 19  2038"))
    }

    @Test("A name that would break the line is shown with question marks")
    func controlCharacters() throws {
        #expect(line(try metadata(), name: "a\nb\u{1B}c\u{7F}é", now: 0).hasSuffix(" a?b?c?é"))
    }

    @Test("Large numbers widen their column and never run together")
    func largeNumbers() throws {
        var metadata = try metadata()
        metadata.size = .max
        metadata.linkCount = 123_456
        #expect(
            line(metadata, now: 1_700_000_000)
                == "-rw-r--r-- 123456 owner    group    18446744073709551615 Nov 14 22:13 name"
        )
    }
}
