import AccessControl
import LinuxSystem
package import SFTPProtocol
package import ServerFiles

/// What the client is told: a code for programs, a sentence for people, never a path of the host.
package struct RefusalStatus: Equatable, Sendable {
    package var code: StatusCode
    package var text: String

    package init(code: StatusCode, text: String) {
        self.code = code
        self.text = text
    }
}

extension Refusal {
    var status: RefusalStatus {
        switch self {
        case .denied(let denial):
            RefusalStatus(code: .permissionDenied, text: denial.description)
        case .failed(let failure): RefusalStatus(failure)
        case .invalidHandle: RefusalStatus(code: .failure, text: "Invalid handle")
        case .tooManyHandles(let limit):
            RefusalStatus(code: .failure, text: "Too many open handles: the limit is \(limit)")
        case .notOpenForReading:
            RefusalStatus(code: .failure, text: "The handle is not open for reading")
        case .notOpenForWriting:
            RefusalStatus(code: .failure, text: "The handle is not open for writing")
        case .endOfFile: RefusalStatus(code: .endOfFile, text: "End of file")
        case .linkLeavesRoot:
            RefusalStatus(
                code: .permissionDenied,
                text: "Permission denied: the link leads outside this server"
            )
        case .sameFile:
            RefusalStatus(code: .failure, text: "Source and target are the same file")
        case .unknownDigest:
            RefusalStatus(code: .operationUnsupported, text: "None of these hashes is known")
        case .unusableBlocks:
            RefusalStatus(
                code: .failure,
                text: "A block has at least \(ProtocolLimits.digestBlockLength) bytes, "
                    + "and a reply at most \(ProtocolLimits.digestCount) hashes"
            )
        case .digestFailed: RefusalStatus(code: .failure, text: "The hash could not be made")
        }
    }
}

extension RefusalStatus {
    /// What is said about work on files that failed.
    package init(_ failure: FileFailure) {
        switch failure {
        case .system(let error): self.init(code: StatusCode(error.code), text: error.code.phrase)
        case .leavesRoot:
            self.init(
                code: .permissionDenied,
                text: "Permission denied: the path leads outside this server"
            )
        case .notRegularFile: self.init(code: .failure, text: "Not a regular file")
        case .danglingLink:
            self.init(code: .noSuchFile, text: "The symbolic link leads to nothing")
        case .rootItself:
            self.init(code: .failure, text: "The server's root can be neither moved nor removed")
        case .linkedDirectory:
            self.init(
                code: .permissionDenied,
                text: "Permission denied: this link cannot be made in a linked directory"
            )
        case .unsettled:
            self.init(code: .failure, text: "The path keeps changing; try again")
        }
    }
}

extension StatusCode {
    /// The code that clients expect for an error of the kernel.
    ///
    /// Where version 3 has no code for it, the text tells what it was.
    fileprivate init(_ code: Errno) {
        switch code {
        case .noSuchFile, .notDirectory, .tooManySymbolicLinks: self = .noSuchFile
        case .permissionDenied, .notPermitted, .readOnlyFileSystem: self = .permissionDenied
        case .notImplemented, .notSupported: self = .operationUnsupported
        default: self = .failure
        }
    }
}

extension Errno {
    /// The kernel's own phrase, except where ours says more to somebody without a shell.
    fileprivate var phrase: String {
        switch self {
        // The host's limit was reached, not the client's.
        case .tooManyOpenFiles, .tooManyOpenFilesInSystem: "Too many open files on this host"
        default: description
        }
    }
}
