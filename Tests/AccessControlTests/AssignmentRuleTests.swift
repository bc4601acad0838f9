import AccessControl
import Testing

@Suite("Who may do what about subusers")
struct AssignmentRuleTests {
    private let rule = AssignmentRule(protectsStronger: true)

    private func set(_ names: String...) -> PermissionSet {
        PermissionCatalogue.standard.select(names).permissions
    }

    private func holding(_ names: String...) -> Authority {
        .holding(PermissionCatalogue.standard.select(names).permissions)
    }

    @Test(
        "Each act takes its own permission",
        arguments: [
            (AssignmentAct.create, "user.create"), (.read, "user.read"),
            (.update, "user.update"), (.delete, "user.delete"),
        ]
    )
    func permissions(act: AssignmentAct, name: String) {
        #expect(act.permission.name == name)
        let others = PermissionCatalogue.standard.all.subtracting(PermissionSet([act.permission]))
        let refused = rule.refusal(
            of: act,
            by: .holding(others),
            isOwn: false,
            current: PermissionSet.none,
            given: nil,
            strength: .holding(.none)
        )
        #expect(refused == .missing(act.permission))
        let allowed = rule.refusal(
            of: act,
            by: holding(name),
            isOwn: false,
            current: PermissionSet.none,
            given: nil,
            strength: .holding(.none)
        )
        #expect(allowed == nil)
    }

    @Test("Owners, administrators and the panel give anything to anybody")
    func everything() {
        for act in AssignmentAct.allCases {
            let all = PermissionCatalogue.standard.all
            #expect(
                rule.refusal(
                    of: act,
                    by: .everything,
                    isOwn: false,
                    current: all,
                    given: all,
                    strength: .everything
                ) == nil
            )
        }
    }

    @Test("Nobody sees, changes or removes themselves, and only who may do everything adds them")
    func oneself() {
        func refusal(_ act: AssignmentAct, by authority: Authority) -> AssignmentRefusal? {
            rule.refusal(
                of: act,
                by: authority,
                isOwn: true,
                current: act == .create ? nil : set("file.read"),
                given: set("file.read"),
                strength: authority
            )
        }
        for authority in [Authority.everything, holding("user.*", "file.read")] {
            for act in [AssignmentAct.read, .update, .delete] {
                #expect(refusal(act, by: authority) == .ownAssignment)
            }
        }
        #expect(refusal(.create, by: .everything) == nil)
        #expect(refusal(.create, by: holding("user.*", "file.read")) == .ownAssignment)
    }

    @Test("Nobody gives what they do not hold, and everybody may leave what is there")
    func giving() {
        let actor = holding("user.*", "file.read")
        #expect(
            rule.refusal(
                of: .create,
                by: actor,
                isOwn: false,
                current: nil,
                given: set("file.read"),
                strength: nil
            ) == nil
        )
        #expect(
            rule.refusal(
                of: .create,
                by: actor,
                isOwn: false,
                current: nil,
                given: set("file.update", "file.read", "backup.read"),
                strength: nil
            ) == .notHeld(["backup.read", "file.update"])
        )
        let lenient = AssignmentRule(protectsStronger: false)
        let current = set("file.update")
        #expect(
            lenient.refusal(
                of: .update,
                by: actor,
                isOwn: false,
                current: current,
                given: set("file.update", "file.read"),
                strength: .holding(current)
            ) == nil
        )
        #expect(
            lenient.refusal(
                of: .update,
                by: actor,
                isOwn: false,
                current: current,
                given: set("file.update", "file.delete"),
                strength: .holding(current)
            ) == .notHeld(["file.delete"])
        )
    }

    @Test("A subuser who holds more is out of reach, unless the host does not protect them")
    func stronger() {
        let actor = holding("user.*", "file.read")
        let strong = set("file.read", "file.delete")
        for act in [AssignmentAct.update, .delete] {
            #expect(
                rule.refusal(
                    of: act,
                    by: actor,
                    isOwn: false,
                    current: strong,
                    given: set("file.read"),
                    strength: .holding(strong)
                ) == .strongerSubuser
            )
            #expect(
                rule.refusal(
                    of: act,
                    by: actor,
                    isOwn: false,
                    current: set("file.read"),
                    given: set("file.read"),
                    strength: .holding(set("file.read"))
                ) == nil
            )
            #expect(
                AssignmentRule(protectsStronger: false).refusal(
                    of: act,
                    by: actor,
                    isOwn: false,
                    current: strong,
                    given: set("file.read"),
                    strength: .holding(strong)
                ) == nil
            )
        }
        #expect(
            rule.refusal(
                of: .read,
                by: actor,
                isOwn: false,
                current: strong,
                given: nil,
                strength: .holding(strong)
            ) == nil
        )
    }

    @Test("Strength is what somebody may do in all, and what is given is the assignment alone")
    func strength() {
        let actor = holding("user.*", "file.read")
        func refusal(
            _ given: PermissionSet? = nil,
            strength: Authority
        ) -> AssignmentRefusal? {
            rule.refusal(
                of: given == nil ? .delete : .update,
                by: actor,
                isOwn: false,
                current: set("file.read"),
                given: given,
                strength: strength
            )
        }
        #expect(refusal(strength: holding("file.read")) == nil)
        #expect(refusal(strength: holding("file.read", "file.delete")) == .strongerSubuser)
        #expect(refusal(strength: .everything) == .strongerSubuser)
        // What is held by a delegation is not held by the assignment yet.
        #expect(
            refusal(set("file.delete"), strength: holding("file.read", "file.delete"))
                == .notHeld(["file.delete"])
        )
        #expect(Authority.everything.covers(.everything))
        #expect(Authority.everything.covers(actor))
    }

    @Test("The refusals are sentences that name what is missing")
    func texts() throws {
        let permission = try #require(Permission("user.update"))
        #expect("\(AssignmentRefusal.missing(permission))".contains("user.update"))
        #expect("\(AssignmentRefusal.notHeld(["a.b", "c.d"]))".contains("a.b, c.d"))
        #expect(!"\(AssignmentRefusal.ownAssignment)".isEmpty)
        #expect(!"\(AssignmentRefusal.strongerSubuser)".isEmpty)
    }
}
