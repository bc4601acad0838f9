import Admission
import SessionLink
import SubuserStore

/// Everything that stands before and beside the credentials: who may connect, how many, and who is
/// kept out for what they did.
///
/// A value that knows no clock: the gate's actor holds it and says what time it is, in milliseconds
/// of the monotonic clock.
struct FrontGate: Sendable {
    private var options: AdmissionOptions
    private var ledger: ConnectionLedger<SessionID, UserID, ServerID>
    /// Who is kept out for what they did, or by hand.
    var penalties: Penalties

    /// Nobody is connected, and nobody has done anything yet.
    init(_ options: AdmissionOptions) {
        self.options = options
        ledger = ConnectionLedger(options.caps)
        penalties = Penalties(options.penalties)
    }

    /// Takes over other options; who is connected stays, and so do penalties until they have decayed.
    mutating func reconfigure(_ options: AdmissionOptions) {
        self.options = options
        ledger.caps = options.caps
        penalties.rules = options.penalties
    }

    /// What to do with a connection from `peer` before anything else.
    func expectation(of peer: IPAddress) -> ProxyPolicy.Expectation {
        options.proxies.expectation(of: peer)
    }

    /// Decides about a connection before any work is done for it, the cheapest questions first; one
    /// that is admitted is counted until it ends.
    ///
    /// `random` is drawn anew for each, evenly from 0 up to but not 1.
    mutating func admit(
        _ id: SessionID,
        from address: IPAddress,
        at now: Int64,
        random: Double
    ) -> AdmissionRefusal? {
        let listed = options.addresses.decide(address).admission
        if let refusal = listed.refusal { return refusal }
        if let refusal = penalties.admission(of: address, at: now).refusal { return refusal }
        let isFamiliar = penalties.isFamiliar(address, at: now)
        return ledger.admit(
            id,
            from: source(of: address),
            isFamiliar: isFamiliar,
            random: random
        ).refusal
    }

    /// Whether somebody signed in from `address` lately.
    func isFamiliar(_ address: IPAddress, at now: Int64) -> Bool {
        penalties.isFamiliar(address, at: now)
    }

    /// What an address counts as, together with its neighbours.
    func source(of address: IPAddress) -> Source {
        Source(address, options.penalties.grouping)
    }

    /// Decides whether a password or a code may be checked at all.
    ///
    /// `account` is the name of an account that exists and that strangers could guess at.
    func mayGuess(at account: String?, from address: IPAddress, at now: Int64) -> AdmissionRefusal?
    {
        penalties.guess(at: account, from: address, at: now).refusal
    }

    /// Decides about a sign-in with right credentials, and counts it for the user and the server.
    mutating func signIn(
        _ id: SessionID,
        user: UserID,
        account: String,
        server: ServerID,
        from address: IPAddress,
        at now: Int64
    ) -> AdmissionRefusal? {
        if let refusal = ledger.signIn(id, user: user, server: server).refusal { return refusal }
        penalties.noteSignIn(to: account, from: address, at: now)
        return nil
    }

    /// Counts an offence, and says what it came to where somebody is kept out for it now.
    mutating func record(
        _ offence: Offence,
        from address: IPAddress,
        account: String? = nil,
        at now: Int64
    ) -> PenaltyBegun? {
        let effects = penalties.record(offence, from: address, account: account, at: now)
        if case .enforced(let remaining) = effects.source {
            return .source(source(of: address), milliseconds: remaining)
        }
        if case .enforced(let remaining)? = effects.account, let account {
            return .account(account, milliseconds: remaining)
        }
        return nil
    }

    /// Why the lists refuse an address; nil where they do not.
    func listing(of address: IPAddress) -> AdmissionRefusal? {
        options.addresses.decide(address).admission.refusal
    }

    /// A connection is gone.
    mutating func end(_ id: SessionID) {
        ledger.end(id)
    }

    /// How many connections of which kind there are.
    var figures: ConnectionFigures { ledger.figures }
}

/// From now on somebody is kept out for so long.
enum PenaltyBegun: Equatable {
    case source(Source, milliseconds: Int64)
    /// Strangers to this account.
    case account(String, milliseconds: Int64)
}
