package import AccessControl
package import Admission
package import LinuxSystem

/// Everything an operator can set, as values that were checked when they were read.
///
/// A fresh value holds the defaults. `Setting.all` ties each property to its key, its range and
/// its explanation.
package struct GateSettings: Equatable, Sendable {
    package var ssh = SSHSettings()
    package var admission = AdmissionSettings()
    package var limits = LimitSettings()
    package var penalties = PenaltySettings()
    package var sessions = SessionSettings()
    package var files = FileSettings()
    package var store = StoreSettings()
    package var control = ControlSettings()
    package var passwords = PasswordSettings()
    package var signIn = SignInSettings()
    package var subusers = SubuserSettings()
    package var activity = ActivitySettings()
    package var log = LogSettings()

    /// The defaults.
    package init() {}
}

/// Where and how clients are spoken to.
package struct SSHSettings: Equatable, Sendable {
    /// For which clients algorithms are chosen.
    package enum Profile: String, CaseIterable, Sendable {
        /// Those of the last years.
        case modern
        /// Old ones too, as far as that can be answered for.
        case compatible
    }

    /// The addresses to accept clients on.
    package var listen: [SocketAddress] = ["0.0.0.0", "::"].compactMap {
        SocketAddress(host: $0, port: 2022)
    }
    /// What follows `SSH-2.0-` in the version line (RFC 4253 section 4.2).
    package var softwareName = "Portcullis"
    /// What is offered where no list is given.
    package var profile = Profile.modern
    /// Key exchange methods in the order of preference; empty, as in the lists below, for what the
    /// profile has.
    package var keyExchange: [String] = []
    package var ciphers: [String] = []
    /// Message authentication codes; ciphers that authenticate need none.
    package var macs: [String] = []
    package var hostKeyAlgorithms: [String] = []
    /// Signature algorithms accepted from clients that sign in with a key.
    package var publicKeyAlgorithms: [String] = []
    /// The directory of the private host keys.
    package var hostKeysDirectory = "/var/lib/portcullis/host-keys"
}

/// Bounds on what clients may take.
package struct LimitSettings: Equatable, Sendable {
    /// From accepting a connection to a completed sign-in.
    package var signInGrace: Duration = .seconds(30)
    /// Failed attempts before the connection ends.
    package var signInAttempts = 6
    /// SSH packets taken from a client before it has signed in.
    package var unauthenticatedPackets = 200
    /// Bytes taken from a client before it has signed in.
    package var unauthenticatedBytes = 524_288
    /// How long a client may refuse to read what was sent to it.
    package var stall: Duration = .seconds(60)
    /// How long somebody who has signed in may have nothing open; nil, as below, for ever.
    package var unused: Duration? = .seconds(600)
    /// How long they may make no request.
    package var idle: Duration?
    /// How long they may stay.
    package var total: Duration?
    /// After how much silence a client is asked for a sign of life.
    package var keepaliveInterval: Duration? = .seconds(60)
    /// For how many such intervals it may leave that unanswered.
    package var keepaliveCount = 3
    /// After how much silence a client counts as gone.
    package var silence: Duration? { keepaliveInterval.map { $0 * (keepaliveCount + 1) } }
    /// How much processor time a session may use up without getting anywhere.
    package var spin: Duration = .seconds(10)
    /// Open channels for each connection.
    package var channels = 4
    /// Open file and directory handles for each channel.
    package var handles = 256
    /// Mebibytes of memory that one session process may have of its own.
    package var sessionMemory = 128
    /// Connections at a time.
    package var connections = 1000
    /// Connections at a time on which nobody has signed in yet.
    package var unauthenticatedConnections = 100
    /// Of those, how many there are before some that come are turned away by lot.
    package var earlyDropStart = 30
    /// Percent of the connections that are turned away then; it grows to 100.
    package var earlyDropRate = 30
    /// Connections at a time of one source.
    package var connectionsPerSource = 200
    /// Connections at a time of one source on which nobody has signed in yet.
    package var unauthenticatedConnectionsPerSource = 20
    /// Connections at a time of one user.
    package var connectionsPerUser = 20
    /// Connections at a time to one server.
    package var connectionsPerServer = 100
}

/// Who may connect at all.
package struct AdmissionSettings: Equatable, Sendable {
    /// Only these may; everybody where there are none.
    package var allow: [AddressRange] = []
    /// These may not, whatever else is said.
    package var deny: [AddressRange] = []
    /// How many leading bits of IPv4 addresses make one source.
    package var ipv4Prefix = 32
    /// How many leading bits of IPv6 addresses make one source.
    package var ipv6Prefix = 64
    /// Whether connections begin with a header of the PROXY protocol.
    package var proxyProtocol = ProxyPolicy.Mode.off
    /// Whose headers are believed.
    package var trustedProxies: [AddressRange] = []
    /// How long a proxy may take for its header.
    package var proxyTimeout: Duration = .seconds(3)
}

