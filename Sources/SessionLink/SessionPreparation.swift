package import AccessControl
package import WireFormat

/// What a warm session process needs before it is given a client.
///
/// With it travels one descriptor: the volumes directory, beneath which every server's files lie.
package struct SessionPreparation: Equatable, Sendable {
    /// Private host keys as PEM text, in the order of preference.
    package var hostKeys: [ByteString]
    package var algorithms: AlgorithmLists
    /// The software name in the SSH version line (RFC 4253 section 4.2).
    package var softwareName: String
    package var limits: SessionLimits
    /// What clients may begin a sign-in with.
    package var firstFactors: SignInFactors
    /// What to do where the kernel cannot confine the process.
    package var confinement: Confinement
    package var files: FileRules

    package init(
        hostKeys: [ByteString],
        algorithms: AlgorithmLists,
        softwareName: String,
        limits: SessionLimits,
        firstFactors: SignInFactors = .first,
        confinement: Confinement,
        files: FileRules
    ) {
        self.hostKeys = hostKeys
        self.algorithms = algorithms
        self.softwareName = softwareName
        self.limits = limits
        self.firstFactors = firstFactors
        self.confinement = confinement
        self.files = files
    }
}

/// Whether a session may go on where the kernel lacks what confines it.
package enum Confinement: UInt8, Sendable {
    /// Refuse to serve without it.
    case required = 0
    /// Serve with a loud warning.
    case whenAvailable = 1
}

/// What a session is told about servers' files.
package struct FileRules: Equatable, Sendable {
    /// Mode bits never set on what a client creates.
    package var creationMask: UInt32
    /// Whether file systems mounted beneath a server's directory are entered.
    package var entersMounts: Bool
    /// Absolute paths that mean the server's root in a link made inside its container.
    package var containerPaths: [ByteString]

    package init(creationMask: UInt32, entersMounts: Bool, containerPaths: [ByteString]) {
        self.creationMask = creationMask
        self.entersMounts = entersMounts
        self.containerPaths = containerPaths
    }
}

/// Names of SSH algorithms, each list comma-separated in the order of preference.
///
/// RFC 4253 section 7.1. Names that the installed libssh lacks are skipped.
package struct AlgorithmLists: Equatable, Sendable {
    package var keyExchange: String
    package var hostKeys: String
    package var ciphers: String
    package var messageAuthentication: String
    /// Signature algorithms accepted from clients.
    package var publicKeys: String

    package init(
        keyExchange: String,
        hostKeys: String,
        ciphers: String,
        messageAuthentication: String,
        publicKeys: String
    ) {
        self.keyExchange = keyExchange
        self.hostKeys = hostKeys
        self.ciphers = ciphers
        self.messageAuthentication = messageAuthentication
        self.publicKeys = publicKeys
    }
}

/// Bounds on what one client may take.
///
/// Times are milliseconds.
package struct SessionLimits: Equatable, Sendable {
    /// From the first byte to a completed sign-in, or to a proof that is right and not enough.
    package var signInGrace: UInt32
    /// Failed sign-in attempts before the connection ends.
    package var signInAttempts: UInt32
    /// SSH packets taken before a sign-in.
    package var unauthenticatedPackets: UInt32
    /// Bytes taken before a sign-in.
    package var unauthenticatedBytes: UInt32
    /// How long a client may refuse to read what was sent to it.
    package var stall: UInt32
    /// How long a client that has signed in may have no channel open; nil for ever, as below.
    package var unused: UInt32?
    /// How long it may make no request.
    package var idle: UInt32?
    /// How long it may stay in all.
    package var total: UInt32?
    /// After how much silence it is asked for a sign of life.
    package var keepalive: UInt32?
    /// After how much silence it counts as gone.
    package var silence: UInt32?
    /// Open session channels at a time.
    package var channels: UInt32
    /// Open file and directory handles at a time, for each channel.
    package var handles: UInt32
    /// Memory of the process's own in mebibytes.
    package var memory: UInt32

    package init(
        signInGrace: UInt32,
        signInAttempts: UInt32,
        unauthenticatedPackets: UInt32,
        unauthenticatedBytes: UInt32,
        stall: UInt32,
        unused: UInt32?,
        idle: UInt32?,
        total: UInt32?,
        keepalive: UInt32?,
        silence: UInt32?,
        channels: UInt32,
        handles: UInt32,
        memory: UInt32
    ) {
        self.signInGrace = signInGrace
        self.signInAttempts = signInAttempts
        self.unauthenticatedPackets = unauthenticatedPackets
        self.unauthenticatedBytes = unauthenticatedBytes
        self.stall = stall
        self.unused = unused
        self.idle = idle
        self.total = total
        self.keepalive = keepalive
        self.silence = silence
        self.channels = channels
        self.handles = handles
        self.memory = memory
    }
}

