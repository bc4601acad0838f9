import ArgumentParser
import GateConfiguration
import Gatekeeper
import LinuxSystem
import SubuserStore

/// `portcullis hostkeys`: what the world may know about the host's keys, without a running gate.
struct HostKeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hostkeys",
        abstract: "Show the host's keys: fingerprints and SSHFP records.",
        discussion: """
            The private keys are read, so it has to run as the gate's user. A file whose name ends \
            in .next is a key that is to replace the current one of its type.
            """
    )

    /// What a key is there for.
    enum State: String, Encodable {
        /// Clients are offered it.
        case current
        /// No algorithm that is configured uses it.
        case notOffered = "not offered"
        /// It is announced, and replaces the current one later.
        case next
    }

    /// One key.
    struct Row: Encodable {
        let file: String
        let state: State
        let type: String
        let bits: Int
        let fingerprint: String
        let publicKey: String
        let sshfp: String?
    }

    @OptionGroup var options: ConfigurationOptions
    @Option(
        help: ArgumentHelp(
            "Whose SSHFP records they are, as the zone file has it: a full name ends in a dot.",
            valueName: "name"
        )
    )
    var host = "@"
    @Flag(help: "Print the keys as JSON.") var json = false

    func run() throws {
        let settings = try options.sources.load().settings
        let rows = try records(settings).map(row(settings))
        if json { return print(try JSONDocument.text(["hostKeys": rows])) }
        var table = TextTable("STATE", "TYPE", "BITS", "FINGERPRINT", "FILE")
        for row in rows {
            table.add(row.state.rawValue, row.type, "\(row.bits)", row.fingerprint, row.file)
        }
        for line in table.lines(width: Terminal.width) { print(line) }
        show(rows.filter { $0.state == .current }, under: "SSHFP records:")
        show(
            rows.filter { $0.state == .next },
            under: "SSHFP records of the next keys, each to replace the one of its algorithm:"
        )
    }

    private func records(_ settings: GateSettings) throws(CommandFailure) -> [HostKeyRecord] {
        let directory = settings.ssh.hostKeysDirectory
        let found: [HostKeyRecord]
        do throws(GateFailure) {
            found = try HostKeyFiles(
                directory: directory,
                sessionProgram: settings.sessions.program
            ).records()
        } catch {
            if case .hostKeyFile(_, let cause) = error, cause.code == .permissionDenied {
                throw CommandFailure(
                    .notPermitted,
                    "\(error)",
                    hint: "only the gate's user may read host keys; run this as that user: "
                        + "runuser -u portcullis -- portcullis hostkeys"
                )
            }
            throw CommandFailure(.failure, "\(error)", hint: error.remedy)
        }
        guard !found.isEmpty else {
            throw CommandFailure(
                .notFound,
                "there are no host keys in \(directory)",
                hint: "the gate makes them when it starts for the first time"
            )
        }
        return found
    }

    private func row(_ settings: GateSettings) -> (HostKeyRecord) -> Row {
        let algorithms = settings.algorithms(for: .hostKeys)
        return { record in
            let key = record.key
            let isOffered = algorithms.contains(where: key.kind.signs(with:))
            let state: State =
                switch record.role {
                case .next: .next
                case .current: isOffered ? .current : .notOffered
                }
            return Row(
                file: record.path,
                state: state,
                type: key.kind.rawValue,
                bits: key.bits,
                fingerprint: "\(key.fingerprint)",
                publicKey: key.line,
                sshfp: record.sshfp(name: host)
            )
        }
    }

    /// Prints records for a zone file, whole however wide the terminal is.
    private func show(_ rows: [Row], under heading: String) {
        let lines = rows.compactMap(\.sshfp)
        if !lines.isEmpty { print(([""] + [heading] + lines).joined(separator: "\n")) }
    }
}

extension PublicKey.Kind {
    /// Whether a host key of this type signs with `algorithm`; RSA does so with two (RFC 8332).
    fileprivate func signs(with algorithm: String) -> Bool {
        switch self {
        case .rsa: algorithm.hasPrefix("rsa-sha2-")
        case .ed25519, .ecdsaP256, .ecdsaP384, .ecdsaP521, .securityKeyEd25519, .securityKeyECDSA:
            algorithm == rawValue
        }
    }
}
