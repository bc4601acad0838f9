import SSHTransport
import SessionLink

extension ClientSession {
    /// Ends without another request being answered: handles closed, text sent, gate told.
    func end(
        _ reason: SessionEnd,
        detail: String,
        saying text: String?
    ) throws(LinkFailure) {
        for channel in channels {
            // Not `finish`: a client whose channel ends well may leave before it reads the text.
            channel.stop()
            for activity in channel.takeActivities() { try link.send(.activity(activity)) }
        }
        connection.end(saying: text)
        showTraffic()
        try link.send(.farewell(reason, detail: detail))
    }

    func end(_ ending: SSHEnding) throws(LinkFailure) {
        switch ending {
        case .clientLeft:
            if isLockedIn {
                let deadline = SFTPChannel.drainDeadline
                for channel in channels { channel.drain(until: deadline, unless: isDismissed) }
            }
            try end(.clientLeft, detail: "", saying: nil)
        case .protocolError(let detail):
            try end(.protocolViolation, detail: detail, saying: nil)
        case .budgetExceeded(.grace):
            try end(.signInGraceExceeded, detail: "", saying: "Nobody signed in in time")
        case .budgetExceeded(.attempts):
            try end(.tooManyAttempts, detail: "", saying: "Too many failed sign-in attempts")
        case .budgetExceeded(.traffic):
            try end(
                .unauthenticatedBudgetExceeded,
                detail: "",
                saying: "Too much data before a sign-in"
            )
        case .budgetExceeded(.unanswerable):
            try end(
                .protocolViolation,
                detail: "sign-in requests that cannot be answered",
                saying: "The sign-in request cannot be verified"
            )
        case .refused(let reason): try end(.accessRefused, detail: reason, saying: reason)
        case .unknownService:
            try end(.protocolViolation, detail: "unknown service", saying: "No such service")
        case .stalled: try end(.stalled, detail: "", saying: nil)
        case .failed(let detail): try end(.internalFault, detail: detail, saying: nil)
        }
    }
}
