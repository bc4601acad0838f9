/// Cuts a stream of bytes into lines, and holds no more than the one that has not ended.
struct LineSplitter {
    /// The longest line taken, in bytes, without its end; a key's line has a few hundred.
    static let maximumLength = 64 << 10

    /// A line, or the place of one that is too long.
    enum Line: Equatable {
        case complete([UInt8], number: Int)
        case tooLong(number: Int)
    }

    private var rest: [UInt8] = []
    private var isTooLong = false
    /// The number of the line that is being read, from 1.
    private var number = 1

    /// Takes some bytes and answers the lines that end among them.
    mutating func feed(_ bytes: some Collection<UInt8>) -> [Line] {
        var lines: [Line] = []
        var bytes = bytes[...]
        while let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
            take(bytes[..<end])
            lines.append(endLine())
            bytes = bytes[end...].dropFirst()
        }
        take(bytes)
        return lines
    }

    /// The last line, where it has no end.
    mutating func finish() -> Line? {
        rest.isEmpty && !isTooLong ? nil : endLine()
    }

    private mutating func take(_ bytes: some Collection<UInt8>) {
        guard !isTooLong else { return }
        if rest.count + bytes.count > Self.maximumLength {
            isTooLong = true
            rest = []
        } else {
            rest.append(contentsOf: bytes)
        }
    }

    private mutating func endLine() -> Line {
        defer {
            rest.removeAll(keepingCapacity: true)
            isTooLong = false
            number += 1
        }
        return isTooLong ? .tooLong(number: number) : .complete(rest, number: number)
    }
}
