import GateConfiguration
import LinuxSystem

/// What the session program's libssh has of the configured algorithms.
///
/// The gate does not link libssh, so the session program is asked.
struct InstalledAlgorithms {
    /// The library's version and what it was built with.
    let version: String
    /// Those that it has, in the configured order.
    let known: [AlgorithmKind: [String]]

    /// Far more than every list in full.
    private static let answerLimit = 64 * 1024

    init(asking settings: GateSettings) throws(CommandFailure) {
        let program = settings.sessions.program
        let hint = "check sessions.program: it names the portcullis-session of the same version"
        let output: [UInt8]?
        do throws(SystemError) {
            output = try ChildProcess.output(
                of: program,
                arguments: ["list-algorithms"]
                    + AlgorithmKind.allCases.map { kind in
                        "\(kind.rawValue)=\(settings.algorithms(for: kind).joined(separator: ","))"
                    },
                limit: Self.answerLimit
            )
        } catch {
            throw CommandFailure(
                .failure,
                "\(program) cannot be started: \(error.code)",
                hint: hint
            )
        }
        let answers = Self.parse(output ?? [])
        guard let version = answers["libssh"] else {
            throw CommandFailure(.failure, "\(program) does not list algorithms", hint: hint)
        }
        self.version = version
        var known: [AlgorithmKind: [String]] = [:]
        for kind in AlgorithmKind.allCases {
            known[kind] = (answers[kind.rawValue] ?? "").split(separator: ",").map { String($0) }
        }
        self.known = known
    }

    /// Lines of the form `NAME=VALUE`.
    private static func parse(_ output: [UInt8]) -> [String: String] {
        var answers: [String: String] = [:]
        for line in String(decoding: output, as: UTF8.self).split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { answers[String(parts[0])] = String(parts[1]) }
        }
        return answers
    }
}
