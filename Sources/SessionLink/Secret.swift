package import WireFormat

/// A password on its way from the client to the gate's hash workers.
///
/// It has no text form: whatever prints it, by accident or in a log, prints a placeholder.
package struct Secret: Sendable {
    private let value: ByteString

    package init(_ value: ByteString) {
        self.value = value
    }

    /// Lends the bytes to the one who must compare or send them.
    package func withBytes<Result>(_ body: ([UInt8]) throws -> Result) rethrows -> Result {
        try body(value.bytes)
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<secret>" }
    package var debugDescription: String { "<secret>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
