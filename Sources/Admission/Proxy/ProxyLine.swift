/// Version 1 of the PROXY protocol: one line of text (proxy-protocol.txt section 2.1).
enum ProxyLine {
    /// What each line begins with.
    static let start = Array("PROXY ".utf8)

    static func read(_ bytes: [UInt8]) throws(AdmissionError) -> ProxyHeader.Reading {
        guard bytes.starts(with: start.prefix(bytes.count)) else { throw .noProxyHeader }
        let line = bytes.prefix(ProxyHeader.Limits.lineLength)
        let (carriageReturn, lineFeed) = (UInt8(ascii: "\r"), UInt8(ascii: "\n"))
        guard let end = line.firstIndex(where: { $0 == carriageReturn || $0 == lineFeed }) else {
            guard line.count < ProxyHeader.Limits.lineLength else { throw fault(.lineEnd) }
            // Whatever is missing, the two bytes of the end are.
            let shortest = max(line.count + 2, start.count + 2)
            return .incomplete(atLeast: min(shortest, ProxyHeader.Limits.lineLength))
        }
        // Neither byte ends a line alone, so that nobody disagrees where the client's bytes begin.
        guard line[end] == carriageReturn, end + 1 < ProxyHeader.Limits.lineLength else {
            throw fault(.lineEnd)
        }
        guard end + 1 < line.endIndex else { return .incomplete(atLeast: end + 2) }
        guard line[end + 1] == lineFeed else { throw fault(.lineEnd) }
        // A line that ends within its own beginning.
        guard end >= start.count else { throw fault(.line) }
        return .complete(try header(line[start.count..<end]), length: end + 2)
    }

    private static func header(_ text: ArraySlice<UInt8>) throws(AdmissionError) -> ProxyHeader {
        let parts = text.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        // Whatever follows UNKNOWN is to be ignored.
        if parts.first?.elementsEqual("UNKNOWN".utf8) == true { return .unknown }
        guard parts.count == 5 else { throw fault(.line) }
        let isSix: Bool
        if parts[0].elementsEqual("TCP4".utf8) {
            isSix = false
        } else if parts[0].elementsEqual("TCP6".utf8) {
            isSix = true
        } else {
            throw fault(.line)
        }
        return .relayed(
            client: ProxyHeader.Endpoint(
                address: try address(parts[1], isSix: isSix),
                port: try port(parts[3])
            ),
            destination: ProxyHeader.Endpoint(
                address: try address(parts[2], isSix: isSix),
                port: try port(parts[4])
            )
        )
    }

    private static func address(
        _ text: ArraySlice<UInt8>,
        isSix: Bool
    ) throws(AdmissionError) -> IPAddress {
        // The family is that of the spelling: a mapped IPv4 address is written as an IPv6 one.
        guard text.contains(UInt8(ascii: ":")) == isSix,
            let address = IPAddress(String(decoding: text, as: UTF8.self))
        else { throw fault(.address) }
        return address
    }

    private static func port(_ text: ArraySlice<UInt8>) throws(AdmissionError) -> UInt16 {
        guard let number = DecimalNumber.read(text, upTo: Int(UInt16.max)) else {
            throw fault(.port)
        }
        return UInt16(number)
    }

    private static func fault(_ fault: ProxyHeader.Fault) -> AdmissionError { .proxyHeader(fault) }
}
