import WireFormat

/// Rows of text in aligned columns, for people.
package struct TextTable: Sendable {
    private let heading: [String]
    private var rows: [[String]] = []

    /// Starts a table; an empty heading makes a table without one.
    package init(_ heading: String...) {
        self.heading = heading
    }

    /// Adds a row; characters that could steer a terminal are escaped.
    package mutating func add(_ cells: String...) {
        rows.append(cells.map { ByteString.escaped(text: $0) })
    }

    /// The lines, the last column cut where a line is wider than `width`.
    package func lines(width: Int?) -> [String] {
        let all = heading.isEmpty ? rows : [heading] + rows
        let count = all.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in
            all.map { column < $0.count ? DisplayWidth.of($0[column]) : 0 }.max() ?? 0
        }
        return all.map { row in
            var line = ""
            for (cell, width) in zip(row.dropLast(), widths) {
                line += cell
                line += String(repeating: " ", count: max(0, width - DisplayWidth.of(cell)) + 2)
            }
            line += row.last ?? ""
            while line.last == " " { line.removeLast() }
            return width.map { DisplayWidth.cut(line, to: $0) } ?? line
        }
    }
}

/// How many columns of a terminal text takes.
enum DisplayWidth {
    static func of(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { $0 + columns($1) }
    }

    /// The text, ending in `…` where it had to be cut to fit `width`.
    static func cut(_ text: String, to width: Int) -> String {
        guard of(text) > width, width > 1 else { return text }
        var result = ""
        var used = 1
        for scalar in text.unicodeScalars {
            used += columns(scalar)
            if used > width { break }
            result.unicodeScalars.append(scalar)
        }
        return result + "…"
    }

    /// Marks take none, the wide characters of East Asia and pictures two (UAX #11, simplified).
    private static func columns(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return 0
        default: break
        }
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }
}
