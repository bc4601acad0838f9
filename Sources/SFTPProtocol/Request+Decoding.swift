import WireFormat

extension Request {
    /// Reads the body of a request of `type`; nil where a client has no business sending it.
    init?(_ type: PacketType, from reader: inout WireReader) throws(WireError) {
        switch type {
        case .open: self = .open(try Open(from: &reader))
        case .close: self = .close(try reader.handle("handle"))
        case .read: self = .read(try Read(from: &reader))
        case .write: self = .write(try Write(from: &reader))
        case .linkStatus: self = .linkStatus(path: try reader.path("path"))
        case .fileStatus: self = .fileStatus(try reader.handle("handle"))
        case .setStatus:
            self = .setStatus(path: try reader.path("path"), try Attributes(from: &reader))
        case .setFileStatus:
            self = .setFileStatus(try reader.handle("handle"), try Attributes(from: &reader))
        case .openDirectory: self = .openDirectory(path: try reader.path("path"))
        case .readDirectory: self = .readDirectory(try reader.handle("handle"))
        case .remove: self = .remove(path: try reader.path("path"))
        case .makeDirectory:
            self = .makeDirectory(path: try reader.path("path"), try Attributes(from: &reader))
        case .removeDirectory: self = .removeDirectory(path: try reader.path("path"))
        case .realPath: self = .realPath(path: try reader.path("path"))
        case .stat: self = .stat(path: try reader.path("path"))
        case .rename: self = .rename(try PathPair(from: &reader))
        case .readLink: self = .readLink(path: try reader.path("path"))
        case .symbolicLink: self = .symbolicLink(try SymbolicLink(from: &reader))
        case .extended:
            guard let request = try Request(extendedFrom: &reader) else { return nil }
            self = request
        case .initialize, .version, .status, .handle, .data, .name, .attributes, .extendedReply:
            return nil
        }
    }
}

extension Request.Open {
    fileprivate init(from reader: inout WireReader) throws(WireError) {
        self.init(
            path: try reader.path("path"),
            flags: OpenFlags(rawValue: try reader.uint32("open flags")),
            attributes: try Attributes(from: &reader)
        )
    }
}

extension Request.Read {
    fileprivate init(from reader: inout WireReader) throws(WireError) {
        self.init(
            handle: try reader.handle("handle"),
            offset: try reader.uint64("offset"),
            length: try reader.uint32("length")
        )
    }
}

extension Request.Write {
    fileprivate init(from reader: inout WireReader) throws(WireError) {
        self.init(
            handle: try reader.handle("handle"),
            offset: try reader.uint64("offset"),
            data: try reader.range("data", limit: ProtocolLimits.writeLength)
        )
    }
}

extension Request.PathPair {
    init(from reader: inout WireReader) throws(WireError) {
        self.init(oldPath: try reader.path("old path"), newPath: try reader.path("new path"))
    }
}

extension Request.SymbolicLink {
    fileprivate init(from reader: inout WireReader) throws(WireError) {
        self.init(
            firstPath: try reader.path("first path"),
            secondPath: try reader.path("second path")
        )
    }
}

extension WireReader {
    /// Reads a path; a zero byte inside could only be meant to cut it short for somebody else.
    mutating func path(_ field: String) throws(WireError) -> ByteString {
        let path = try string(field, limit: ProtocolLimits.pathLength)
        guard !path.bytes.contains(0) else { throw .invalid(field: field) }
        return path
    }
}
