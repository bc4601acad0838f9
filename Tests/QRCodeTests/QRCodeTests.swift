import QRCode
import Testing

@Suite("QR codes")
struct QRCodeTests {
    /// The eye in each of three corners: dark, light, dark (ISO/IEC 18004 section 6.3.3).
    private static func hasEye(_ code: QRCode, row: Int, column: Int) -> Bool {
        (0..<7).allSatisfy { y in
            (0..<7).allSatisfy { x in
                let ring = min(min(y, x), min(6 - y, 6 - x))
                return code.isDark(row: row + y, column: column + x) == (ring != 1)
            }
        }
    }

    @Test(
        "have eyes in three corners, and are as small as the text lets them",
        arguments: [
            (1, 21), (17, 21), (18, 25), (134, 41), (135, 45), (2953, 177),
        ]
    )
    func size(_ length: Int, _ size: Int) throws {
        let code = try #require(QRCode(String(repeating: "a", count: length)))
        #expect(code.size == size)
        #expect(Self.hasEye(code, row: 0, column: 0))
        #expect(Self.hasEye(code, row: 0, column: size - 7))
        #expect(Self.hasEye(code, row: size - 7, column: 0))
        #expect(!Self.hasEye(code, row: size - 7, column: size - 7))
    }

    @Test("hold no text that is too long, empty or cut off by a zero byte")
    func limits() {
        #expect(QRCode(String(repeating: "a", count: 2954)) == nil)
        #expect(QRCode("") == nil)
        #expect(QRCode("a\u{0}b") == nil)
        #expect(QRCode("A") != QRCode("a"))
    }

    @Test("are light outside, at any distance")
    func outside() throws {
        let code = try #require(QRCode("text"))
        #expect(code.isDark(row: 0, column: 0))
        for (row, column) in [(-1, 0), (0, -1), (code.size, 0), (0, code.size), (.min, .max)] {
            #expect(!code.isDark(row: row, column: column))
        }
    }

    @Test("are written with two rows in a line, a quiet zone around, and colours on a terminal")
    func text() throws {
        let code = try #require(QRCode("text"))
        let lines = code.lines(.plain)
        #expect(lines.count == 15 && lines.allSatisfy { $0.count == 29 })
        let blank = String(repeating: "█", count: 29)
        #expect(lines.prefix(2) == [blank, blank])
        #expect(lines[12].allSatisfy { "█▄".contains($0) })
        #expect(lines.suffix(2) == [blank, blank])
        // The upper edge of an eye is a row of dark modules, and the next has dark ends only.
        #expect(lines[2].hasPrefix("████ ▄▄▄▄▄ "))
        for (line, colored) in zip(lines, code.lines(.colored)) {
            #expect(colored == "\u{1B}[38;5;231;48;5;16m" + line + "\u{1B}[0m")
        }
    }
}
