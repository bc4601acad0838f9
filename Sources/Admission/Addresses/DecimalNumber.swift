/// Numbers as addresses, prefix lengths and ports are written.
enum DecimalNumber {
    /// Reads one to five decimal digits without a leading zero; nil for anything else.
    ///
    /// A leading zero is refused because some programs take such numbers for octal: the same text
    /// must not mean one address here and another one there.
    static func read(_ digits: ArraySlice<UInt8>, upTo limit: Int) -> Int? {
        guard let first = digits.first, digits.count <= 5,
            digits.count == 1 || first != UInt8(ascii: "0")
        else { return nil }
        var number = 0
        for byte in digits {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                number = number * 10 + Int(byte - UInt8(ascii: "0"))
            default: return nil
            }
        }
        return number <= limit ? number : nil
    }
}