extension SessionLimits {
    /// Milliseconds from one right proof to the next: somebody may have to look for their
    /// authenticator and wait for its next code.
    package var furtherGrace: UInt32 { max(signInGrace, 120_000) }
}

extension SessionPreparation {
    func encode(into writer: inout WireWriter) {
        writer.uint32(UInt32(clamping: hostKeys.count))
        for key in hostKeys { writer.string(key) }
        writer.text(algorithms.keyExchange)
        writer.text(algorithms.hostKeys)
        writer.text(algorithms.ciphers)
        writer.text(algorithms.messageAuthentication)
        writer.text(algorithms.publicKeys)
        writer.text(softwareName)
        writer.uint32(limits.signInGrace)
        writer.uint32(limits.signInAttempts)
        writer.uint32(limits.unauthenticatedPackets)
        writer.uint32(limits.unauthenticatedBytes)
        writer.uint32(limits.stall)
        writer.span(limits.unused)
        writer.span(limits.idle)
        writer.span(limits.total)
        writer.span(limits.keepalive)
        writer.span(limits.silence)
        writer.uint32(limits.channels)
        writer.uint32(limits.handles)
        writer.uint32(limits.memory)
        firstFactors.encode(into: &writer)
        writer.byte(confinement.rawValue)
        files.encode(into: &writer)
    }

    init(from reader: inout WireReader) throws(WireError) {
        let count = try reader.uint32("host key count")
        guard count <= LinkLimits.hostKeys else { throw .invalid(field: "host key count") }
        var hostKeys: [ByteString] = []
        for _ in 0..<count {
            hostKeys.append(try reader.string("host key", limit: LinkLimits.hostKeyLength))
        }
        let algorithms = AlgorithmLists(
            keyExchange: try reader.text("key exchange", limit: LinkLimits.textLength),
            hostKeys: try reader.text("host key algorithms", limit: LinkLimits.textLength),
            ciphers: try reader.text("ciphers", limit: LinkLimits.textLength),
            messageAuthentication: try reader.text("MACs", limit: LinkLimits.textLength),
            publicKeys: try reader.text("public key algorithms", limit: LinkLimits.textLength)
        )
        let softwareName = try reader.text("software name", limit: LinkLimits.textLength)
        let limits = SessionLimits(
            signInGrace: try reader.uint32("sign-in grace"),
            signInAttempts: try reader.uint32("sign-in attempts"),
            unauthenticatedPackets: try reader.uint32("unauthenticated packets"),
            unauthenticatedBytes: try reader.uint32("unauthenticated bytes"),
            stall: try reader.uint32("stall"),
            unused: try reader.span("unused"),
            idle: try reader.span("idle"),
            total: try reader.span("total"),
            keepalive: try reader.span("keepalive"),
            silence: try reader.span("silence"),
            channels: try reader.uint32("channels"),
            handles: try reader.uint32("handles"),
            memory: try reader.uint32("memory")
        )
        let firstFactors = try SignInFactors(from: &reader)
        guard let confinement = Confinement(rawValue: try reader.byte("confinement")) else {
            throw .invalid(field: "confinement")
        }
        self.init(
            hostKeys: hostKeys,
            algorithms: algorithms,
            softwareName: softwareName,
            limits: limits,
            firstFactors: firstFactors,
            confinement: confinement,
            files: try FileRules(from: &reader)
        )
    }
}

extension WireWriter {
    /// Milliseconds, or 0 where there is no limit.
    fileprivate mutating func span(_ milliseconds: UInt32?) {
        uint32(milliseconds ?? 0)
    }
}

extension WireReader {
    fileprivate mutating func span(_ field: String) throws(WireError) -> UInt32? {
        let milliseconds = try uint32(field)
        return milliseconds == 0 ? nil : milliseconds
    }
}

extension FileRules {
    fileprivate func encode(into writer: inout WireWriter) {
        writer.uint32(creationMask)
        writer.boolean(entersMounts)
        writer.uint32(UInt32(clamping: containerPaths.count))
        for path in containerPaths { writer.string(path) }
    }

    fileprivate init(from reader: inout WireReader) throws(WireError) {
        let creationMask = try reader.uint32("file creation mask")
        let entersMounts = try reader.boolean("enters mounts")
        let count = try reader.uint32("container path count")
        guard count <= LinkLimits.containerPaths else {
            throw .invalid(field: "container path count")
        }
        var paths: [ByteString] = []
        for _ in 0..<count {
            paths.append(try reader.string("container path", limit: LinkLimits.pathLength))
        }
        self.init(creationMask: creationMask, entersMounts: entersMounts, containerPaths: paths)
    }
}
