/// A path or a name as the kernel takes it: some bytes, none of them zero, and a zero behind.
package struct FilePath: Hashable, Sendable {
    private let terminated: [UInt8]

    /// Nil where `bytes` hold a zero, which would end the path early.
    package init?(_ bytes: some Collection<UInt8>) {
        guard !bytes.contains(0) else { return nil }
        var terminated: [UInt8] = []
        terminated.reserveCapacity(bytes.count &+ 1)
        terminated.append(contentsOf: bytes)
        terminated.append(0)
        self.terminated = terminated
    }

    private init(terminated: [UInt8]) {
        self.terminated = terminated
    }

    /// The directory itself.
    package static let current = FilePath(terminated: [UInt8(ascii: "."), 0])
    /// The directory above.
    package static let parent = FilePath(terminated: [UInt8(ascii: "."), UInt8(ascii: "."), 0])

    /// The bytes without the zero.
    package var bytes: ArraySlice<UInt8> { terminated.dropLast() }

    /// Lends the zero-terminated bytes for one system call.
    func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
        unsafe terminated.withUnsafeBytes { bytes in
            // SAFETY: `terminated` is never empty and ends with a zero; CChar and UInt8 share
            // their layout, and the pointer is not used after `body`.
            unsafe body(bytes.assumingMemoryBound(to: CChar.self).baseAddress.unsafelyUnwrapped)
        }
    }
}
