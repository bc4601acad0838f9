/// What a proxy says about a connection before its first byte: the PROXY protocol of HAProxy
/// (proxy-protocol.txt), versions 1 and 2.
package enum ProxyHeader: Hashable, Sendable {
    /// The connection was relayed for a client; its address is the one that counts.
    case relayed(client: Endpoint, destination: Endpoint)
    /// The proxy itself is the client, for instance to see whether the host is up (`LOCAL`).
    case local
    /// The proxy cannot say who the client is: `UNKNOWN`, a Unix socket, datagrams.
    case unknown

    /// An address and a port.
    package struct Endpoint: Hashable, Sendable {
        package let address: IPAddress
        package let port: UInt16

        package init(address: IPAddress, port: UInt16) {
            self.address = address
            self.port = port
        }
    }

    /// What came of reading the bytes that are there so far.
    package enum Reading: Hashable, Sendable {
        /// The header is at least this many bytes long in all, more than are there.
        case incomplete(atLeast: Int)
        /// The header, and how many bytes it has; what follows belongs to the client.
        case complete(ProxyHeader, length: Int)
    }

    /// Bounds on headers.
    package enum Limits {
        /// The longest line of version 1, its end included (section 2.1).
        package static let lineLength = 107
        /// The longest header of version 2 that is taken.
        ///
        /// Addresses take 232 bytes at most; the rest is for what proxies add.
        package static let binaryLength = 2048
    }

    /// Reads the header at the beginning of what a connection has sent so far.
    ///
    /// To be called again from the first byte when more has come. Nothing behind the header may be
    /// taken from the socket, as it is for the session: look first, then take `length` bytes.
    ///
    /// - Throws: `noProxyHeader` as soon as a byte says so, or `proxyHeader`.
    package static func read(_ bytes: [UInt8]) throws(AdmissionError) -> Reading {
        if bytes.isEmpty || bytes.first == ProxyLine.start.first {
            return try ProxyLine.read(bytes)
        }
        return try ProxyBlock.read(bytes)
    }
}

extension ProxyHeader {
    /// What is wrong with a header.
    package enum Fault: Hashable, Sendable {
        /// The line of version 1 does not end within its limit, or not with CR and LF.
        case lineEnd
        /// The line of version 1 does not have the parts that it must have.
        case line
        /// An address is no address of the announced family.
        case address
        /// A port is no number from 0 to 65535.
        case port
        /// A version other than 2.
        case version(UInt8)
        /// A command other than `LOCAL` and `PROXY`.
        case command(UInt8)
        /// A family or transport that has no meaning.
        case family(UInt8)
        /// More bytes than are taken.
        case tooLong(Int)
        /// Fewer bytes than the addresses of the family need.
        case tooShort(Int)
        /// A field behind the addresses reaches beyond the header.
        case field(type: UInt8)
        /// The checksum is that of other bytes.
        case checksum
    }
}

extension ProxyHeader.Fault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .lineEnd:
            "its line does not end with CR LF within \(ProxyHeader.Limits.lineLength) bytes"
        case .line: "its line is not PROXY, a protocol, two addresses and two ports"
        case .address: "an address is not one of the announced family"
        case .port: "a port is not a number from 0 to 65535"
        case .version(let version): "its version is \(version)"
        case .command(let command): "its command is \(command)"
        case .family(let family): "its family and transport are 0x\(String(family, radix: 16))"
        case .tooLong(let length):
            "it has \(length) bytes, more than \(ProxyHeader.Limits.binaryLength)"
        case .tooShort(let length): "\(length) bytes are too few for its addresses"
        case .field(let type): "the field of type \(type) is cut off or has a wrong length"
        case .checksum: "its checksum does not match"
        }
    }
}
