/// Base32 in groups, as people can read it to somebody.
enum GroupedText {
    static func text(of bytes: [UInt8], groupLength: Int) -> String {
        let digits = Array(Base32.encode(bytes))
        return stride(from: 0, to: digits.count, by: groupLength)
            .map { String(digits[$0...].prefix(groupLength)) }
            .joined(separator: "-")
    }
}
