import Glibc

/// The terminal that a person sits at, if there is one.
package enum Terminal {
    /// The columns of the terminal that standard output goes to; nil where it goes elsewhere.
    package static var width: Int? {
        guard isatty(1) == 1 else { return nil }
        var size = winsize()
        // SAFETY: TIOCGWINSZ fills in exactly this structure.
        guard unsafe ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }

    /// Whether standard input is a terminal.
    package static var isInteractive: Bool { isatty(0) == 1 }

    /// Asks for a line on the terminal and does not show what is typed.
    ///
    /// Nil when there is no line: the input ended, or there is no terminal.
    package static func readSecret(prompt: String) -> String? {
        var settings = termios()
        // SAFETY: the structure lives across the call.
        guard unsafe tcgetattr(0, &settings) == 0 else { return nil }
        var silent = settings
        silent.c_lflag &= ~tcflag_t(ECHO)
        // SAFETY: both structures were filled in by tcgetattr and live across the calls.
        guard unsafe tcsetattr(0, TCSAFLUSH, &silent) == 0 else { return nil }
        defer {
            _ = unsafe tcsetattr(0, TCSAFLUSH, &settings)
            // The newline that ended the line was not shown either.
            StandardError.write([UInt8(ascii: "\n")])
        }
        StandardError.write(Array(prompt.utf8))
        return readLine(strippingNewline: true)
    }
}
