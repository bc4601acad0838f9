import GateTestSupport
import SignInSecrets
import SubuserStore
import Testing

@Suite("Second factors in the store")
struct SecondFactorTests {
    /// A moment in the middle of a step.
    private static let now = Timestamp(milliseconds: 1_800_000_015_000)

    /// Somebody whose second factor counts.
    private struct Enrolled {
        let here: Populated
        let secret: SharedSecret
        let recoveryCodes: [RecoveryCode]

        /// The confirmation uses up the code of three steps before `now`.
        init() async throws {
            here = try await Populated()
            secret = .random()
            recoveryCodes = (0..<RecoveryCode.countOfSet).map { _ in .random() }
            let user = here.guest.id
            _ = try await here.store.setSecondFactor(NewSecondFactor(secret: secret), of: user)
            let change = try await here.store.confirmSecondFactor(
                of: user,
                with: code(-3),
                recoveryCodes: recoveryCodes,
                at: Timestamp(milliseconds: now.milliseconds - 90_000)
            )
            try #require(change?.after.isConfirmed == true)
        }

        /// The code of so many steps after `now`.
        func code(_ distance: Int64) -> String {
            SecondFactorTests.code(of: secret, distance)
        }

        func use(_ code: String) async throws -> UsedCode? {
            try await here.store.useCode(code, of: here.guest.id, at: now).used
        }
    }

    private static func code(of secret: SharedSecret, _ distance: Int64) -> String {
        let step = TimeBasedCode.step(atSecond: now.milliseconds / 1000)
        return TimeBasedCode.code(of: secret, step: step + distance)
    }

    @Test("a code is right once, and those before it never again")
    func once() async throws {
        let enrolled = try await Enrolled()
        #expect(try await enrolled.use(enrolled.code(0)) == .timeBased)
        #expect(try await enrolled.use(enrolled.code(0)) == nil)
        #expect(try await enrolled.use(enrolled.code(-1)) == nil)
        #expect(try await enrolled.use(enrolled.code(1)) == .timeBased)
    }

    @Test("a clock may be one step ahead or behind, and not two", arguments: [-1, 0, 1])
    func skew(_ distance: Int64) async throws {
        let enrolled = try await Enrolled()
        #expect(try await enrolled.use(enrolled.code(-2)) == nil)
        #expect(try await enrolled.use(enrolled.code(2)) == nil)
        #expect(try await enrolled.use(enrolled.code(distance)) == .timeBased)
    }

    @Test("of many who show one code at the same moment, one is right")
    func together() async throws {
        let enrolled = try await Enrolled()
        let texts = [enrolled.code(0), enrolled.recoveryCodes[0].text]
        for text in texts {
            let right = try await withThrowingTaskGroup(of: UsedCode?.self) { group in
                for _ in 0..<16 { group.addTask { try await enrolled.use(text) } }
                return try await group.reduce(into: 0) { $0 += $1 == nil ? 0 : 1 }
            }
            #expect(right == 1)
        }
    }

