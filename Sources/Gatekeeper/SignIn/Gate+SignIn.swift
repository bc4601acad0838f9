import AccessControl
import Admission
import LinuxSystem
import Logging
import SessionLink
import SubuserStore

extension Gate {
    /// Goes on with an attempt whose session may have ended meanwhile.
    func conclude(_ id: SessionID, _ attempt: Attempt, proof: SignInProofs.Proof?) {
        guard let process = sessions[id] else { return }
        conclude(process, attempt, proof: proof)
    }

    /// Decides, registers and answers in one step that nothing can interrupt.
    ///
    /// The store is read here and not before: a change that is stored earlier is seen by this
    /// reading, and the revocation of a change that is stored later finds the session registered.
    func conclude(_ process: SessionProcess, _ attempt: Attempt, proof: SignInProofs.Proof?) {
        guard process.dismissal == nil,
            process.stage == .authenticating(attempt: attempt.number)
        else { return }
        guard let name = attempt.name, let proof else {
            switch attempt.obstacle {
            case .fault(let reason)?: return deny(process, attempt, reason: reason)
            case .kept(let refusal)?: return deny(process, attempt, reason: "\(refusal)")
            case nil: break
            }
            noteGuess(attempt, of: process)
            return deny(process, attempt, reason: "wrong user name or credential")
        }
        let access: AccessRecord?
        let person: SignInCredentials?
        do throws(StoreError) {
            access = try store.access(userName: name.userName, server: name.server)
            if let access {
                person = access.user
            } else {
                person = try store.signInCredentials(userName: name.userName)
            }
        } catch {
            logger.error("the store cannot be read", metadata: ["error": "\(error)"])
            return deny(process, attempt, reason: "store error")
        }
        guard let person else { return deny(process, attempt, reason: "user removed meanwhile") }
        var proofs = process.proofs
        proofs.add(proof)
        proofs = renewed.current(proofs, beside: person.passwordHash)
        if let used = attempt.usedCode { process.usedCode = used }
        let decision = SignInDecision(of: person, access, proofs: proofs, rules: options.signIn)
        switch decision {
        case .denied(let reason): deny(process, attempt, reason: reason)
        case .refused(let reason):
            refuse(process, attempt, person, server: access?.server.id, reason: reason)
        case .incomplete(let next):
            process.proofs = proofs
            var metadata = metadata(of: process)
            metadata["name"] = "\(name.userName)"
            metadata["proven"] = "\(proofs.method)"
            metadata["next"] = "\(next)"
            logger.debug("sign-in goes on", metadata: metadata)
            answer(.partial(next: next), to: attempt.number, of: process)
            expect(signInOf: process, within: options.preparation.limits.furtherGrace)
        case .granted(let rights):
            guard let access else { return }
            grant(rights, access, proofs, attempt, to: process)
        }
    }

    private func grant(
        _ rights: FileRights,
        _ access: AccessRecord,
        _ proofs: SignInProofs,
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
        process.proofs = proofs
        let identity = SessionIdentity(
            userID: access.user.id,
            userName: access.user.name,
            serverID: access.server.id,
            serverShortID: access.server.shortID,
            proofs: proofs
        )
        process.identity = identity
        process.granted = GrantedAccess(
            userName: access.user.name,
            proofs: proofs,
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
            summary.keyFingerprint = proofs.keyFingerprint
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
        metadata["method"] = "\(proofs.method)"
        metadata["key"] = proofs.keyFingerprint.map { "\($0)" }
        logger.info("signed in", metadata: metadata)
        guard let id = process.id, let summary = registry[id] else { return }
        activity.add(.login(identity, summary, code: process.usedCode))
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
