import Admission
import SessionLink
import SubuserStore
import Testing

@testable import Gatekeeper

@Suite("What stands before the credentials")
struct FrontGateTests {
    private let home: IPAddress
    private let elsewhere: IPAddress
    private let user = UserID.random()
    private let server = ServerID.random()

    init() throws {
        home = try #require(IPAddress("192.0.2.1"))
        elsewhere = try #require(IPAddress("192.0.2.2"))
    }

    private func id(_ number: UInt64) -> SessionID { SessionID(rawValue: number) }

    @Test("The list is asked before penalties, and penalties before anything is counted")
    func order() throws {
        var front = FrontGate(
            AdmissionOptions(
                addresses: AddressList(deny: [try AddressRange("192.0.2.1")]),
                caps: ConnectionCaps(total: 1),
                penalties: PenaltyRules(costs: [.wrongPassword: 20_000])
            )
        )
        _ = front.record(.wrongPassword, from: home, at: 0)
        _ = front.record(.wrongPassword, from: elsewhere, at: 0)
        #expect(front.admit(id(1), from: home, at: 1, random: 0)?.name == "denied_address")
        #expect(front.admit(id(2), from: elsewhere, at: 1, random: 0)?.name == "penalty")
        #expect(front.figures.total == 0)
        #expect(front.admit(id(3), from: elsewhere, at: 20_001, random: 0) == nil)
        #expect(
            front.admit(id(4), from: elsewhere, at: 20_001, random: 0) == .connections(limit: 1)
        )
    }

    @Test("Whoever signed in from a place comes in there again while strangers take every place")
    func familiar() throws {
        let lot = try #require(EarlyDrop(start: 1, rate: 100, full: 1))
        var front = FrontGate(AdmissionOptions(caps: ConnectionCaps(unauthenticated: lot)))
        #expect(front.admit(id(1), from: home, at: 0, random: 0) == nil)
        let refusal = front.signIn(
            id(1),
            user: user,
            account: "\(user)",
            server: server,
            from: home,
            at: 0
        )
        #expect(refusal == nil)
        front.end(id(1))
        #expect(front.admit(id(2), from: elsewhere, at: 1, random: 0) == nil)
        let another = try #require(IPAddress("192.0.2.3"))
        #expect(
            front.admit(id(3), from: another, at: 1, random: 0)
                == .unauthenticatedConnections(limit: 1)
        )
        #expect(front.admit(id(4), from: home, at: 1, random: 0) == nil)
    }

    @Test("Whoever has gone is not counted any more, signed in or not")
    func ends() {
        var front = FrontGate(AdmissionOptions(caps: ConnectionCaps(total: 2, perUser: 1)))
        #expect(front.admit(id(1), from: home, at: 0, random: 0) == nil)
        #expect(front.admit(id(2), from: home, at: 0, random: 0) == nil)
        func signIn(_ number: UInt64) -> AdmissionRefusal? {
            front.signIn(
                id(number),
                user: user,
                account: "\(user)",
                server: server,
                from: home,
                at: 0
            )
        }
        #expect(signIn(1) == nil)
        #expect(signIn(2) == .userConnections(limit: 1))
        front.end(id(1))
        #expect(signIn(2) == nil)
        front.end(id(2))
        front.end(id(2))
        #expect(front.figures == .none)
    }

    @Test("It is told once when somebody begins to be kept out")
    func begun() {
        let rules = PenaltyRules(costs: [.wrongPassword: 10_000])
        var front = FrontGate(AdmissionOptions(penalties: rules))
        #expect(front.record(.wrongPassword, from: home, at: 0) == nil)
        #expect(
            front.record(.wrongPassword, from: home, at: 0)
                == .source(Source(home), milliseconds: 20_000)
        )
        #expect(front.record(.wrongPassword, from: home, at: 0) == nil)
    }

    @Test("Strangers are kept from an account that many guess at, whoever is known is not")
    func accounts() throws {
        var front = FrontGate(AdmissionOptions())
        let account = "\(user)"
        #expect(front.admit(id(1), from: home, at: 0, random: 0) == nil)
        _ = front.signIn(
            id(1),
            user: user,
            account: account,
            server: server,
            from: home,
            at: 0
        )
        var begun: [PenaltyBegun] = []
        for number in 10..<30 {
            let guesser = try #require(IPAddress("198.51.100.\(number)"))
            for _ in 0..<2 {
                begun += [front.record(.wrongPassword, from: guesser, account: account, at: 1)]
                    .compactMap { $0 }
            }
        }
        #expect(begun.count == 1)
        #expect(front.mayGuess(at: account, from: elsewhere, at: 1)?.name == "account_penalty")
        #expect(front.mayGuess(at: account, from: home, at: 1) == nil)
        #expect(front.mayGuess(at: "another", from: elsewhere, at: 1) == nil)
    }

    @Test("Other limits hold for whoever comes next and end nobody")
    func reconfigured() {
        var front = FrontGate(AdmissionOptions())
        #expect(front.admit(id(1), from: home, at: 0, random: 0) == nil)
        front.reconfigure(AdmissionOptions(caps: ConnectionCaps(total: 1)))
        #expect(front.admit(id(2), from: home, at: 0, random: 0) == .connections(limit: 1))
        #expect(front.figures.total == 1)
    }
}
