/// Whether a byte is `a`-`z` or `0`-`9`.
func isLowerAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
    default: false
    }
}

/// The text with `A`-`Z` in lower case and everything else as it was.
///
/// `lowercased()` turns a few letters beyond ASCII into ASCII ones, the Kelvin sign for instance,
/// and a name must not become another name.
func asciiLowercased(_ text: String) -> String {
    String(decoding: text.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
}
