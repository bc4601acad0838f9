import LinuxSystem
import SSHTransport
import SessionLink
import WireFormat

/// The life of the process: get ready, wait for a client, serve it, end.
enum SessionProcess {
    /// Where the gate places the link.
    private static let linkDescriptor: Int32 = 3
    /// Where the gate places the page in which the session shows what it does.
    private static let boardDescriptor: Int32 = 4

    static func run() {
        let board: SessionBoard
        do throws(SystemError) {
            try ProcessHardening.dieWithParent()
            try ProcessHardening.forbidInspection()
            try ProcessHardening.forbidNewPrivileges()
            board = SessionBoard(
                try SharedPage(writing: FileDescriptor(owning: boardDescriptor))
            )
        } catch {
            ProcessHardening.exitNow(ExitStatus.notPrepared)
        }
        // The gate may have more, so that it ends sessions at once on a host that is busy.
        ProcessHardening.takeOrdinaryPriority()
        ProcessHardening.ignoreBrokenPipes()
        let link = GateLink(descriptor: FileDescriptor(owning: linkDescriptor))
        do throws(LinkFailure) {
            try serve(over: link, board: board)
        } catch {
            // No gate, no session. There is nobody left to tell why.
            ProcessHardening.exitNow(ExitStatus.linkLost)
        }
        ProcessHardening.exitNow(ExitStatus.done)
    }

    private static func serve(
        over link: GateLink,
        board: SessionBoard
    ) throws(LinkFailure) {
        guard let delivery = try link.receive() else { return }
        guard case .prepare(let preparation) = delivery.message else {
            throw .malformed(.invalid(field: "kind"))
        }
        let acceptor: SSHAcceptor
        do throws(SSHFailure) {
            acceptor = try SSHAcceptor(
                hostKeys: preparation.hostKeys.map(\.bytes),
                algorithms: SSHAcceptor.Algorithms(preparation.algorithms),
                softwareName: preparation.softwareName
            )
        } catch {
            return try link.send(.unusable(reason: "\(error)", hostKey: error.hostKey))
        }
        ProcessHardening.setFileCreationMask(preparation.files.creationMask)
        let gaps: ConfinementGaps
        do throws(ConfinementFailure) {
            gaps = try ProcessConfinement.begin(delivery, limits: preparation.limits)
        } catch {
            return try link.send(
                .unusable(reason: "the process cannot be confined: \(error)", hostKey: nil)
            )
        }
        guard gaps.isEmpty || preparation.confinement == .whenAvailable else {
            return try link.send(
                .unusable(
                    reason: "this kernel lacks \(gaps) and the configuration requires it",
                    hostKey: nil
                )
            )
        }
        try link.send(.ready(hostKeyFingerprints: acceptor.fingerprints))
        try awaitClient(
            link: link,
            acceptor: acceptor,
            preparation: preparation,
            gaps: gaps,
            board: board
        )
    }

    private static func awaitClient(
        link: GateLink,
        acceptor: borrowing SSHAcceptor,
        preparation: SessionPreparation,
        gaps: ConfinementGaps,
        board: SessionBoard
    ) throws(LinkFailure) {
        guard let delivery = try link.receive() else { return }
        guard case .serve = delivery.message, let socket = delivery.take() else {
            throw .malformed(.invalid(field: "kind"))
        }
        let connection: SSHConnection
        do throws(SSHFailure) {
            connection = try SSHConnection(
                socket: socket,
                acceptor: acceptor,
                limits: SSHConnection.Limits(preparation),
                watching: link.descriptorNumber
            )
        } catch {
            return try link.send(.farewell(.internalFault, detail: "\(error)"))
        }
        let session = ClientSession(
            connection: connection,
            link: link,
            preparation: preparation,
            gaps: gaps,
            board: board
        )
        try session.run()
    }
}

/// What the process's exit status says to one who reaps it.
enum ExitStatus {
    static let done: Int32 = 0
    static let notPrepared: Int32 = 71
    static let linkLost: Int32 = 74
}

extension GateLink.Delivery {
    /// The descriptor alone, with its ownership.
    consuming func take() -> FileDescriptor? {
        descriptor
    }
}

extension SSHFailure {
    /// The position of the host key at fault, counted from zero.
    fileprivate var hostKey: UInt32? {
        guard case .unreadableHostKey(let position) = self else { return nil }
        return UInt32(clamping: position)
    }
}

extension SSHAcceptor.Algorithms {
    fileprivate init(_ lists: AlgorithmLists) {
        self.init(
            keyExchange: lists.keyExchange,
            hostKeys: lists.hostKeys,
            ciphers: lists.ciphers,
            messageAuthentication: lists.messageAuthentication,
            publicKeys: lists.publicKeys
        )
    }
}

extension SSHConnection.Limits {
    fileprivate init(_ preparation: SessionPreparation) {
        let limits = preparation.limits
        self.init(
            signIn: SignInBudget.Limits(
                grace: Int64(limits.signInGrace),
                furtherGrace: Int64(limits.furtherGrace),
                attempts: Int(limits.signInAttempts),
                packets: UInt64(limits.unauthenticatedPackets),
                bytes: UInt64(limits.unauthenticatedBytes)
            ),
            firstSteps: SignInSteps(preparation.firstFactors),
            stall: Int32(clamping: limits.stall),
            channels: Int(limits.channels)
        )
    }
}
