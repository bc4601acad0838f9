import Admission
import Testing

@Suite("Counting connections")
struct ConnectionLedgerTests {
    typealias Ledger = ConnectionLedger<Int, String, String>

    /// Limits that no test meets by accident, and no lot.
    private func caps() throws -> ConnectionCaps {
        ConnectionCaps(
            total: 100,
            unauthenticated: try #require(EarlyDrop(start: 50, rate: 100, full: 50)),
            perSource: 40,
            unauthenticatedPerSource: 30,
            perUser: 10,
            perServer: 20
        )
    }

    private func source(_ number: Int = 1) throws -> Source {
        Source(try #require(IPAddress(bytes: [10, 0, UInt8(number / 256), UInt8(number % 256)])))
    }

    @Test("Connections come up to the limit of all, and one more when one has ended")
    func total() throws {
        var limits = try caps()
        limits.total = 3
        var ledger = Ledger(limits)
        for id in 0..<3 {
            #expect(ledger.admit(id, from: try source(id), random: 0.5) == .admitted)
        }
        #expect(
            ledger.admit(3, from: try source(3), random: 0.5) == .refused(.connections(limit: 3))
        )
        ledger.end(1)
        #expect(ledger.admit(3, from: try source(3), random: 0.5) == .admitted)
    }

