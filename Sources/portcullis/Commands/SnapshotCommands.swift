import ArgumentParser
import LinuxSystem

/// `portcullis import`: makes the store equal to a document.
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Make users, keys, servers and subusers equal to a document.",
        discussion: """
            What the document has not is removed, all at once or not at all, and the sessions that \
            lose something by it end. --dry-run says what would happen and changes nothing.
            """
    )

    @Argument(help: ArgumentHelp("The document; - for standard input.", valueName: "file"))
    var file: String

    @Flag(help: "Say what would be changed, and change nothing.") var dryRun = false
    @OptionGroup var control: ControlOptions

    func run() async throws {
        let socket = try control.socketPath()
        let input = try opened()
        let answer = try await ControlClient.connected(to: socket) { client in
            try await client.importSnapshot(from: input, isTrial: dryRun)
        }
        let report = try answer.decode(SnapshotReportAnswer.self)
        let effects = try answer.decode(ChangeEffects.self)
        if control.json {
            print(answer.text)
        } else {
            for line in report.lines(width: Terminal.width) + effects.lines { print(line) }
        }
        if let failure = effects.failure { throw failure }
    }

    private func opened() throws(CommandFailure) -> InputFile {
        do throws(SystemError) {
            return file == "-" ? try InputFile.standardInput() : try InputFile(file)
        } catch {
            throw CommandFailure(
                error.code == .noSuchFile ? .notFound : .failure,
                "\(file) cannot be read: \(error.code)"
            )
        }
    }
}

/// `portcullis export`: writes the document that `import` reads.
struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write users, keys, servers and subusers as a document.",
        discussion: """
            One JSON object a line, always in the same order. It holds the hashes of all passwords: \
            a file gets mode 0600, and appears complete or not at all.
            """
    )

    @Argument(
        help: ArgumentHelp("Where to write it; standard output when left out.", valueName: "file")
    )
    var file: String?

    @OptionGroup var control: ControlOptions

    func run() async throws {
        let socket = try control.socketPath()
        let output = try opened()
        try await ControlClient.connected(to: socket) { client in
            try await client.exportSnapshot(to: output)
        }
    }

    private func opened() throws(CommandFailure) -> OutputFile {
        let path = file.flatMap { $0 == "-" ? nil : $0 }
        do throws(SystemError) {
            guard let path else { return try OutputFile.standardOutput() }
            return try OutputFile(replacing: path)
        } catch {
            let isInTheWay = error.code == .invalidArgument
            throw CommandFailure(
                .failure,
                isInTheWay
                    ? "\(path ?? "") is in the way: it is not a regular file"
                    : "\(path ?? "standard output") cannot be written: \(error.code)"
            )
        }
    }
}
