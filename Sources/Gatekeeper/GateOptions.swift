package import LinuxSystem
package import SessionLink

/// How the gate is set up, already parsed.
package struct GateOptions: Sendable {
    /// Where clients are accepted.
    package var listen: [SocketAddress]
    /// The session program's path.
    package var sessionProgram: String
    /// Prepared processes kept waiting for clients.
    package var warmProcesses: Int
    /// What each session process is told; the host keys are filled in by the gate.
    package var preparation: SessionPreparation
    /// Where host keys are kept.
    package var hostKeysDirectory: String
    /// The directory beneath which every server's directory lies.
    package var volumes: String
    /// Milliseconds between a goodbye and the kill.
    package var goodbyeGrace: Int64
    /// Milliseconds that sessions get when the gate stops.
    package var shutdownGrace: Int64
    /// Milliseconds of processor time that a session may use up without getting anywhere.
    package var spinLimit: Int64
    /// Who may connect, and how many.
    package var admission: AdmissionOptions
    /// What everybody must prove.
    package var signIn: SignInRules
    /// Whether the activity log keeps downloads.
    package var recordsReads: Bool
    /// Whether a sign-in replaces a password hash of another kind than new ones.
    package var renewsHashes: Bool
    /// Whether session processes may write to standard error, for debugging a crash.
    package var sessionsKeepStandardError: Bool

    package init(
        listen: [SocketAddress],
        sessionProgram: String,
        warmProcesses: Int,
        preparation: SessionPreparation,
        hostKeysDirectory: String,
        volumes: String,
        goodbyeGrace: Int64,
        shutdownGrace: Int64,
        spinLimit: Int64,
        admission: AdmissionOptions,
        signIn: SignInRules,
        recordsReads: Bool,
        renewsHashes: Bool,
        sessionsKeepStandardError: Bool
    ) {
        self.listen = listen
        self.sessionProgram = sessionProgram
        self.warmProcesses = warmProcesses
        self.preparation = preparation
        self.hostKeysDirectory = hostKeysDirectory
        self.volumes = volumes
        self.goodbyeGrace = goodbyeGrace
        self.shutdownGrace = shutdownGrace
        self.spinLimit = spinLimit
        self.admission = admission
        self.signIn = signIn
        self.recordsReads = recordsReads
        self.renewsHashes = renewsHashes
        self.sessionsKeepStandardError = sessionsKeepStandardError
    }
}
