package import ArgumentParser
import FoundationEssentials
import GateConfiguration
import LinuxSystem

/// How a command reaches the gate, and in which form it answers.
package struct ControlOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The gate's control socket.",
            discussion: "Default: PORTCULLIS_CONTROL_SOCKET, else what the configuration says.",
            valueName: "path"
        )
    )
    var socket: String?

    @Option(
        name: .customLong("config"),
        help: ArgumentHelp("The configuration file that names the socket.", valueName: "file")
    )
    var configurationFile: String?

    @Flag(help: "Print the gate's answer as JSON.")
    var json = false

    package init() {}

    /// The socket to connect to.
    ///
    /// Only a file that was named for this command must be right: an operator who may not read
    /// the gate's configuration, or is about to repair it, can still speak to the gate.
    func socketPath() throws(ConfigurationError) -> String {
        if let socket { return socket }
        let sources = ConfigurationSources(
            flag: configurationFile,
            environment: ProcessInfo.processInfo.environment
        )
        let loaded = configurationFile == nil ? sources.inspect().loaded : try sources.load()
        return loaded.settings.control.socket
    }
}

/// A command that is one request to the gate and an account of its answer.
package protocol ControlCommand: AsyncParsableCommand {
    var control: ControlOptions { get }

    /// What to ask; it may ask a person for a secret.
    func request() throws -> ControlRequest

    /// What the answer says to people, line by line.
    func account(of answer: ControlAnswer, width: Int?) throws(CommandFailure) -> [String]
}

extension ControlCommand {
    package func run() async throws {
        try await ask()
    }

    /// Makes the request and prints what came of it.
    func ask() async throws {
        let socket = try control.socketPath()
        let request = try request()
        let answer = try await ControlClient.connected(to: socket) { client in
            try await client.send(request)
        }
        let effects = answer.effects
        if control.json {
            print(answer.text)
        } else {
            for line in try account(of: answer, width: Terminal.width) { print(line) }
            for line in effects?.lines ?? [] { print(line) }
        }
        if let failure = effects?.failure { throw failure }
    }
}

/// What an answer to a change says besides what changed.
struct ChangeEffects: Decodable {
    let revocation: RevocationAnswer?
    let droppedPermissions: [String]?

    /// The effects for people; none where there were none.
    var lines: [String] {
        var lines: [String] = []
        if let names = droppedPermissions, !names.isEmpty {
            lines.append("Unknown permissions were left out: \(names.joined(separator: ", ")).")
        }
        if let revocation, revocation.found > 0 {
            let sessions = revocation.found == 1 ? "1 session" : "\(revocation.found) sessions"
            lines.append(
                "Ended \(sessions) in \(revocation.milliseconds) ms "
                    + "(\(revocation.endedByGoodbye) left when asked, "
                    + "\(revocation.endedByKill) were killed)."
            )
        }
        return lines
    }

    /// Set where the promise that access is gone could not be kept in time.
    var failure: CommandFailure? {
        guard let pending = revocation?.pending, !pending.isEmpty else { return nil }
        return CommandFailure(
            .failure,
            "the kernel has not ended these sessions yet: \(pending.joined(separator: ", "))",
            hint: "The gate keeps at it; `portcullis sessions` shows what is left."
        )
    }
}

extension ControlAnswer {
    /// The effects that the answer tells of, where it tells of any.
    fileprivate var effects: ChangeEffects? {
        do throws(CommandFailure) { return try decode(ChangeEffects.self) } catch { return nil }
    }
}
