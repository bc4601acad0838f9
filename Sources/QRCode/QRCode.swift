import CQREncode

/// A QR code (ISO/IEC 18004): a square of modules, each dark or light.
package struct QRCode: Equatable, Sendable {
    /// Modules on a side, without the quiet zone around them.
    package let size: Int
    /// Row by row, whether each module is dark.
    private let modules: [Bool]

    /// The smallest code that holds a text as its bytes; nil where none does, or where a zero byte
    /// would cut it off.
    ///
    /// With the least redundancy: a screen has no dirt on it, and fewer modules are larger ones.
    package init?(_ text: String) {
        guard !text.isEmpty, !text.utf8.contains(0) else { return nil }
        // SAFETY: the text is a C string that lives across the call, which keeps nothing of it.
        guard let code = unsafe QRcode_encodeString(text, 0, QR_ECLEVEL_L, QR_MODE_8, 1) else {
            return nil
        }
        // SAFETY: it was made above and is freed once, after the last look at it.
        defer { unsafe QRcode_free(code) }
        let size = Int(unsafe code.pointee.width)
        // SAFETY: `data` holds a byte for each of width times width modules.
        let bytes = unsafe UnsafeBufferPointer(start: code.pointee.data, count: size * size)
        self.size = size
        // The lowest bit says that a module is dark.
        modules = unsafe bytes.map { $0 & 1 == 1 }
    }

    /// Whether a module is dark; whatever lies outside is light.
    package func isDark(row: Int, column: Int) -> Bool {
        guard (0..<size).contains(row), (0..<size).contains(column) else { return false }
        return modules[row * size + column]
    }
}
