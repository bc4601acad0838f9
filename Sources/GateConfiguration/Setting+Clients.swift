/// Settings about what clients meet.
extension Setting {
    static let ssh = [
        Setting(
            "ssh.listen",
            \.ssh.listen,
            .addresses,
            .onRestart,
            """
            The addresses to accept SFTP clients on. An IPv6 address stands in brackets; [::] \
            does not take IPv4 clients too.
            """
        ),
        Setting(
            "ssh.software_name",
            \.ssh.softwareName,
            .softwareName,
            .onReload,
            """
            What the gate calls itself in the SSH version line, which every client sees before \
            it signs in.
            """
        ),
        Setting(
            "ssh.profile",
            \.ssh.profile,
            .choice(),
            .onReload,
            """
            Which algorithms are offered where the lists below are empty. The modern ones are free \
            of known doubts and cost the gate little. The compatible ones add what clients in FIPS \
            mode and libraries from before 2019 need; a host in FIPS mode itself needs them too. \
            Neither has SHA-1 signatures, CBC, or a key exchange that costs 100 ms. `portcullis \
            config algorithms` shows what is offered in the end.
            """
        ),
        algorithms(
            .keyExchange,
            """
            Key exchange methods, the preferred one first. The post-quantum ones need libssh 0.12; \
            what the installed libssh does not have is skipped.
            """
        ),
        algorithms(
            .ciphers,
            """
            Ciphers for both directions. The client's order decides among them. AES-GCM is the \
            fastest.
            """
        ),
        algorithms(
            .macs,
            """
            Message authentication codes for both directions, used with the aes-ctr ciphers \
            only.
            """
        ),
        algorithms(
            .hostKeys,
            """
            Host key algorithms, the preferred one first. Those without a key in the host keys' \
            directory are not offered.
            """
        ),
        algorithms(
            .publicKeys,
            "Signature algorithms accepted from clients that sign in with a key."
        ),
        Setting(
            "ssh.host_keys_directory",
            \.ssh.hostKeysDirectory,
            .path,
            .onRestart,
            """
            The directory of the private host keys: ssh_host_ed25519_key, ssh_host_rsa_key and, \
            where there is one, ssh_host_ecdsa_key. The first two are generated when they are \
            missing at a start (RSA with 3072 bits); clients remember them, so keep them in the \
            backup. The keys themselves are re-read on SIGHUP.
            """
        ),
    ]

