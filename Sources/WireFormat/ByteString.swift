/// Bytes from a client or a disk that need not be text: a path, a name, a user name.
///
/// They stay bytes wherever they are used. Only `description` turns them into text, for people
/// and logs, and it escapes whatever could forge a line or steer a terminal.
package struct ByteString: Hashable, Sendable {
    /// The bytes, unchanged.
    package var bytes: [UInt8]

    /// Wraps `bytes` as they are.
    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Wraps the UTF-8 form of `text`.
    package init(_ text: String) {
        bytes = Array(text.utf8)
    }

    /// Copies borrowed bytes.
    package init(copying span: Span<UInt8>) {
        bytes = Array(capacity: span.count) { output in
            for index in span.indices { output.append(span[index]) }
        }
    }

    /// How many bytes there are.
    package var count: Int { bytes.count }

    /// Whether there are none.
    package var isEmpty: Bool { bytes.isEmpty }
}

extension ByteString: ExpressibleByStringLiteral {
    package init(stringLiteral value: String) {
        self.init(value)
    }
}

extension ByteString: CustomStringConvertible {
    /// The bytes as one line of printable text.
    ///
    /// Valid UTF-8 stays readable. Control characters, the characters that reorder or hide text,
    /// the backslash and invalid bytes become `\n`, `\t`, `\\`, `\u{…}` or `\xNN`.
    package var description: String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            return bytes.map(Self.escaped(byte:)).joined()
        }
        return Self.escaped(text: text)
    }

    /// The bytes as text for something that escapes by itself, such as JSON or the log.
    ///
    /// Valid UTF-8 unchanged, control characters included; anything else as `description`.
    package var unescapedText: String {
        String(validating: bytes, as: UTF8.self) ?? description
    }

    /// The same escapes for a string that is already text.
    package static func escaped(text: String) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\\": result += "\\\\"
            default:
                if isPlain(scalar) {
                    result.unicodeScalars.append(scalar)
                } else {
                    result += "\\u{" + String(scalar.value, radix: 16) + "}"
                }
            }
        }
        return result
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
            .paragraphSeparator:
            false
        default: true
        }
    }

    private static func escaped(byte: UInt8) -> String {
        switch byte {
        case 0x5C: return "\\\\"
        case 0x20...0x7E: return String(Unicode.Scalar(byte))
        default:
            let digits = String(byte, radix: 16)
            return "\\x" + (digits.count == 1 ? "0" : "") + digits
        }
    }
}
