/// Version 2 of the PROXY protocol: a block of bytes (proxy-protocol.txt section 2.2).
enum ProxyBlock {
    /// What each block begins with.
    static let start: [UInt8] = [
        0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A,
    ]

    /// The start, version and command, family and transport, and the length of the rest.
    private static let fixedLength = 16

    static func read(_ bytes: [UInt8]) throws(AdmissionError) -> ProxyHeader.Reading {
        guard bytes.starts(with: start.prefix(bytes.count)) else { throw .noProxyHeader }
        guard bytes.count >= fixedLength else { return .incomplete(atLeast: fixedLength) }
        let (version, command) = (bytes[12] >> 4, bytes[12] & 0x0F)
        guard version == 2 else { throw fault(.version(version)) }
        let length = fixedLength + Int(bytes[14]) << 8 + Int(bytes[15])
        guard length <= ProxyHeader.Limits.binaryLength else { throw fault(.tooLong(length)) }
        let header: ProxyHeader
        switch command {
        case 0:
            // Whatever the block says besides is to be passed over (section 2.2).
            header = .local
            guard bytes.count >= length else { return .incomplete(atLeast: length) }
        case 1:
            let family = try Family(bytes[13])
            guard bytes.count >= length else { return .incomplete(atLeast: length) }
            header = try relayed(family, bytes[fixedLength..<length])
            if let addresses = family.addressesLength {
                try checkFields(Array(bytes[..<length]), from: fixedLength + addresses)
            }
        default: throw fault(.command(command))
        }
        return .complete(header, length: length)
    }

    /// What the fourteenth byte says; families beside these have no meaning.
    private enum Family {
        case four
        case six
        /// Known, but not the family of an SSH client; with the length of its addresses.
        case other(addressesLength: Int)
        case unspecified

        init(_ byte: UInt8) throws(AdmissionError) {
            switch (byte >> 4, byte & 0x0F) {
            case (1, 1): self = .four
            case (2, 1): self = .six
            case (1, 2): self = .other(addressesLength: 12)
            case (2, 2): self = .other(addressesLength: 36)
            case (3, 1), (3, 2): self = .other(addressesLength: 216)
            case (0, 0...2), (1...3, 0): self = .unspecified
            default: throw fault(.family(byte))
            }
        }

        /// Nil where it cannot be known how long the addresses are.
        var addressesLength: Int? {
            switch self {
            case .four: 12
            case .six: 36
            case .other(let length): length
            case .unspecified: nil
            }
        }
    }

    private static func relayed(
        _ family: Family,
        _ rest: ArraySlice<UInt8>
    ) throws(AdmissionError) -> ProxyHeader {
        guard rest.count >= family.addressesLength ?? 0 else { throw fault(.tooShort(rest.count)) }
        let size: Int
        switch family {
        case .four: size = 4
        case .six: size = 16
        case .other, .unspecified: return .unknown
        }
        var reader = rest
        guard let client = take(size, from: &reader), let destination = take(size, from: &reader),
            let clientPort = take(2, from: &reader), let destinationPort = take(2, from: &reader),
            let clientAddress = IPAddress(bytes: client),
            let destinationAddress = IPAddress(bytes: destination)
        else { throw fault(.tooShort(rest.count)) }
        return .relayed(
            client: ProxyHeader.Endpoint(
                address: clientAddress,
                port: UInt16(truncatingIfNeeded: number(clientPort))
            ),
            destination: ProxyHeader.Endpoint(
                address: destinationAddress,
                port: UInt16(truncatingIfNeeded: number(destinationPort))
            )
        )
    }

    /// Passes over the fields behind the addresses, and checks the checksum where one is given.
    private static func checkFields(
        _ header: [UInt8],
        from position: Int
    ) throws(AdmissionError) {
        var reader = header[position...]
        while let type = reader.first {
            guard take(1, from: &reader) != nil, let length = take(2, from: &reader) else {
                throw fault(.field(type: type))
            }
            let start = reader.startIndex
            guard let value = take(Int(number(length)), from: &reader) else {
                throw fault(.field(type: type))
            }
            guard type == checksumType else { continue }
            guard value.count == 4 else { throw fault(.field(type: type)) }
            // It was computed with zeros in its own place (section 2.2.3).
            var blank = header
            blank.replaceSubrange(start..<start + 4, with: [0, 0, 0, 0])
            guard CRC32C.checksum(blank) == number(value) else { throw fault(.checksum) }
        }
    }

    /// `PP2_TYPE_CRC32C`.
    private static let checksumType: UInt8 = 0x03

    private static func take(_ count: Int, from bytes: inout ArraySlice<UInt8>) -> ArraySlice<
        UInt8
    >? {
        guard count <= bytes.count else { return nil }
        defer { bytes = bytes.dropFirst(count) }
        return bytes.prefix(count)
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.reduce(0) { $0 << 8 | UInt32($1) }
    }

    private static func fault(_ fault: ProxyHeader.Fault) -> AdmissionError { .proxyHeader(fault) }
}

/// The checksum of Castagnoli (RFC 4960 appendix B).
enum CRC32C {
    /// Bit by bit, as there are at most a few hundred bytes once for each connection.
    static func checksum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(UInt32.max) { state, byte in
            (0..<8).reduce(state ^ UInt32(byte)) { state, _ in
                state >> 1 ^ (state & 1 == 1 ? polynomial : 0)
            }
        }
    }

    /// The polynomial 0x1EDC6F41, its lowest bit first.
    private static let polynomial: UInt32 = 0x82F6_3B78
}