    static let limits = [
        Setting(
            "limits.sign_in_grace",
            \.limits.signInGrace,
            .duration(.seconds(1) ... .seconds(600)),
            .onReload,
            "How long a client may take from connecting to a completed sign-in."
        ),
        Setting(
            "limits.sign_in_attempts",
            \.limits.signInAttempts,
            .count("attempts", 1...100),
            .onReload,
            """
            How many failed attempts end a connection. A client that offers several keys uses up \
            one attempt for each.
            """
        ),
        Setting(
            "limits.unauthenticated_packets",
            \.limits.unauthenticatedPackets,
            .count("packets", 20...100_000),
            .onReload,
            "How many SSH packets are taken from a client before it has signed in."
        ),
        Setting(
            "limits.unauthenticated_bytes",
            \.limits.unauthenticatedBytes,
            .count("bytes", 16_384...16_777_216),
            .onReload,
            "How many bytes are taken from a client before it has signed in."
        ),
        Setting(
            "limits.stall",
            \.limits.stall,
            .duration(.seconds(1) ... .seconds(3600)),
            .onReload,
            "How long a client may leave unread what was sent to it before its connection ends."
        ),
        Setting(
            "limits.unused",
            \.limits.unused,
            .span(.seconds(1) ... .seconds(86_400)),
            .onReload,
            """
            How long somebody who has signed in may have no SFTP channel open before their connection \
            ends.
            """
        ),
        Setting(
            "limits.idle",
            \.limits.idle,
            .span(.seconds(1) ... .seconds(604_800)),
            .onReload,
            """
            How long a client may make no SFTP request before its connection ends. One that takes \
            long is no idling. Off, because a program with a window open is idle for hours, and a \
            client that is gone is noticed by the keepalive.
            """
        ),
        Setting(
            "limits.total",
            \.limits.total,
            .span(.seconds(1) ... .seconds(604_800)),
            .onReload,
            "How long a connection may last after the sign-in, also in the middle of a request."
        ),
        Setting(
            "limits.keepalive_interval",
            \.limits.keepaliveInterval,
            .span(.seconds(1) ... .seconds(3600)),
            .onReload,
            """
            After how much silence a client that has signed in is asked for a sign of life. Routers \
            forget connections on which nothing happens for minutes.
            """
        ),
        Setting(
            "limits.keepalive_count",
            \.limits.keepaliveCount,
            .count("intervals", 1...100),
            .onReload,
            "For how many further intervals it may leave that unanswered before it counts as gone."
        ),
        Setting(
            "limits.spin",
            \.limits.spin,
            .duration(.seconds(1) ... .seconds(3600)),
            .onReload,
            """
            How much processor time a session may use up without getting anywhere: nothing \
            received or sent, no request answered, no piece of a copy or a hash done. Such a \
            process spins, and is killed.
            """
        ),
        Setting(
            "limits.channels",
            \.limits.channels,
            .count("channels", 1...16),
            .onReload,
            "How many channels a client may open on one connection."
        ),
        Setting(
            "limits.handles",
            \.limits.handles,
            .count("handles", 1...4000),
            .onReload,
            "How many files and directories a client may hold open on one channel."
        ),
        Setting(
            "limits.session_memory",
            \.limits.sessionMemory,
            .count("mebibytes", 32...4096),
            .onReload,
            """
            How much memory a session process may have of its own, which is about 2 MiB while it \
            waits and 13 MiB for the most demanding clients. One that wants more is ended. Content \
            of files does not count, wherever it lies.
            """
        ),
        Setting(
            "limits.connections",
            \.limits.connections,
            .count("connections", 1...100_000),
            .onReload,
            """
            How many connections may be open at a time. Each is a process with about 1 MB of \
            memory.
            """
        ),
        Setting(
            "limits.unauthenticated_connections",
            \.limits.unauthenticatedConnections,
            .count("connections", 1...100_000),
            .onReload,
            """
            How many of them may be open without having signed in yet. As many again are kept for \
            sources from where somebody signed in within penalties.account_memory.
            """
        ),
        Setting(
            "limits.early_drop_start",
            \.limits.earlyDropStart,
            .count("connections", 0...100_000),
            .onReload,
            """
            From so many connections without a sign-in on, some of those that come are turned \
            away by lot, so that whoever takes every place does not shut out everybody else.
            """
        ),
        Setting(
            "limits.early_drop_rate",
            \.limits.earlyDropRate,
            .count("percent", 0...100),
            .onReload,
            "How many of those are turned away at first; the more there are, the more, up to all."
        ),
        Setting(
            "limits.connections_per_source",
            \.limits.connectionsPerSource,
            .count("connections", 1...100_000),
            .onReload,
            """
            How many connections one source may have, an address or what \
            admission.ipv6_prefix takes together. A whole school may share one.
            """
        ),
        Setting(
            "limits.unauthenticated_connections_per_source",
            \.limits.unauthenticatedConnectionsPerSource,
            .count("connections", 1...100_000),
            .onReload,
            "How many of them may be open without having signed in yet."
        ),
        Setting(
            "limits.connections_per_user",
            \.limits.connectionsPerUser,
            .count("connections", 1...100_000),
            .onReload,
            "How many connections one user may have. Programs with windows open ten by themselves."
        ),
        Setting(
            "limits.connections_per_server",
            \.limits.connectionsPerServer,
            .count("connections", 1...100_000),
            .onReload,
            "How many connections there may be to one server."
        ),
    ]
}

extension Setting {
    /// A list of algorithms, which is empty where the profile decides.
    private static func algorithms(
        _ kind: AlgorithmKind,
        _ explanation: String
    ) -> Setting {
        let catalogue = kind.catalogue
        let additions = [
            ("compatible adds", catalogue.compatible), ("also taken", catalogue.optional),
        ]
        let offer = additions.filter { !$0.1.isEmpty }.reduce(
            "Empty for those of the profile: \(catalogue.modern.joined(separator: ", "))"
        ) { "\($0); \($1.0): \($1.1.joined(separator: ", "))" }
        return Setting(
            kind.key,
            kind.list,
            .algorithms(catalogue),
            .onReload,
            "\(explanation) \(offer)."
        )
    }
}
