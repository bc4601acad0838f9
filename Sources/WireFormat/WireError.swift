/// Why bytes could not be read as the value they were said to be.
///
/// Every case names the field, so that a log line tells which part of a message was wrong.
package enum WireError: Error, Equatable {
    /// The bytes ended before the field did.
    case truncated(field: String)
    /// A length prefix is larger than the field may ever be.
    case tooLong(field: String, length: Int, limit: Int)
    /// The field was complete, but its value means nothing here.
    case invalid(field: String)
    /// The message was complete and bytes were left over.
    case trailingBytes(count: Int)
}

extension WireError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .truncated(let field): "\(field): the message ends inside this field"
        case .tooLong(let field, let length, let limit):
            "\(field): \(length) bytes, more than the \(limit) allowed"
        case .invalid(let field): "\(field): not a valid value"
        case .trailingBytes(let count): "\(count) bytes after the end of the message"
        }
    }
}
