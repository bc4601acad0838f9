import LinuxSystem
import Logging
import SessionLink

/// Why a session ended, as the log tells it.
struct EndReason {
    let name: String
    let detail: String?
    let message: Logger.Message
    let level: Logger.Level
}

extension SessionProcess {
    /// Puts together what the gate decided, what the session said and what the kernel reports.
    func endReason(_ end: ChildProcess.End) -> EndReason {
        if let dismissal {
            let isSpinning = dismissal.fault == .spinning
            return EndReason(
                name: isSpinning ? "spinning" : dismissal.isKilled ? "killed" : "goodbye",
                detail: dismissal.reason,
                message: "session ended",
                level: isSpinning ? .warning : .info
            )
        }
        switch (farewell, end) {
        case (let farewell?, .exited):
            let level: Logger.Level =
                switch farewell.end {
                case .internalFault, .notConfined: .error
                case .protocolViolation, .unauthenticatedBudgetExceeded, .stalled,
                    .tooManyAttempts:
                    .notice
                case .clientLeft, .goodbye, .signInGraceExceeded, .accessRefused, .unused, .idle,
                    .timeLimit, .silent:
                    .info
                }
            return EndReason(
                name: "\(farewell.end)",
                detail: farewell.detail.isEmpty ? nil : farewell.detail,
                message: "session ended",
                level: level
            )
        case (_, .killed(let signal)):
            return EndReason(
                name: "crash",
                detail: signal == ChildProcess.forbiddenCallSignal
                    ? "a forbidden system call" : "signal \(signal)",
                message: "session crashed",
                level: .error
            )
        case (nil, .exited) where stage == .ended:
            return EndReason(
                name: "unusable",
                detail: nil,
                message: "session ended",
                level: .error
            )
        case (nil, .exited(let status)):
            return EndReason(
                name: "crash",
                detail: "exit status \(status)",
                message: "session crashed",
                level: .error
            )
        }
    }
}