/// What is done against guessing and scanning.
package struct PenaltySettings: Equatable, Sendable {
    /// What each offence costs.
    package var costs = Dictionary(
        uniqueKeysWithValues: Offence.allCases.map {
            ($0, Duration.milliseconds($0.standardCost))
        }
    )
    /// A source is kept out once its penalty is larger than this.
    package var minimum: Duration = .seconds(15)
    /// No penalty is larger.
    package var maximum: Duration = .seconds(600)
    /// These get no penalties.
    package var exempt: [AddressRange] = []
    /// How long somebody is remembered where they signed in, and may guess there again.
    package var accountMemory: Duration = .seconds(30 * 86_400)
}

/// The session processes.
package struct SessionSettings: Equatable, Sendable {
    /// Whether a session may go on where the kernel cannot confine it.
    package enum Confinement: String, CaseIterable, Sendable {
        case whenAvailable = "when-available"
        case required
    }

    /// The path of `portcullis-session`.
    package var program = "/usr/libexec/portcullis/portcullis-session"
    /// Processes kept ready for the next clients.
    package var warm = 2
    /// How long a revoked session may take to say goodbye before it is killed.
    package var goodbyeGrace: Duration = .milliseconds(100)
    package var confinement = Confinement.whenAvailable
    /// How often every open session is compared with the store.
    package var reviewInterval: Duration = .seconds(60)
    /// How long sessions may take to end when the gate stops.
    package var shutdownGrace: Duration = .seconds(5)
}

/// The servers' files.
package struct FileSettings: Equatable, Sendable {
    /// The directory beneath which every server's directory lies.
    package var volumes = "/var/lib/portcullis/volumes"
    /// Mode bits never set on what clients create.
    package var umask: UInt32 = 0o022
    /// Whether file systems mounted beneath a server's directory are entered.
    package var enterMounts = false
    /// Where containers show a server's directory to the programs in them.
    package var containerPaths: [String] = []
}

/// The gate's own records.
package struct StoreSettings: Equatable, Sendable {
    /// The path of the SQLite file.
    package var path = "/var/lib/portcullis/portcullis.sqlite"
    /// How long to wait for another process that holds the store.
    package var busyTimeout: Duration = .seconds(5)
}

/// The control API.
package struct ControlSettings: Equatable, Sendable {
    /// The path of the Unix socket.
    package var socket = "/run/portcullis/control.sock"
    /// The group that may connect; empty for the gate's own.
    package var group = ""
}

/// Checking and making password hashes.
package struct PasswordSettings: Equatable, Sendable {
    /// How many passwords are checked at the same time.
    package var workers = 1
    /// The yescrypt cost of new hashes (crypt(5)).
    package var cost = 5
    /// Whether a sign-in replaces a hash that new ones are not like.
    package var rehash = false
}

/// What people must prove.
package struct SignInSettings: Equatable, Sendable {
    /// Of whom a second factor is demanded.
    package enum SecondFactor: String, CaseIterable, Sendable {
        case off, enrolled, panel
    }

    /// What is enough, unless more is demanded below, of a user or on a server.
    package var accept = SignInPolicy.standard
    package var secondFactor = SecondFactor.panel
    /// Whether it is demanded beside a key as well.
    package var keysNeedCode = false
    /// The name under which authenticators list the host's accounts.
    package var issuer = "Portcullis"
}

/// Access that is shared with others.
package struct SubuserSettings: Equatable, Sendable {
    /// What to do with names of permissions that mean nothing.
    package enum UnknownPermissions: String, CaseIterable, Sendable {
        case drop, refuse
    }

    /// What to do with an address that nobody has.
    package enum UnknownEmail: String, CaseIterable, Sendable {
        case refuse, invite
    }

    /// What happens to open sessions that a change has only given more.
    package enum PermissionsGained: String, CaseIterable, Sendable {
        case revoke, keep
    }

    /// Whether nobody can touch a subuser who holds more than they do.
    package var protectStronger = true
    package var unknownEmail = UnknownEmail.refuse
    /// How long an invitation lasts.
    package var invitationLifetime: Duration = .seconds(14 * 24 * 60 * 60)
    package var unknownPermissions = UnknownPermissions.drop
    package var permissionsGained = PermissionsGained.revoke
    /// Permissions that this host's panel knows besides.
    package var additionalPermissions: [PermissionCatalogue.Addition] = []
}

/// The record of what was done.
package struct ActivitySettings: Equatable, Sendable {
    /// Whether downloads and listings are recorded too.
    package var logReads = false
    /// How long entries are collected before they are written together.
    package var flushInterval: Duration = .milliseconds(200)
    /// How long entries are kept; nil for ever.
    package var retention: Duration? = .seconds(90 * 86_400)
}

/// The log on standard error.
package struct LogSettings: Equatable, Sendable {
    /// What a line of the log looks like.
    package enum Format: String, CaseIterable, Sendable {
        /// `time level event key=value …`
        case text
        /// One JSON object a line.
        case json
    }

    /// The least important events that are still written, as swift-log names them.
    package enum Level: String, CaseIterable, Sendable {
        case trace, debug, info, notice, warning, error, critical
    }

    package var format = Format.text
    package var level = Level.info
}