    @Test("Those who signed in make room for others who have not")
    func unauthenticated() throws {
        var limits = try caps()
        limits.unauthenticated = try #require(EarlyDrop(start: 2, rate: 100, full: 2))
        var ledger = Ledger(limits)
        #expect(ledger.admit(1, from: try source(1), random: 0) == .admitted)
        #expect(ledger.admit(2, from: try source(2), random: 0) == .admitted)
        #expect(
            ledger.admit(3, from: try source(3), random: 0)
                == .refused(.unauthenticatedConnections(limit: 2))
        )
        #expect(ledger.signIn(1, user: "u", server: "s") == .admitted)
        #expect(ledger.admit(3, from: try source(3), random: 0) == .admitted)
    }

    @Test("Strangers who take every place leave those to sources that are known")
    func familiar() throws {
        var limits = try caps()
        limits.unauthenticated = try #require(EarlyDrop(start: 2, rate: 100, full: 2))
        var ledger = Ledger(limits)
        for id in 1...2 {
            #expect(ledger.admit(id, from: try source(id), random: 0) == .admitted)
        }
        let refused = AdmissionDecision.refused(.unauthenticatedConnections(limit: 2))
        #expect(ledger.admit(3, from: try source(3), random: 0) == refused)
        func admitFamiliar(_ id: Int) throws -> AdmissionDecision {
            ledger.admit(id, from: try source(id), isFamiliar: true, random: 0)
        }
        for id in 3...4 { #expect(try admitFamiliar(id) == .admitted) }
        #expect(ledger.figures.unauthenticated == 4)
        // As many as there are places for all, and then they are strangers like others.
        #expect(try admitFamiliar(5) == refused)
        ledger.end(1)
        #expect(try admitFamiliar(5) == .admitted)
        // The places are not mixed up, whether one signs in or leaves.
        #expect(ledger.signIn(3, user: "u", server: "s") == .admitted)
        #expect(ledger.admit(6, from: try source(6), random: 0) == refused)
        #expect(try admitFamiliar(6) == .admitted)
        for id in 2...6 { ledger.end(id) }
        #expect(ledger.figures == .none)
    }

    @Test("A known source is bound by the limits of each source")
    func familiarSource() throws {
        var limits = try caps()
        limits.unauthenticatedPerSource = 1
        var ledger = Ledger(limits)
        let home = try source()
        #expect(ledger.admit(1, from: home, isFamiliar: true, random: 0) == .admitted)
        #expect(
            ledger.admit(2, from: home, isFamiliar: true, random: 0)
                == .refused(.unauthenticatedSourceConnections(limit: 1))
        )
    }

    @Test("The lot spares nobody but is not drawn for a source that has too many anyway")
    func lot() throws {
        var limits = try caps()
        limits.unauthenticated = try #require(EarlyDrop(start: 1, rate: 50, full: 10))
        limits.unauthenticatedPerSource = 1
        var ledger = Ledger(limits)
        #expect(ledger.admit(1, from: try source(1), random: 0) == .admitted)
        #expect(
            ledger.admit(2, from: try source(2), random: 0.4)
                == .refused(.earlyDrop(unauthenticated: 1))
        )
        #expect(
            ledger.admit(2, from: try source(1), random: 0.4)
                == .refused(.unauthenticatedSourceConnections(limit: 1))
        )
        #expect(ledger.admit(2, from: try source(2), random: 0.6) == .admitted)
    }

    @Test("A source has its own limits, and others have theirs")
    func perSource() throws {
        var limits = try caps()
        limits.perSource = 3
        limits.unauthenticatedPerSource = 2
        var ledger = Ledger(limits)
        #expect(ledger.admit(1, from: try source(), random: 0) == .admitted)
        #expect(ledger.admit(2, from: try source(), random: 0) == .admitted)
        #expect(
            ledger.admit(3, from: try source(), random: 0)
                == .refused(.unauthenticatedSourceConnections(limit: 2))
        )
        #expect(ledger.admit(3, from: try source(2), random: 0) == .admitted)
        #expect(ledger.signIn(1, user: "u", server: "s") == .admitted)
        #expect(ledger.admit(4, from: try source(), random: 0) == .admitted)
        #expect(ledger.signIn(2, user: "u", server: "s") == .admitted)
        #expect(
            ledger.admit(5, from: try source(), random: 0)
                == .refused(.sourceConnections(limit: 3))
        )
        ledger.end(1)
        #expect(ledger.admit(5, from: try source(), random: 0) == .admitted)
    }

    @Test("A user opens as many connections as there may be, to any servers")
    func perUser() throws {
        var ledger = Ledger(try caps())
        for id in 0..<12 { #expect(ledger.admit(id, from: try source(), random: 0) == .admitted) }
        for id in 0..<10 {
            #expect(ledger.signIn(id, user: "one", server: "s\(id)") == .admitted)
        }
        #expect(
            ledger.signIn(10, user: "one", server: "s") == .refused(.userConnections(limit: 10))
        )
        #expect(ledger.signIn(11, user: "other", server: "s0") == .admitted)
        ledger.end(0)
        #expect(ledger.signIn(10, user: "one", server: "s") == .admitted)
    }

    @Test("A server has as many connections as there may be, of any users")
    func perServer() throws {
        var limits = try caps()
        limits.perServer = 2
        var ledger = Ledger(limits)
        for id in 0..<3 { #expect(ledger.admit(id, from: try source(), random: 0) == .admitted) }
        #expect(ledger.signIn(0, user: "a", server: "s") == .admitted)
        #expect(ledger.signIn(1, user: "b", server: "s") == .admitted)
        #expect(ledger.signIn(2, user: "c", server: "s") == .refused(.serverConnections(limit: 2)))
        #expect(ledger.signIn(2, user: "c", server: "t") == .admitted)
    }

    @Test("Ten connections of one user are possible without any configuration")
    func standard() throws {
        var ledger = Ledger()
        for id in 0..<10 {
            #expect(ledger.admit(id, from: try source(), random: 0) == .admitted)
            #expect(ledger.signIn(id, user: "u", server: "s") == .admitted)
        }
    }

    @Test("A connection through a proxy is counted for the client once that is known")
    func proxied() throws {
        var limits = try caps()
        limits.perSource = 1
        var ledger = Ledger(limits)
        #expect(ledger.admit(1, from: nil, random: 0) == .admitted)
        #expect(ledger.admit(2, from: nil, random: 0) == .admitted)
        #expect(ledger.figures.unauthenticated == 2)
        #expect(ledger.identify(1, as: try source()) == .admitted)
        #expect(ledger.identify(2, as: try source()) == .refused(.sourceConnections(limit: 1)))
        ledger.end(1)
        ledger.end(2)
        #expect(ledger.figures == .none)
    }

    @Test("A step that does not follow is refused and changes nothing")
    func outOfTurn() throws {
        var ledger = Ledger(try caps())
        #expect(ledger.admit(1, from: try source(), random: 0) == .admitted)
        #expect(ledger.admit(1, from: try source(2), random: 0) == .refused(.outOfTurn))
        #expect(ledger.identify(1, as: try source(2)) == .refused(.outOfTurn))
        #expect(ledger.identify(9, as: try source(2)) == .refused(.outOfTurn))
        #expect(ledger.signIn(9, user: "u", server: "s") == .refused(.outOfTurn))
        #expect(ledger.signIn(1, user: "u", server: "s") == .admitted)
        #expect(ledger.signIn(1, user: "u", server: "s") == .refused(.outOfTurn))
        #expect(ledger.figures.users == 1)
        ledger.end(1)
        #expect(ledger.signIn(1, user: "u", server: "s") == .refused(.outOfTurn))
        ledger.end(1)
        ledger.end(9)
        #expect(ledger.figures == .none)
    }

    @Test("Whatever happens in whatever order, the figures are right and all is empty in the end")
    func randomSequences() throws {
        for seed in 0..<30 {
            var numbers = Numbers(seed: UInt64(seed))
            var ledger = Ledger(
                ConnectionCaps(
                    total: 12,
                    unauthenticated: try #require(EarlyDrop(start: 2, rate: 20, full: 6)),
                    perSource: 4,
                    unauthenticatedPerSource: 2,
                    perUser: 3,
                    perServer: 4
                )
            )
            // What a reader of the decisions alone would expect.
            var signedIn: [Int: Bool] = [:]
            for _ in 0..<1500 {
                let id = numbers.below(20)
                let place = try source(numbers.below(4))
                switch numbers.below(5) {
                case 0:
                    let origin = numbers.below(3) == 0 ? nil : place
                    if ledger.admit(id, from: origin, random: numbers.fraction()) == .admitted {
                        #expect(signedIn.updateValue(false, forKey: id) == nil)
                    }
                case 1: _ = ledger.identify(id, as: place)
                case 2:
                    let (user, server) = ("u\(numbers.below(3))", "s\(numbers.below(3))")
                    if ledger.signIn(id, user: user, server: server) == .admitted {
                        #expect(signedIn.updateValue(true, forKey: id) == false)
                    }
                default:
                    ledger.end(id)
                    signedIn[id] = nil
                }
                let figures = ledger.figures
                #expect(figures.total == signedIn.count)
                #expect(figures.unauthenticated == signedIn.values.count { !$0 })
                #expect(figures.total <= 12)
                #expect(figures.unauthenticated <= 6)
            }
            for id in 0..<20 { ledger.end(id) }
            #expect(ledger.figures == .none)
        }
    }

    @Test("Lower limits keep out newcomers and end nobody")
    func reload() throws {
        var ledger = Ledger(try caps())
        for id in 0..<3 { #expect(ledger.admit(id, from: try source(), random: 0) == .admitted) }
        ledger.caps.total = 1
        #expect(ledger.figures.total == 3)
        #expect(ledger.admit(3, from: try source(), random: 0) == .refused(.connections(limit: 1)))
    }

    @Test("Every refusal has a name of its own and a sentence")
    func names() throws {
        let range = try AddressRange("10.0.0.0/8")
        let refusals: [AdmissionRefusal] = [
            .denied(range: range), .notListed, .notThroughProxy, .proxyHeader,
            .banned(BanReport(range: range, reason: "spam", remaining: nil)),
            .penalty(remaining: 1500, latest: .wrongPassword), .accountPenalty(remaining: 1),
            .connections(limit: 1), .unauthenticatedConnections(limit: 1),
            .earlyDrop(unauthenticated: 1), .sourceConnections(limit: 1),
            .unauthenticatedSourceConnections(limit: 1), .userConnections(limit: 1),
            .serverConnections(limit: 1), .outOfTurn,
        ]
        #expect(Set(refusals.map(\.name)).count == refusals.count)
        #expect(Set(refusals.map(\.description)).count == refusals.count)
        #expect(refusals[4].description == "10.0.0.0/8 is banned: spam")
        #expect(refusals[5].description.contains("another 2 s"))
        #expect(AdmissionDecision.refused(.outOfTurn).refusal == .outOfTurn)
        #expect(AdmissionDecision.admitted.refusal == nil)
    }
}
