import AccessControl
import Admission
import LinuxSystem
import Logging
import SessionLink
import SubuserStore

extension Gate {
    /// Counts a wrong guess, once it is known to be one.
    ///
    /// A key that is not registered is none: clients try each that they have.
    func noteGuess(_ attempt: Attempt, of process: SessionProcess) {
        var account: UserID?
        do throws(StoreError) {
            if let name = attempt.name {
                account = try store.signInCredentials(userName: name.userName)?.id
            }
        } catch {
            // Without the store nobody can be told from anybody, and a right guess is refused too.
            return
        }
        let offence: Offence
        switch attempt.factor {
        // Whether somebody has the name must make no difference.
        case .publicKey: return
        case .code: offence = .wrongSecondFactor
        default: offence = account == nil ? .unknownUser : .wrongPassword
        }
        process.hasGuessed = true
        note(offence, of: process, account: account)
    }

    /// Answers that it was not right, whatever it was that was not.
    func deny(_ process: SessionProcess, _ attempt: Attempt, reason: String) {
        logFailure(process, "sign-in denied", reason: reason)
        // Names that nobody has are for the log alone: anybody could fill the store with them.
        if let name = attempt.name, let credentials = credentials(of: name) {
            recordFailure(.signInFailed, process, attempt, credentials, reason: reason)
        }
        answer(.denied, to: attempt.number, of: process)
    }

    /// Tells somebody who has proven who they are why they do not get in.
    func refuse(
        _ process: SessionProcess,
        _ attempt: Attempt,
        _ person: SignInCredentials,
        server: ServerID?,
        reason: String
    ) {
        logFailure(process, "sign-in refused", reason: reason)
        process.proofs = SignInProofs()
        recordFailure(.denied, process, attempt, person, server: server, reason: reason)
        answer(.refused(reason: reason), to: attempt.number, of: process)
    }

    /// Keeps in mind that somebody had one right proof and went: its owner should know.
    func noteAbandoned(_ process: SessionProcess) {
        guard process.identity == nil, process.dismissal == nil,
            !process.proofs.factors.isEmpty,
            let id = process.id, let summary = registry[id],
            let name = process.claimedName.flatMap({ SignInName($0) }),
            let person = credentials(of: name)
        else { return }
        activity.add(
            .signInFailed(
                .signInFailed,
                person,
                server: nil,
                summary,
                method: process.proofs.method,
                reason: "left before the rest was proven"
            )
        )
    }

    private func recordFailure(
        _ event: ActivityEvent,
        _ process: SessionProcess,
        _ attempt: Attempt,
        _ credentials: SignInCredentials,
        server: ServerID? = nil,
        reason: String
    ) {
        guard let id = process.id, let summary = registry[id] else { return }
        activity.add(
            .signInFailed(
                event,
                credentials,
                server: server,
                summary,
                method: attempt.factor.description,
                reason: reason
            )
        )
    }

    private func logFailure(_ process: SessionProcess, _ message: Logger.Message, reason: String) {
        var metadata = metadata(of: process)
        metadata["name"] = process.claimedNameText.map { "\($0)" }
        metadata["reason"] = "\(reason)"
        logger.notice(message, metadata: metadata)
    }

    /// Sends an answer that leaves the sign-in open.
    func answer(_ answer: SignInAnswer, to attempt: UInt32, of process: SessionProcess) {
        process.stage = .authenticating(attempt: nil)
        if !process.send(.answer(attempt: attempt, answer)) { process.kill() }
    }
}
