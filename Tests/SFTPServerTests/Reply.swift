import SFTPProtocol
import Testing
import WireFormat

/// One packet from the server, decoded.
enum Reply: Equatable {
    case status(StatusCode, String)
    case handle([UInt8])
    case data([UInt8])
    case names([Name])
    case attributes(Attributes)
    case extended([UInt8])

    /// An entry of a listing.
    struct Name: Equatable {
        var name: String
        var longName: String
        var attributes: Attributes
    }

    /// Decodes a packet without its length prefix.
    init(_ packet: Span<UInt8>, to expected: UInt32) throws {
        var reader = WireReader(packet)
        let type = PacketType(rawValue: try reader.byte("type"))
        #expect(try reader.uint32("id") == expected)
        switch type {
        case .status:
            let code = try #require(StatusCode(rawValue: try reader.uint32("code")))
            self = .status(code, try reader.text("message", limit: 1000))
            #expect(try reader.text("language", limit: 10) == "en")
        case .handle: self = .handle(try reader.string("handle", limit: 256).bytes)
        case .data: self = .data(try reader.string("data", limit: 1 << 20).bytes)
        case .name: self = .names(try Self.names(from: &reader))
        case .attributes: self = .attributes(try Attributes(from: &reader))
        case .extendedReply:
            var bytes: [UInt8] = []
            while reader.remaining > 0 { bytes.append(try reader.byte("byte")) }
            self = .extended(bytes)
        default: throw WireError.invalid(field: "type")
        }
        try reader.finish()
    }

    private static func names(from reader: inout WireReader) throws -> [Name] {
        var names: [Name] = []
        for _ in 0..<(try reader.uint32("count")) {
            names.append(
                Name(
                    name: try reader.text("name", limit: 5000),
                    longName: try reader.text("long name", limit: 5000),
                    attributes: try Attributes(from: &reader)
                )
            )
        }
        return names
    }

    /// The code of a STATUS.
    var code: StatusCode? {
        if case .status(let code, _) = self { code } else { nil }
    }

    /// The sentence of a STATUS.
    var text: String? {
        if case .status(_, let text) = self { text } else { nil }
    }

    /// The bytes of a HANDLE.
    var handle: [UInt8]? {
        if case .handle(let handle) = self { handle } else { nil }
    }

    /// The content of a DATA, as text.
    var content: String? {
        if case .data(let data) = self { String(decoding: data, as: UTF8.self) } else { nil }
    }

    /// The attributes of an ATTRS.
    var attributes: Attributes? {
        if case .attributes(let attributes) = self { attributes } else { nil }
    }

    /// The first name of a NAME.
    var name: String? {
        if case .names(let names) = self { names.first?.name } else { nil }
    }
}
