import AccessControl
import Admission
import LinuxSystem
import Logging
import PasswordHashing
import SessionLink
import SignInSecrets
import SubuserStore

extension Gate {
    /// Attempts of each kind, offered keys included, that a session may pass on for each allowed.
    private static let attemptMargin = 6

    /// Begins to decide an attempt; the answer is sent once it is known.
    func decide(_ attempt: SignInAttempt, of process: SessionProcess) {
        // The session counts attempts too, but it is the one that the client can take over.
        process.attempts += 1
        guard
            process.attempts <= Int(options.preparation.limits.signInAttempts) * Self.attemptMargin
        else { return misbehaved(process, "more attempts than a session lets through") }
        // What was proven for one name is worth nothing for another.
        guard process.claimedName == nil || process.claimedName == attempt.userName else {
            return misbehaved(process, "another user name")
        }
        process.claimedName = attempt.userName
        change(process) { if $0.phase == .connecting { $0.phase = .authenticating } }
        let name = SignInName(attempt.userName)
        let person = name.flatMap { credentials(of: $0) }
        switch attempt.proof {
        case .offered(let key):
            let answer: SignInAnswer =
                isUseful(key, of: person, after: process.proofs) ? .keyWouldDo : .denied
            self.answer(answer, to: attempt.number, of: process)
        case .proven(let key):
            // Possession of some key proves nothing about the person: only a key of theirs does.
            let isTheirs = person?.keyFingerprints.contains(key.fingerprint) ?? false
            conclude(
                process,
                Attempt(number: attempt.number, name: name, factor: .publicKey),
                proof: isTheirs ? .key(fingerprint: key.fingerprint) : nil
            )
        case .password(let password):
            check(
                password,
                of: person,
                Attempt(number: attempt.number, name: name, factor: .password),
                for: process
            )
        case .code(let code):
            check(
                code: code,
                of: person,
                Attempt(number: attempt.number, name: name, factor: .code),
                for: process
            )
        }
    }

    /// What of an attempt is needed until it is answered.
    struct Attempt {
        let number: UInt32
        /// Nil when what the client sent can name nobody.
        let name: SignInName?
        /// What was shown.
        let factor: SignInFactors
        /// Why the credential was not looked at; nil where it was.
        var obstacle: Obstacle?
        /// What became of the code; nil where none was right.
        var usedCode: UsedCode?
    }

    /// Why a credential was not looked at.
    enum Obstacle {
        /// Its owner is kept from guessing.
        case kept(AdmissionRefusal)
        /// Too many wait, too many were wrong, or the store cannot be used.
        case fault(String)
    }

    private func check(
        _ password: Secret,
        of person: SignInCredentials?,
        _ attempt: Attempt,
        for process: SessionProcess
    ) {
        if let made = password.withBytes({ AppPassword($0) }),
            let key = person?.appPasswords.first(where: { $0.digest == made.digest })
        {
            // Nobody guesses one of these, so nobody needs to be kept from trying.
            return conclude(process, attempt, proof: .appPassword(key.id))
        }
        guard let id = process.id else { return }
        let refusal = guessRefusal(process, person)
        // Whoever is kept out is told what a wrong guess is told, after the same work.
        let stored = refusal == nil ? person?.passwordHash : nil
        let hash = stored.flatMap { try? PasswordHash($0) }
        process.passwordCheck = Task(name: "check password") {
            let source = sessions[id]?.address.map { front.source(of: $0) }
            let matches = await passwords.verify(password, against: hash, from: source)
            var attempt = attempt
            if let refusal {
                attempt.obstacle = .kept(refusal)
            } else if matches == nil {
                attempt.obstacle = .fault("too many passwords wait to be checked")
            }
            guard matches == true, let stored, let person else {
                return conclude(id, attempt, proof: nil)
            }
            conclude(id, attempt, proof: .password(hash: stored))
            renew(stored, of: person.id, with: password)
        }
    }

    private func check(
        code: Secret,
        of person: SignInCredentials?,
        _ attempt: Attempt,
        for process: SessionProcess
    ) {
        guard let id = process.id else { return }
        // The session asks for none before, so this is not a client's mistake.
        guard let person, !process.proofs.factors.isDisjoint(with: .first) else {
            return misbehaved(process, "a code before anything else")
        }
        var attempt = attempt
        // Strangers cannot guess at codes, so what they do keeps nobody from showing one.
        if let refusal = guessRefusal(process, nil) {
            attempt.obstacle = .kept(refusal)
            return conclude(process, attempt, proof: nil)
        }
        let text = code.withBytes { String(decoding: $0, as: UTF8.self) }
        Task(name: "check code") { [attempt] in
            var attempt = attempt
            var proof: SignInProofs.Proof?
            do throws(StoreError) {
                switch try await store.useCode(text, of: person.id, at: .now) {
                case .right(let used, let factor):
                    attempt.usedCode = used
                    proof = .code(of: factor)
                case .wrong: break
                case .kept(let milliseconds):
                    let seconds = milliseconds / 1000 + 1
                    attempt.obstacle = .fault("too many wrong codes; wait \(seconds) s")
                }
            } catch {
                logger.error("the store cannot be used", metadata: ["error": "\(error)"])
                attempt.obstacle = .fault("store error")
            }
            conclude(id, attempt, proof: proof)
        }
    }

    /// Why a client may not guess at this person's secrets; nil where it may.
    private func guessRefusal(
        _ process: SessionProcess,
        _ person: SignInCredentials?
    ) -> AdmissionRefusal? {
        process.address.flatMap { address in
            front.mayGuess(
                at: person.map { "\($0.id)" },
                from: address,
                at: MonotonicTime.now.milliseconds
            )
        }
    }

    /// Whether a key is the person's, and a step on a way in that is open to them.
    private func isUseful(
        _ key: PublicKeyIdentity,
        of person: SignInCredentials?,
        after proofs: SignInProofs
    ) -> Bool {
        guard let person, person.keyFingerprints.contains(key.fingerprint) else { return false }
        return options.signIn.requirement(of: person, on: nil)
            .next(after: proofs.factors, available: person.factors)
            .contains(.publicKey)
    }

    /// What the person of this name can prove themselves with; nil where there is none.
    func credentials(of name: SignInName) -> SignInCredentials? {
        do throws(StoreError) {
            return try store.signInCredentials(userName: name.userName)
        } catch {
            logger.error("the store cannot be read", metadata: ["error": "\(error)"])
            return nil
        }
    }
}
