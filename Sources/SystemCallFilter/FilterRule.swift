/// What becomes of one system call, or of the form of it that the conditions describe.
struct FilterRule {
    /// As in the manual, section 2.
    let name: String
    /// Its number on every architecture, for calls that this libseccomp may not know by name.
    var newNumber: Int32?
    /// All of them must hold.
    var conditions: [Condition] = []
    /// Whether it is done; otherwise it ends the process.
    var isAllowed = true

    /// What an argument, counted from zero, must be.
    enum Condition {
        case equal(UInt32, UInt64)
        case unequal(UInt32, UInt64)
        /// None of these bits is set.
        case without(UInt32, UInt64)
    }
}

extension SystemCallFilter {
    /// Every rule, for the process with this id.
    static func rules(in process: Int32) -> [FilterRule] {
        let ownID = UInt64(UInt32(bitPattern: process))
        return Allowed.names.map { FilterRule(name: $0) }
            + Allowed.restricted
            + Forbidden.names.map { FilterRule(name: $0, isAllowed: false) }
            + [
                // How a process that finds itself broken ends itself (abort(3)).
                FilterRule(name: "tgkill", conditions: [.equal(0, ownID)]),
                FilterRule(name: "tgkill", conditions: [.unequal(0, ownID)], isAllowed: false),
            ]
    }
}
