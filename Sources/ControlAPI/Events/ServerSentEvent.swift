/// One block of a stream of server-sent events (WHATWG HTML section 9.2).
///
/// Every block carries a position as its id. What a client has seen last, it sends as
/// `Last-Event-ID` when it connects again; a block without data moves that on and is no event.
package enum ServerSentEvent: Equatable, Sendable {
    /// Where the stream begins, and how many milliseconds to wait before connecting again.
    case opening(position: Int64, retry: Int)
    /// Something happened.
    case event(position: Int64, name: String, data: String)
    /// Nothing happened for a while; everything up to here was looked at.
    case heartbeat(position: Int64)

    /// The type of a stream's content.
    static let contentType = "text/event-stream"

    /// The block as it goes over the wire, with the blank line that ends it.
    package var text: String {
        switch self {
        case .opening(let position, let retry): "retry: \(retry)\nid: \(position)\n\n"
        case .event(let position, let name, let data):
            "id: \(position)\nevent: \(Self.line(name))\n"
                + data.split(omittingEmptySubsequences: false, whereSeparator: Self.endsLine)
                .map { "data: \($0)\n" }.joined() + "\n"
        case .heartbeat(let position): ":\nid: \(position)\n\n"
        }
    }

    /// A field's value has no end of line; a store may hold what a later version wrote.
    private static func line(_ value: String) -> String {
        String(value.filter { !endsLine($0) })
    }

    /// CR, LF and both together, which is one `Character`, end a line.
    private static func endsLine(_ character: Character) -> Bool {
        character == "\n" || character == "\r" || character == "\r\n"
    }
}
