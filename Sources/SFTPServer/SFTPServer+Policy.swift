import AccessControl
import LinuxSystem
import SFTPProtocol
import ServerFiles
import WireFormat

extension SFTPServer {
    /// Lets the request go on where the policy allows `operation`; records and refuses it else.
    mutating func require(
        _ operation: FileOperation,
        on path: VirtualPath,
        and secondPath: ByteString? = nil,
        onOwnCreation: Bool = false
    ) throws(Refusal) {
        meter.began(operation, on: path)
        switch policy.decide(operation, onOwnCreation: onOwnCreation) {
        case .allowed: return
        case .denied(let denial):
            switch denial {
            case .missing(let right):
                record.addDenial(
                    FileActivity(
                        operation: operation,
                        path: ByteString(path.absolute),
                        secondPath: secondPath,
                        outcome: .denied(right)
                    )
                )
            }
            throw .denied(denial)
        }
    }

    /// Records something that was done.
    mutating func recordDone(
        _ operation: FileOperation,
        _ path: VirtualPath,
        _ secondPath: ByteString? = nil
    ) {
        record.add(
            FileActivity(
                operation: operation,
                path: ByteString(path.absolute),
                secondPath: secondPath
            )
        )
    }

    /// Records what was moved through a handle that is being closed.
    ///
    /// Content that was dropped and not replaced is a write of nothing.
    mutating func recordTransfers(of file: FileHandle) {
        let path = ByteString(file.path.absolute)
        if file.bytesRead > 0 {
            record.add(
                FileActivity(operation: .readContent, path: path, byteCount: file.bytesRead)
            )
        }
        if file.bytesWritten > 0 || file.isChanged {
            record.add(
                FileActivity(operation: .writeContent, path: path, byteCount: file.bytesWritten)
            )
        }
    }

    /// What this person can ever make use of; a client falls back gracefully on the rest.
    var offeredExtensions: [ProtocolExtension] {
        ProtocolExtension.allCases.filter { offered in
            switch offered {
            case .posixRename: policy.couldEverAllow(.replace)
            case .fileSystemStatus, .handleFileSystemStatus:
                policy.couldEverAllow(.fileSystemStatus)
            case .hardLink: policy.couldEverAllow(.makeHardLink)
            case .synchronize: policy.couldEverAllow(.synchronize)
            case .setLinkStatus: policy.couldEverAllow(.changeAttributes)
            case .copyData:
                policy.couldEverAllow(.readContent) && policy.couldEverAllow(.writeContent)
            case .checkFile: policy.couldEverAllow(.digestContent)
            case .limits, .expandPath, .homeDirectory, .usersAndGroups: true
            }
        }
    }

    /// The place inside the server that a client's path means.
    mutating func virtualPath(_ path: ByteString) throws(Refusal) -> VirtualPath {
        let place = VirtualPath(try clientPath(path))
        if place == announcedReplacement { abandonReplacement() }
        return place
    }

    /// The path as the client gave it.
    func clientPath(_ path: ByteString) throws(Refusal) -> ClientPath {
        guard let path = ClientPath(path.bytes) else {
            throw .failed(.system(SystemError(.invalidArgument, in: "path")))
        }
        return path
    }
}

extension WireWriter {
    /// The reply to a request that was done and has nothing to tell.
    mutating func done(_ id: UInt32) {
        status(.ok, "Success", to: id)
    }
}
