import WireFormat

extension Request {
    /// Reads the name and the body of an extended request; nil for one that is not known.
    init?(extendedFrom reader: inout WireReader) throws(WireError) {
        let name = try reader.string("extension name", limit: ProtocolLimits.extensionNameLength)
        guard let text = String(validating: name.bytes, as: UTF8.self) else { return nil }
        // check-file announces requests of other names than its own, which paramiko uses.
        switch text {
        case "check-file-name":
            self = .checkFile(try CheckFile(of: .path(try reader.path("path")), from: &reader))
        case "check-file-handle":
            self = .checkFile(
                try CheckFile(of: .handle(try reader.handle("handle")), from: &reader)
            )
        default:
            guard let known = ProtocolExtension(rawValue: text) else { return nil }
            try self.init(known, from: &reader)
        }
    }

    private init(
        _ known: ProtocolExtension,
        from reader: inout WireReader
    ) throws(WireError) {
        switch known {
        case .posixRename: self = .posixRename(try PathPair(from: &reader))
        case .fileSystemStatus: self = .fileSystemStatus(path: try reader.path("path"))
        case .handleFileSystemStatus:
            self = .handleFileSystemStatus(try reader.handle("handle"))
        case .hardLink: self = .hardLink(try PathPair(from: &reader))
        case .synchronize: self = .synchronize(try reader.handle("handle"))
        case .setLinkStatus:
            self = .setLinkStatus(path: try reader.path("path"), try Attributes(from: &reader))
        case .limits: self = .limits
        case .expandPath: self = .expandPath(path: try reader.path("path"))
        case .copyData: self = .copyData(try CopyData(from: &reader))
        case .homeDirectory: self = .homeDirectory(userName: try reader.path("user name"))
        case .usersAndGroups:
            self = .usersAndGroups(
                userCount: try reader.numberCount("users"),
                groupCount: try reader.numberCount("groups")
            )
        case .checkFile:
            let subject = CheckFile.Subject.handle(try reader.handle("handle"))
            self = .checkFile(try CheckFile(of: subject, namesReply: true, from: &reader))
        }
    }
}

extension Request.CopyData {
    fileprivate init(from reader: inout WireReader) throws(WireError) {
        self.init(
            source: try reader.handle("source handle"),
            sourceOffset: try reader.uint64("source offset"),
            length: try reader.uint64("length"),
            target: try reader.handle("target handle"),
            targetOffset: try reader.uint64("target offset")
        )
    }
}

extension Request.CheckFile {
    fileprivate init(
        of subject: Subject,
        namesReply: Bool = false,
        from reader: inout WireReader
    ) throws(WireError) {
        let names = try reader.string("algorithms", limit: ProtocolLimits.pathLength)
        self.init(
            subject: subject,
            algorithms: names.bytes.split(separator: UInt8(ascii: ",")).compactMap { name in
                String(validating: name, as: UTF8.self).flatMap(DigestAlgorithm.init)
            },
            offset: try reader.uint64("offset"),
            length: try reader.uint64("length"),
            blockLength: try reader.uint32("block length"),
            namesReply: namesReply
        )
    }
}

extension WireReader {
    /// Reads a string of uint32 numbers and says how many they are.
    fileprivate mutating func numberCount(_ field: String) throws(WireError) -> Int {
        let range = try range(field, limit: ProtocolLimits.ownerNumberCount * 4)
        guard range.count.isMultiple(of: 4) else { throw .invalid(field: field) }
        return range.count / 4
    }
}
