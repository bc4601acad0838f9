package import Admission
import LinuxSystem
import Logging
import SessionLink
import SubuserStore

extension Gate: LivePenalties {
    package func penalties() async -> PenaltyReading {
        PenaltyReading(front.penalties, at: MonotonicTime.now.milliseconds)
    }

    package func changePenalties<Value: Sendable, Failure: Error>(
        _ change: @Sendable (_ penalties: inout Penalties, _ now: Int64) throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        try change(&front.penalties, MonotonicTime.now.milliseconds)
    }

    package func listing(of address: IPAddress) async -> AdmissionRefusal? {
        front.listing(of: address)
    }
}

extension Gate {
    /// Counts what somebody did before or beside a sign-in, and logs when they are kept out for it.
    ///
    /// `account` is a user that exists.
    func note(_ offence: Offence, of process: SessionProcess, account: UserID? = nil) {
        guard let address = process.address else { return }
        let now = MonotonicTime.now.milliseconds
        let begun = front.record(
            offence,
            from: address,
            account: account.map { "\($0)" },
            at: now
        )
        guard let begun else { return }
        var metadata = metadata(of: process)
        metadata["offence"] = "\(offence.name)"
        switch begun {
        case .source(let source, let milliseconds):
            metadata["source"] = "\(source)"
            metadata["seconds"] = "\(milliseconds / 1000)"
            logger.notice("source kept out", metadata: metadata)
        case .account(let account, let milliseconds):
            metadata["account"] = "\(account)"
            metadata["seconds"] = "\(milliseconds / 1000)"
            logger.warning("strangers kept from an account", metadata: metadata)
        }
    }
}

extension SessionProcess {
    /// What the end of a session says against its client; nil where it says nothing.
    func offence(_ end: ChildProcess.End) -> Offence? {
        // Whatever the gate itself ended is none, unless the session left it no other way.
        if let dismissal { return dismissal.fault == .spinning ? .runawaySession : nil }
        let isSignedIn = identity != nil
        guard let farewell else { return isSignedIn ? .crashAfterSignIn : .crashBeforeSignIn }
        switch farewell.end {
        case .clientLeft:
            // A guess has been counted for itself, and whoever proved something did try.
            guard !isSignedIn, !hasGuessed, proofs.factors.isEmpty else { return nil }
            return hasHandshake ? .noSignIn : .unfinishedHandshake
        case .signInGraceExceeded:
            return hasGuessed || !proofs.factors.isEmpty ? nil : .signInGraceExceeded
        case .unauthenticatedBudgetExceeded: return .floodBeforeSignIn
        case .protocolViolation: return .protocolViolation
        case .tooManyAttempts, .accessRefused, .goodbye, .stalled, .notConfined, .internalFault,
            .unused, .idle, .timeLimit, .silent:
            return nil
        }
    }
}
