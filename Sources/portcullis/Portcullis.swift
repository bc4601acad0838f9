package import ArgumentParser

/// The gate and the operator's commands.
@main
package struct Portcullis: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "portcullis",
        abstract: "An SFTP gatekeeper for hosting panels.",
        discussion: """
            `serve` runs the gate. The other commands speak to the running gate through its \
            control socket; `config` and `hostkeys` need none.

            Exit status: 0 success, 1 failure, 3 not found, 4 conflict, 64 wrong usage, 69 the \
            gate is not running, 77 not permitted, 78 wrong configuration.
            """,
        version: ProductVersion.current,
        subcommands: [
            Serve.self, UserCommand.self, KeyCommand.self, SecondFactorCommand.self,
            AppPasswordCommand.self, ServerCommand.self,
            SubuserCommand.self, DelegationCommand.self, AccessCommand.self,
            SessionsCommand.self, RevokeCommand.self, RevocationsCommand.self,
            LockdownCommand.self, BansCommand.self, ActivityCommand.self,
            PermissionsCommand.self, ImportCommand.self, ExportCommand.self,
            HostKeysCommand.self, ConfigCommand.self, VersionCommand.self,
        ]
    )

    package init() {}

    /// Runs the command that the arguments name, and turns what it throws into an exit status.
    package static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            exit(withError: Complaint.report(error))
        }
    }
}
