/// Lines that take the place of those before them, for a terminal.
package enum LiveScreen {
    private static let home = "\u{1B}[H"
    private static let clearRestOfLine = "\u{1B}[K"
    private static let clearBelow = "\u{1B}[J"

    /// What is written so that a terminal of `height` lines shows these (ECMA-48 section 8.3).
    ///
    /// Nothing flickers, because nothing is cleared before it is written anew; and nothing has to
    /// be put right when the program is interrupted.
    package static func text(_ lines: [String], height: Int) -> String {
        var shown = lines
        // The last line stays free for the cursor.
        let room = max(1, height - 1)
        if shown.count > room {
            shown = Array(shown.prefix(room - 1))
            shown.append("… \(lines.count - shown.count) more")
        }
        return home + shown.map { $0 + clearRestOfLine + "\n" }.joined() + clearBelow
    }
}
