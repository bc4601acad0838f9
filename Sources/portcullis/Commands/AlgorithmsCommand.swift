import ArgumentParser
import GateConfiguration
import LinuxSystem

/// `portcullis config algorithms`: which SSH algorithms clients are offered, without a running gate.
struct AlgorithmsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "algorithms",
        abstract: "Show the configured SSH algorithms and which of them the installed libssh has.",
        discussion: """
            The first one of a kind that the client has too is used, for ciphers and MACs the first \
            of the client. A host key algorithm also needs a key: see `portcullis hostkeys`.
            """
    )

    /// The algorithms of one kind.
    struct Offer: Encodable {
        /// What they are for.
        let kind: String
        /// The key of the setting that names them.
        let setting: String
        /// Who named them.
        let source: String
        let configured: [String]
        /// Those of them that the installed libssh has.
        let offered: [String]
    }

    /// Everything that is shown.
    struct Answer: Encodable {
        let profile: String
        /// The version of libssh, which no client is told.
        let libssh: String
        let algorithms: [Offer]
    }

    @OptionGroup var options: ConfigurationOptions
    @Flag(help: "Print the algorithms as JSON.") var json = false

    func run() throws {
        let loaded = try options.sources.load()
        let library = try InstalledAlgorithms(asking: loaded.settings)
        let offers = Setting.all.compactMap { setting in
            AlgorithmKind.allCases.first { $0.key == setting.key }.map { kind in
                Offer(
                    kind: kind.rawValue,
                    setting: setting.key,
                    source: loaded.result(of: setting).origin.description,
                    configured: loaded.settings.algorithms(for: kind),
                    offered: library.known[kind] ?? []
                )
            }
        }
        let profile = loaded.settings.ssh.profile.rawValue
        if json {
            let answer = Answer(profile: profile, libssh: library.version, algorithms: offers)
            return print(try JSONDocument.text(answer))
        }
        print("Profile \(profile), libssh \(library.version)")
        for offer in offers {
            print("\n\(offer.kind) (\(offer.setting), \(offer.source))")
            var table = TextTable()
            for name in offer.configured {
                let isOffered = offer.offered.contains(name)
                table.add("  " + name, isOffered ? "offered" : "not in this libssh")
            }
            for line in table.lines(width: Terminal.width) { print(line) }
        }
    }
}
