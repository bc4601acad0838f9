extension QRCode {
    /// For what a code is written as text.
    package enum Appearance: Sendable {
        /// White on black, whatever colours a terminal has otherwise (ECMA-48 section 8.3.117).
        case colored
        /// Blocks alone, for a file or a pipe: light where they are read as light on dark.
        case plain
    }

    /// The light modules around a code, without which readers do not find it (ISO/IEC 18004 section
    /// 6.3.8).
    package static let quietZone = 4

    /// The code as lines of text, two rows of modules in each and its quiet zone around it.
    ///
    /// Blocks are light modules: terminals are dark more often than not.
    package func lines(_ appearance: Appearance) -> [String] {
        let span = -Self.quietZone..<size + Self.quietZone
        return stride(from: span.lowerBound, to: span.upperBound, by: 2).map { row in
            let blocks = span.map { column in
                Self.block(
                    upperIsDark: isDark(row: row, column: column),
                    lowerIsDark: isDark(row: row + 1, column: column)
                )
            }
            let line = String(blocks)
            return switch appearance {
            case .colored: Self.whiteOnBlack + line + Self.reset
            case .plain: line
            }
        }
    }

    private static func block(upperIsDark: Bool, lowerIsDark: Bool) -> Character {
        switch (upperIsDark, lowerIsDark) {
        case (true, true): " "
        case (true, false): "▄"
        case (false, true): "▀"
        case (false, false): "█"
        }
    }

    // Of the 256 colours: the first sixteen are whatever somebody has made of them.
    private static let whiteOnBlack = "\u{1B}[38;5;231;48;5;16m"
    private static let reset = "\u{1B}[0m"
}
