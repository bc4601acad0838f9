import AccessControl
import Admission
import GateConfiguration
import Gatekeeper
import SessionLink
import WireFormat

extension GateOptions {
    /// What the gate needs of the settings, in its own terms.
    init(_ settings: GateSettings) {
        self.init(
            listen: settings.ssh.listen,
            sessionProgram: settings.sessions.program,
            warmProcesses: settings.sessions.warm,
            preparation: SessionPreparation(settings),
            hostKeysDirectory: settings.ssh.hostKeysDirectory,
            volumes: settings.files.volumes,
            goodbyeGrace: settings.sessions.goodbyeGrace.wholeMilliseconds,
            shutdownGrace: settings.sessions.shutdownGrace.wholeMilliseconds,
            spinLimit: settings.limits.spin.wholeMilliseconds,
            admission: AdmissionOptions(settings),
            signIn: SignInRules(settings.signIn),
            recordsReads: settings.activity.logReads,
            renewsHashes: settings.passwords.rehash,
            sessionsKeepStandardError: settings.log.level == .debug || settings.log.level == .trace
        )
    }
}

extension SignInRules {
    fileprivate init(_ settings: SignInSettings) {
        let secondFactor: SecondFactor =
            switch settings.secondFactor {
            case .off: .off
            case .enrolled: .enrolled
            case .panel: .panel
            }
        self.init(
            policy: settings.accept,
            secondFactor: secondFactor,
            keysNeedCode: settings.keysNeedCode
        )
    }
}

extension AdmissionOptions {
    /// Who may connect, and how many.
    fileprivate init(_ settings: GateSettings) {
        let limits = settings.limits
        let full = limits.unauthenticatedConnections
        self.init(
            addresses: AddressList(
                allow: settings.admission.allow,
                deny: settings.admission.deny
            ),
            caps: ConnectionCaps(
                total: limits.connections,
                unauthenticated: EarlyDrop(
                    start: min(limits.earlyDropStart, full),
                    rate: limits.earlyDropRate,
                    full: full
                ) ?? EarlyDrop(),
                perSource: limits.connectionsPerSource,
                unauthenticatedPerSource: limits.unauthenticatedConnectionsPerSource,
                perUser: limits.connectionsPerUser,
                perServer: limits.connectionsPerServer
            ),
            penalties: PenaltyRules(settings),
            proxies: ProxyPolicy(
                settings.admission.proxyProtocol,
                trusted: settings.admission.trustedProxies
            ),
            proxyPatience: settings.admission.proxyTimeout.wholeMilliseconds
        )
    }
}

extension PenaltyRules {
    fileprivate init(_ settings: GateSettings) {
        let penalties = settings.penalties
        var accounts = AccountRules()
        accounts.memory = penalties.accountMemory.wholeMilliseconds
        self.init(
            grouping: SourceGrouping(
                v4: settings.admission.ipv4Prefix,
                v6: settings.admission.ipv6Prefix
            ) ?? SourceGrouping(),
            costs: penalties.costs.mapValues(\.wholeMilliseconds),
            minimum: penalties.minimum.wholeMilliseconds,
            maximum: penalties.maximum.wholeMilliseconds,
            exempt: penalties.exempt,
            accounts: accounts
        )
    }
}

extension SessionPreparation {
    /// What each session process is told; the gate adds the host keys.
    fileprivate init(_ settings: GateSettings) {
        let limits = settings.limits
        self.init(
            hostKeys: [],
            algorithms: AlgorithmLists(
                keyExchange: settings.list(for: .keyExchange),
                hostKeys: settings.list(for: .hostKeys),
                ciphers: settings.list(for: .ciphers),
                messageAuthentication: settings.list(for: .macs),
                publicKeys: settings.list(for: .publicKeys)
            ),
            softwareName: settings.ssh.softwareName,
            limits: SessionLimits(
                signInGrace: UInt32(clamping: limits.signInGrace.wholeMilliseconds),
                signInAttempts: UInt32(clamping: limits.signInAttempts),
                unauthenticatedPackets: UInt32(clamping: limits.unauthenticatedPackets),
                unauthenticatedBytes: UInt32(clamping: limits.unauthenticatedBytes),
                stall: UInt32(clamping: limits.stall.wholeMilliseconds),
                unused: limits.unused.map { UInt32(clamping: $0.wholeMilliseconds) },
                idle: limits.idle.map { UInt32(clamping: $0.wholeMilliseconds) },
                total: limits.total.map { UInt32(clamping: $0.wholeMilliseconds) },
                keepalive: limits.keepaliveInterval.map {
                    UInt32(clamping: $0.wholeMilliseconds)
                },
                silence: limits.silence.map { UInt32(clamping: $0.wholeMilliseconds) },
                channels: UInt32(clamping: limits.channels),
                handles: UInt32(clamping: limits.handles),
                memory: UInt32(clamping: limits.sessionMemory)
            ),
            firstFactors: settings.signIn.accept.factors.intersection(.first),
            confinement: settings.sessions.confinement == .required ? .required : .whenAvailable,
            files: FileRules(
                creationMask: settings.files.umask,
                entersMounts: settings.files.enterMounts,
                containerPaths: settings.files.containerPaths.map { ByteString($0) }
            )
        )
    }
}

extension GateSettings {
    /// What is offered, as libssh takes it.
    fileprivate func list(for kind: AlgorithmKind) -> String {
        algorithms(for: kind).joined(separator: ",")
    }
}
