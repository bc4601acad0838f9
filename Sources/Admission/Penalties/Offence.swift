/// What a source can do that earns it a penalty.
///
/// All that there is to say about an offence is in `properties`, so that a new one does not compile
/// before it has a name, a cost and a sentence. The numbers are kept with penalties in memory, not
/// on disks: there the names stand.
package enum Offence: UInt8, Hashable, Sendable, CaseIterable {
    /// The user exists, the password is another one.
    case wrongPassword
    /// The password or key was right, the code of the second factor was not.
    case wrongSecondFactor
    /// Nobody has the name.
    case unknownUser
    /// The connection ended before the key exchange was complete: a scanner, or no SSH client.
    case unfinishedHandshake
    /// The client went, of its own will, after the key exchange and without having signed in.
    case noSignIn
    /// The client stayed, and did not sign in within the time for it.
    case signInGraceExceeded
    /// More packets or bytes before the sign-in than any client needs.
    case floodBeforeSignIn
    /// A message that no client sends.
    case protocolViolation
    /// The session process died before the sign-in.
    case crashBeforeSignIn
    /// The session process died after the sign-in; it may be our own mistake.
    case crashAfterSignIn
    /// The session process had to be ended because it did not come to rest.
    case runawaySession

    /// The name in logs, metrics, the configuration and the store; it never changes.
    package var name: String { properties.name }

    /// Milliseconds of penalty for the source, if the configuration says nothing else.
    package var standardCost: Int64 { properties.seconds * 1000 }

    /// Whether it was a guess at an account's secret, which counts against the account as well.
    package var isGuess: Bool { properties.isGuess }

    /// The offence of this name; nil for none.
    package init?(name: String) {
        guard let offence = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = offence
    }

    private struct Properties {
        let name: String
        let seconds: Int64
        let isGuess: Bool
        let sentence: String

        init(_ name: String, _ seconds: Int64, isGuess: Bool = false, _ sentence: String) {
            self.name = name
            self.seconds = seconds
            self.isGuess = isGuess
            self.sentence = sentence
        }
    }

    /// The costs are those of OpenSSH (sshd_config, PerSourcePenalties) where it knows the offence.
    private var properties: Properties {
        switch self {
        case .wrongPassword: Properties("wrong_password", 5, isGuess: true, "a wrong password")
        case .wrongSecondFactor:
            Properties("wrong_second_factor", 5, isGuess: true, "a wrong second factor")
        case .unknownUser: Properties("unknown_user", 5, "an unknown user")
        case .unfinishedHandshake:
            Properties("unfinished_handshake", 1, "an unfinished handshake")
        case .noSignIn: Properties("no_sign_in", 1, "leaving without a sign-in")
        case .signInGraceExceeded:
            Properties("sign_in_grace_exceeded", 10, "staying without a sign-in")
        case .floodBeforeSignIn: Properties("flood_before_sign_in", 30, "a flood before sign-in")
        case .protocolViolation: Properties("protocol_violation", 10, "breaking the protocol")
        case .crashBeforeSignIn:
            Properties("crash_before_sign_in", 90, "crashing a session before sign-in")
        case .crashAfterSignIn:
            // Below the minimum that is enforced: one crash shuts nobody out, several do.
            Properties("crash_after_sign_in", 10, "crashing a session")
        case .runawaySession: Properties("runaway_session", 30, "a session that had to be ended")
        }
    }
}

extension Offence: CustomStringConvertible {
    /// What was done, to be put behind "for".
    package var description: String { properties.sentence }
}

/// How often each offence was committed; sixteen bytes, whatever is counted.
struct OffenceCounts: Hashable, Sendable {
    private var counts = SIMD16<UInt8>()

    /// Counts none.
    init() {}

    /// Takes what was listed; counts beyond 255 become 255.
    init(_ listed: [Offence: Int]) {
        for (offence, count) in listed { counts[Self.lane(offence)] = UInt8(clamping: count) }
    }

    /// Counts one more; after 255 it stays at that.
    mutating func add(_ offence: Offence) {
        let lane = Self.lane(offence)
        if counts[lane] < .max { counts[lane] += 1 }
    }

    /// Those that were committed at all.
    var listed: [Offence: Int] {
        var listed: [Offence: Int] = [:]
        for offence in Offence.allCases where counts[Self.lane(offence)] > 0 {
            listed[offence] = Int(counts[Self.lane(offence)])
        }
        return listed
    }

    /// There are eleven offences and sixteen lanes; the remainder keeps any number within them.
    private static func lane(_ offence: Offence) -> Int { Int(offence.rawValue) % 16 }
}
