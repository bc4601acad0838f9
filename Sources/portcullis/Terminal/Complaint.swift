import ArgumentParser
import GateConfiguration
import LinuxSystem
import WireFormat

/// Errors as people read them: `error:` lines and `hint:` lines on standard error.
enum Complaint {
    /// Says what went wrong and answers with what the process ends with.
    static func report(_ error: any Error) -> any Error {
        switch error {
        case let failure as CommandFailure:
            say("error", failure.message)
            if let hint = failure.hint { say("hint", hint) }
            return ExitCode(failure.status.rawValue)
        case let error as ConfigurationError:
            for problem in error.problems {
                say("error", problem.description)
                say("hint", problem.remedy)
            }
            return ExitCode(ExitStatus.badConfiguration.rawValue)
        case let error as SystemError where error.code == .brokenPipe:
            // Whoever read has had enough, as `head` has.
            return ExitCode(ExitStatus.failure.rawValue)
        default: return reportUsage(error)
        }
    }

    /// Help and versions go to standard output as they are, complaints about arguments here.
    private static func reportUsage(_ error: any Error) -> any Error {
        let status = Portcullis.exitCode(for: error)
        guard status != .success, !(error is ExitCode) else { return error }
        let text = Portcullis.fullMessage(for: error)
        let label = "Error: "
        let message = text.hasPrefix(label) ? "error: " + text.dropFirst(label.count) : text
        StandardError.write(Array((message + "\n").utf8))
        return status
    }

    private static func say(_ label: String, _ text: String) {
        StandardError.write(Array("\(label): \(ByteString.escaped(text: text))\n".utf8))
    }
}
