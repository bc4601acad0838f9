import SFTPProtocol
import WireFormat

/// Which of a SYMLINK's two paths a client sends first.
///
/// The draft says the link; OpenSSH, and most who are tested with it, send the target. Some clients
/// send the draft's order always, others unless the server calls itself OpenSSH, which this one
/// does not.
enum LinkOrder: Equatable {
    case targetFirst
    case linkFirst

    /// Software names, as version lines begin, that send the link first to this server.
    private static let linkFirstClients = [
        "SSHJ", "Cyberduck", "Mountain Duck", "WinSCP", "ssh2js", "AsyncSSH",
    ]

    /// Decides by the client's version line.
    init(clientVersion: ByteString) {
        let prefix = "SSH-2.0-".utf8
        let line = clientVersion.bytes
        let software = line.starts(with: prefix) ? line.dropFirst(prefix.count) : line[...]
        let isLinkFirst = Self.linkFirstClients.contains { software.starts(with: $0.utf8) }
        self = isLinkFirst ? .linkFirst : .targetFirst
    }

    /// The target and the link's path of a request.
    func paths(
        of request: Request.SymbolicLink
    ) -> (target: ByteString, link: ByteString) {
        switch self {
        case .targetFirst: (target: request.firstPath, link: request.secondPath)
        case .linkFirst: (target: request.secondPath, link: request.firstPath)
        }
    }
}
