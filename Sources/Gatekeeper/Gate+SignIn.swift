import AccessControl
import Admission
import LinuxSystem
import Logging
import PasswordHashing
import SessionLink
import SubuserStore
import WireFormat

extension Gate {
    /// Attempts of each kind, offered keys included, that a session may pass on for each allowed.
    private static let attemptMargin = 6

    /// Begins to decide an attempt; the answer is sent once it is known.
    func decide(_ attempt: SignInAttempt, of process: SessionProcess) {
        guard let id = process.id else { return }
        // The session counts attempts too, but it is the one that the client can take over.
        process.attempts += 1
        guard
            process.attempts <= Int(options.preparation.limits.signInAttempts) * Self.attemptMargin
        else { return misbehaved(process, "more attempts than a session lets through") }
        process.claimedName = attempt.userName.unescapedText
        change(process) { if $0.phase == .connecting { $0.phase = .authenticating } }
        let name = SignInName(attempt.userName)
        switch attempt.proof {
        case .offered(let key):
            let answer: SignInAnswer = isRegistered(key, to: name) ? .keyWouldDo : .denied
            self.answer(answer, to: attempt.number, of: process)
        case .proven(let key):
            // Possession of some key proves nothing about the person: only a key of theirs does.
            conclude(
                id,
                Attempt(number: attempt.number, name: name, method: "publickey"),
                proof: isRegistered(key, to: name) ? .key(fingerprint: key.fingerprint) : nil
            )
        case .password(let password):
            let person = name.flatMap { credentials(of: $0) }
            let refusal = process.address.flatMap { address in
                front.mayGuess(
                    at: person.map { "\($0.id)" },
                    from: address,
                    at: MonotonicTime.now.milliseconds
                )
            }
            // Whoever is kept out is told what a wrong guess is told, after the same work.
            let stored = refusal == nil ? person?.passwordHash : nil
            let hash = stored.flatMap { try? PasswordHash($0) }
            Task(name: "check password") {
                let matches = await passwords.verify(password, against: hash)
                conclude(
                    id,
                    Attempt(
                        number: attempt.number,
                        name: name,
                        method: "password",
                        refusal: refusal,
                        isChecked: matches != nil
                    ),
                    proof: matches == true ? stored.map { .password(hash: $0) } : nil
                )
            }
        }
    }

    /// What of an attempt is needed until it is answered.
    private struct Attempt {
        let number: UInt32
        /// Nil when what the client sent can name nobody.
        let name: SignInName?
        /// The method as RFC 4252 names it.
        let method: String
        /// Why the credential was not looked at.
        var refusal: AdmissionRefusal?
        /// Whether there was somebody to look at it.
        var isChecked = true
    }

    /// Decides, registers and answers in one step that nothing can interrupt.
    ///
    /// The store is read here and not before: a change that is stored earlier is seen by this
    /// reading, and the revocation of a change that is stored later finds the session registered.
    private func conclude(_ id: SessionID, _ attempt: Attempt, proof: SignInDecision.Proof?) {
        guard let process = sessions[id], process.dismissal == nil,
            process.stage == .authenticating(attempt: attempt.number)
        else { return }
        guard let name = attempt.name, let proof else {
            guard attempt.isChecked else {
                return deny(process, attempt, reason: "too many passwords wait to be checked")
            }
            if let refusal = attempt.refusal {
                return deny(process, attempt, reason: "\(refusal)")
            }
            noteGuess(attempt, of: process)
            return deny(process, attempt, reason: "wrong user name or credential")
        }
        let access: AccessRecord?
        do throws(StoreError) {
            access = try store.access(userName: name.userName, server: name.server)
        } catch {
            logger.error("the store cannot be read", metadata: ["error": "\(error)"])
            return deny(process, attempt, reason: "store error")
        }
        switch SignInDecision(access, proof: proof) {
        case .denied(let reason): deny(process, attempt, reason: reason)
        case .refused(let reason):
            refuse(
                process,
                attempt,
                access?.user ?? credentials(of: name),
                server: access?.server.id,
                reason: reason
            )
        case .granted(let rights):
            guard let access else { return }
            grant(rights, access, proof: proof, attempt, to: process)
        }
    }

