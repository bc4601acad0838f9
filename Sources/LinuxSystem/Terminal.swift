import Glibc

/// The terminal that a person sits at, if there is one.
package enum Terminal {
    /// The columns of the terminal that standard output goes to; nil where it goes elsewhere.
    package static var width: Int? { size.flatMap { $0.ws_col > 0 ? Int($0.ws_col) : nil } }

    /// The lines of that terminal; nil where there is none.
    package static var height: Int? { size.flatMap { $0.ws_row > 0 ? Int($0.ws_row) : nil } }

    private static var size: winsize? {
        guard isatty(1) == 1 else { return nil }
        var size = winsize()
        // SAFETY: TIOCGWINSZ fills in exactly this structure.
        return unsafe ioctl(1, UInt(TIOCGWINSZ), &size) == 0 ? size : nil
    }

    /// Whether standard input is a terminal.
    package static var isInteractive: Bool { isatty(0) == 1 }

    /// Asks for a line on the terminal and does not show what is typed.
    ///
    /// Nil when there is no line: it was given up with Ctrl-C, the input ended, or there is no
    /// terminal. The terminal is always left as it was found, which is why Ctrl-C is read here as
    /// a key and not delivered as a signal.
    package static func readSecret(prompt: String) -> String? {
        var settings = termios()
        // SAFETY: the structure lives across the call.
        guard unsafe tcgetattr(0, &settings) == 0 else { return nil }
        var silent = settings
        silent.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
        // SAFETY: both structures were filled in by tcgetattr and live across the calls.
        guard unsafe tcsetattr(0, TCSAFLUSH, &silent) == 0 else { return nil }
        defer {
            _ = unsafe tcsetattr(0, TCSAFLUSH, &settings)
            // The newline that ended the line was not shown either.
            StandardError.write([UInt8(ascii: "\n")])
        }
        StandardError.write(Array(prompt.utf8))
        return readKeys()
    }

    /// Collects what is typed until the line ends, as a terminal in its usual mode would.
    private static func readKeys() -> String? {
        var line: [UInt8] = []
        while true {
            var key: UInt8 = 0
            // SAFETY: one byte is asked for and one byte has room.
            guard unsafe read(0, &key, 1) == 1 else { return nil }
            switch key {
            case 0x03: return nil  // Ctrl-C
            case 0x04: if line.isEmpty { return nil }  // Ctrl-D
            case 0x15: line.removeAll()  // Ctrl-U
            case 0x08, 0x7F: removeLastCharacter(of: &line)
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                return String(decoding: line, as: UTF8.self)
            default: line.append(key)
            }
        }
    }

    /// Takes back one character of UTF-8, however many bytes it has.
    private static func removeLastCharacter(of line: inout [UInt8]) {
        while let byte = line.popLast(), byte & 0xC0 == 0x80 {}
    }
}
