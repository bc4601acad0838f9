/// A path as a client sent it: any bytes but zero, in any form, leading anywhere.
package struct ClientPath: Hashable, Sendable {
    /// The bytes as they came.
    package let bytes: [UInt8]

    /// Nil where the bytes hold a zero, which no path can.
    package init?(_ bytes: [UInt8]) {
        guard !bytes.contains(0) else { return nil }
        self.bytes = bytes
    }

    /// Whether it begins at the root and not at some directory.
    var isAbsolute: Bool { bytes.first == VirtualPath.separator }
}