    private func grant(
        _ rights: FileRights,
        _ access: AccessRecord,
        proof: SignInDecision.Proof,
        _ attempt: Attempt,
        to process: SessionProcess
    ) {
        let root: FileDescriptor
        do throws(SystemError) {
            guard let volumes else { throw SystemError(.badFileDescriptor, in: "openat2") }
            root = try volumes.root(of: access.server.directory.path)
        } catch {
            var metadata = metadata(of: process)
            metadata["server"] = "\(access.server.shortID)"
            metadata["directory"] = "\(access.server.directory.path)"
            metadata["error"] = "\(error)"
            logger.error("a server's directory cannot be used", metadata: metadata)
            return refuse(
                process,
                attempt,
                access.user,
                server: access.server.id,
                reason: "The files of this server are not available; please tell the host"
            )
        }
        if let refusal = countSignIn(process, access) {
            return refuse(
                process,
                attempt,
                access.user,
                server: access.server.id,
                reason: refusal.clientText
            )
        }
        var keyFingerprint: String?
        if case .key(let fingerprint) = proof { keyFingerprint = fingerprint }
        let identity = SessionIdentity(
            userID: access.user.id,
            userName: access.user.name,
            serverID: access.server.id,
            serverShortID: access.server.shortID,
            keyFingerprint: keyFingerprint
        )
        process.identity = identity
        process.granted = GrantedAccess(
            userName: access.user.name,
            proof: proof,
            directory: access.server.directory,
            rights: rights
        )
        process.stage = .granted
        change(process) { summary in
            summary.phase = .open
            summary.userID = "\(identity.userID)"
            summary.userName = "\(identity.userName)"
            summary.serverID = "\(identity.serverID)"
            summary.serverShortID = "\(identity.serverShortID)"
            summary.keyFingerprint = keyFingerprint
            summary.rights = rights
        }
        let grant = Grant(
            rights: rights,
            userName: "\(identity.userName)",
            serverID: "\(identity.serverShortID)"
        )
        let isSent = process.send(
            .answer(attempt: attempt.number, .granted(grant)),
            attachment: root.rawValue
        )
        guard isSent else { return process.kill() }
        var metadata = metadata(of: process)
        metadata["method"] = "\(attempt.method)"
        metadata["key"] = keyFingerprint.map { "\($0)" }
        logger.info("signed in", metadata: metadata)
        guard let id = process.id, let summary = registry[id] else { return }
        activity.add(.login(identity, summary))
    }

    /// Counts a connection for its user and server; answers why there may not be another one.
    private func countSignIn(
        _ process: SessionProcess,
        _ access: AccessRecord
    ) -> AdmissionRefusal? {
        guard let id = process.id, let address = process.address else { return .outOfTurn }
        return front.signIn(
            id,
            user: access.user.id,
            account: "\(access.user.id)",
            server: access.server.id,
            from: address,
            at: MonotonicTime.now.milliseconds
        )
    }

    /// Counts a wrong guess, once it is known to be one.
    ///
    /// A key that is not registered is none: clients try each that they have.
    private func noteGuess(_ attempt: Attempt, of process: SessionProcess) {
        var account: UserID?
        do throws(StoreError) {
            if let name = attempt.name {
                account = try store.signInCredentials(userName: name.userName)?.id
            }
        } catch {
            // Without the store nobody can be told from anybody, and a right guess is refused too.
            return
        }
        guard attempt.method == "password" || account == nil else { return }
        process.hasGuessed = true
        note(account == nil ? .unknownUser : .wrongPassword, of: process, account: account)
    }

    private func deny(_ process: SessionProcess, _ attempt: Attempt, reason: String) {
        logFailure(process, "sign-in denied", reason: reason)
        // Names that nobody has are for the log alone: anybody could fill the store with them.
        if let name = attempt.name, let credentials = credentials(of: name) {
            recordFailure(.signInFailed, process, attempt, credentials, reason: reason)
        }
        answer(.denied, to: attempt.number, of: process)
    }

    private func refuse(
        _ process: SessionProcess,
        _ attempt: Attempt,
        _ credentials: SignInCredentials?,
        server: ServerID?,
        reason: String
    ) {
        logFailure(process, "sign-in refused", reason: reason)
        if let credentials {
            recordFailure(
                .denied,
                process,
                attempt,
                credentials,
                server: server,
                reason: reason
            )
        }
        answer(.refused(reason: reason), to: attempt.number, of: process)
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
                method: attempt.method,
                reason: reason
            )
        )
    }

    private func logFailure(_ process: SessionProcess, _ message: Logger.Message, reason: String) {
        var metadata = metadata(of: process)
        metadata["name"] = process.claimedName.map { "\($0)" }
        metadata["reason"] = "\(reason)"
        logger.notice(message, metadata: metadata)
    }

    private func answer(_ answer: SignInAnswer, to attempt: UInt32, of process: SessionProcess) {
        process.stage = .authenticating(attempt: nil)
        if !process.send(.answer(attempt: attempt, answer)) { process.kill() }
    }

    /// Whether the person of this name, if there is one, has the key.
    private func isRegistered(_ key: PublicKeyIdentity, to name: SignInName?) -> Bool {
        guard let name, let credentials = credentials(of: name) else { return false }
        return credentials.keyFingerprints.contains(key.fingerprint)
    }

    private func credentials(of name: SignInName) -> SignInCredentials? {
        do throws(StoreError) {
            return try store.signInCredentials(userName: name.userName)
        } catch {
            logger.error("the store cannot be read", metadata: ["error": "\(error)"])
            return nil
        }
    }
}

extension AdmissionRefusal {
    /// What somebody is told who has just proven who they are.
    fileprivate var clientText: String {
        if case .userConnections(let limit) = self {
            return "You have \(limit) connections open; close one and try again"
        }
        if case .serverConnections(let limit) = self {
            return "This server has \(limit) connections open; try again later"
        }
        return "Try again later"
    }
}