    @Test("one that is not confirmed has no right codes")
    func unconfirmed() async throws {
        let here = try await Populated()
        let secret = SharedSecret.random()
        let begun = try await here.store.setSecondFactor(
            NewSecondFactor(secret: secret),
            of: here.guest.id
        )
        #expect(begun.before == nil && begun.isChange)
        #expect(!begun.after.isConfirmed && begun.after.isPending)
        let code = Self.code(of: secret, 0)
        #expect(try await here.store.useCode(code, of: here.guest.id, at: Self.now).used == nil)
        await #expect(throws: StoreError.secondFactorUnconfirmed) {
            _ = try await here.store.setRecoveryCodes([.random()], of: here.guest.id)
        }
        #expect(try here.store.signInCredentials(userName: "guest")?.hasCode == false)
        let confirmed = try await here.store.confirmSecondFactor(
            of: here.guest.id,
            with: code,
            recoveryCodes: [.random()],
            at: Self.now
        )
        #expect(confirmed?.after.isConfirmed == true && confirmed?.after.isPending == false)
        #expect(try here.store.signInCredentials(userName: "guest")?.hasCode == true)
    }

    @Test("a confirmation uses its code up, needs a right one and is made once")
    func confirmation() async throws {
        let here = try await Populated()
        let (store, user) = (here.store, here.guest.id)
        let secret = SharedSecret.random()
        func confirm(_ code: String) async throws(StoreError) -> SecondFactorChange? {
            try await store.confirmSecondFactor(
                of: user,
                with: code,
                recoveryCodes: [.random(), .random()],
                at: Self.now
            )
        }
        await #expect(throws: StoreError.notFound(.secondFactor)) {
            _ = try await confirm("123456")
        }
        _ = try await store.setSecondFactor(NewSecondFactor(secret: secret), of: user)
        for wrong in [Self.code(of: secret, 2), Self.code(of: .random(), 0), ""] {
            #expect(try await confirm(wrong) == nil)
        }
        #expect(try await store.secondFactor(of: user)?.isConfirmed == false)
        #expect(try await confirm(Self.code(of: secret, 1))?.after.recoveryCodesLeft == 2)
        #expect(
            try await store.useCode(Self.code(of: secret, 1), of: user, at: Self.now).used == nil
        )
        await #expect(throws: StoreError.alreadyExists(.secondFactor)) {
            _ = try await confirm(Self.code(of: secret, 0))
        }
    }

    @Test("a recovery code is right once, for its owner, however it is written")
    func recoveryCodes() async throws {
        let enrolled = try await Enrolled()
        let (store, codes) = (enrolled.here.store, enrolled.recoveryCodes)
        let owner = enrolled.here.owner.id
        #expect(try await store.useCode(codes[0].text, of: owner, at: Self.now).used == nil)
        #expect(try await enrolled.use(codes[0].text.lowercased()) == .recovery(left: 9))
        #expect(try await enrolled.use(codes[0].text) == nil)
        #expect(try await enrolled.use(codes[1].text) == .recovery(left: 8))
        #expect(try await enrolled.use(RecoveryCode.random().text) == nil)
        let new = [RecoveryCode.random()]
        let factor = try await store.setRecoveryCodes(new, of: enrolled.here.guest.id)
        #expect(factor.recoveryCodesLeft == 1)
        #expect(try await enrolled.use(codes[2].text) == nil)
        #expect(try await enrolled.use(new[0].text) == .recovery(left: 0))
    }

    @Test("codes of somebody else are wrong")
    func others() async throws {
        let enrolled = try await Enrolled()
        let (store, owner) = (enrolled.here.store, enrolled.here.owner.id)
        let theirs = SharedSecret.random()
        let confirmed = NewSecondFactor(secret: theirs, isConfirmed: true)
        _ = try await store.setSecondFactor(confirmed, of: owner)
        #expect(try await enrolled.use(Self.code(of: theirs, 0)) == nil)
        let code = enrolled.code(0)
        #expect(try await store.useCode(code, of: owner, at: Self.now).used == nil)
        #expect(try await enrolled.use(code) == .timeBased)
        #expect(
            try await store.useCode(Self.code(of: theirs, 0), of: owner, at: Self.now).used
                == .timeBased
        )
    }

    @Test("one that counts goes on counting until a code of its successor was seen")
    func replacement() async throws {
        let enrolled = try await Enrolled()
        let (store, user) = (enrolled.here.store, enrolled.here.guest.id)
        let next = SharedSecret.random()
        await #expect(throws: StoreError.alreadyExists(.secondFactor)) {
            _ = try await store.setSecondFactor(NewSecondFactor(secret: next), of: user)
        }
        let begun = try await store.setSecondFactor(
            NewSecondFactor(secret: next, replaces: true),
            of: user
        )
        #expect(begun.isChange && begun.after.isConfirmed && begun.after.isPending)
        #expect(begun.after.recoveryCodesLeft == RecoveryCode.countOfSet)
        #expect(try await enrolled.use(enrolled.code(0)) == .timeBased)
        #expect(try await enrolled.use(Self.code(of: next, 0)) == nil)
        let done = try await store.confirmSecondFactor(
            of: user,
            with: Self.code(of: next, -1),
            recoveryCodes: [.random()],
            at: Self.now
        )
        #expect(done?.after.isPending == false && done?.after.recoveryCodesLeft == 1)
        #expect(try await enrolled.use(enrolled.code(1)) == nil)
        #expect(try await enrolled.use(enrolled.recoveryCodes[0].text) == nil)
        #expect(try await enrolled.use(Self.code(of: next, 0)) == .timeBased)
    }

    @Test("a secret that a panel has confirmed counts at once, and the same again changes nothing")
    func confirmedSecret() async throws {
        let enrolled = try await Enrolled()
        let (store, user) = (enrolled.here.store, enrolled.here.guest.id)
        let same = NewSecondFactor(secret: enrolled.secret, isConfirmed: true)
        let before = try await store.secondFactor(of: user)
        let again = try await store.setSecondFactor(same, of: user)
        #expect(!again.isChange && again.after == before)
        #expect(try await enrolled.use(enrolled.recoveryCodes[0].text) == .recovery(left: 9))
        let next = SharedSecret.random()
        let replaced = try await store.setSecondFactor(
            NewSecondFactor(secret: next, isConfirmed: true, replaces: true),
            of: user
        )
        #expect(replaced.isChange && replaced.after.isConfirmed && !replaced.after.isPending)
        #expect(replaced.after.recoveryCodesLeft == 0)
        #expect(try await enrolled.use(enrolled.code(0)) == nil)
        #expect(try await enrolled.use(Self.code(of: next, 0)) == .timeBased)
    }

    @Test("what is removed is gone with its recovery codes; a user's goes with them")
    func removal() async throws {
        let enrolled = try await Enrolled()
        let (store, user) = (enrolled.here.store, enrolled.here.guest.id)
        #expect(try await store.removeSecondFactor(of: user).isConfirmed)
        #expect(try await store.secondFactor(of: user) == nil)
        #expect(try await enrolled.use(enrolled.code(0)) == nil)
        #expect(try await enrolled.use(enrolled.recoveryCodes[0].text) == nil)
        await #expect(throws: StoreError.notFound(.secondFactor)) {
            _ = try await store.removeSecondFactor(of: user)
        }
        let factor = NewSecondFactor(secret: .random(), isConfirmed: true)
        _ = try await store.setSecondFactor(factor, of: user)
        _ = try await store.setRecoveryCodes([.random()], of: user)
        _ = try await store.removeUser(user)
        await #expect(throws: StoreError.notFound(.user)) {
            _ = try await store.secondFactor(of: user)
        }
    }
}
