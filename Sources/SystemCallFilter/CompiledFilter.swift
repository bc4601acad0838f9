import CSeccomp

/// A filter as libseccomp holds it.
@safe struct CompiledFilter: ~Copyable {
    private let context: scmp_filter_ctx

    /// Puts the rules together for the architecture that this program was built for.
    init(_ rules: [FilterRule]) throws(SystemCallFilterFailure) {
        // SAFETY: the context is ours until `seccomp_release`.
        guard let made = unsafe seccomp_init(cseccomp_refuse(Self.notImplemented)) else {
            throw SystemCallFilterFailure(operation: "seccomp_init", code: 0)
        }
        do throws(SystemCallFilterFailure) {
            try unsafe Self.fill(made, with: rules)
        } catch {
            unsafe seccomp_release(made)
            throw error
        }
        unsafe context = made
    }

    deinit {
        // SAFETY: nobody else holds the context.
        unsafe seccomp_release(context)
    }

    borrowing func load() throws(SystemCallFilterFailure) {
        // SAFETY: the context is alive for the call.
        try Self.check(unsafe seccomp_load(context), "seccomp_load")
    }

    borrowing func write(to descriptor: Int32) throws(SystemCallFilterFailure) {
        // SAFETY: the context is alive for the call.
        try Self.check(unsafe seccomp_export_bpf(context, descriptor), "seccomp_export_bpf")
    }

    @unsafe private static func fill(
        _ context: scmp_filter_ctx,
        with rules: [FilterRule]
    ) throws(SystemCallFilterFailure) {
        let attributes: [(scmp_filter_attr, UInt32)] = [
            // A call by the rules of another architecture is no call that a session makes.
            (SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS),
            (SCMP_FLTATR_CTL_TSYNC, 1),
            (SCMP_FLTATR_CTL_LOG, 1),
            // The kernel's own error numbers instead of one for all.
            (SCMP_FLTATR_API_SYSRAWRC, 1),
            // A tree instead of a list: every call of a transfer passes it.
            (SCMP_FLTATR_CTL_OPTIMIZE, 2),
        ]
        for (attribute, value) in attributes {
            try check(unsafe seccomp_attr_set(context, attribute, value), "seccomp_attr_set")
        }
        for rule in rules { try unsafe add(rule, to: context) }
    }

    @unsafe private static func add(
        _ rule: FilterRule,
        to context: scmp_filter_ctx
    ) throws(SystemCallFilterFailure) {
        // Not there on this architecture, or newer than this libseccomp: the default holds.
        guard let number = rule.number else { return }
        let action = rule.isAllowed ? SCMP_ACT_ALLOW : SCMP_ACT_KILL_PROCESS
        let comparisons = rule.conditions.map { $0.comparison }
        // SAFETY: the array is lent for the call, and libseccomp copies what it needs.
        let code = unsafe seccomp_rule_add_array(
            context,
            action,
            number,
            UInt32(comparisons.count),
            comparisons
        )
        try check(code, rule.name)
    }

    private static func check(
        _ code: Int32,
        _ operation: String
    ) throws(SystemCallFilterFailure) {
        guard code == 0 else { throw SystemCallFilterFailure(operation: operation, code: -code) }
    }

    /// ENOSYS.
    private static let notImplemented: UInt16 = 38
}

extension FilterRule {
    /// The call's number on this architecture; nil where it has none.
    fileprivate var number: Int32? {
        // SAFETY: the text ends with a zero and is lent for the call.
        let found = unsafe seccomp_syscall_resolve_name(name)
        // What libseccomp knows from other architectures has negative numbers here.
        return found >= 0 ? found : newNumber
    }
}

extension FilterRule.Condition {
    fileprivate var comparison: scmp_arg_cmp {
        switch self {
        case .equal(let argument, let value):
            scmp_arg_cmp(arg: argument, op: SCMP_CMP_EQ, datum_a: value, datum_b: 0)
        case .unequal(let argument, let value):
            scmp_arg_cmp(arg: argument, op: SCMP_CMP_NE, datum_a: value, datum_b: 0)
        case .without(let argument, let bits):
            scmp_arg_cmp(arg: argument, op: SCMP_CMP_MASKED_EQ, datum_a: bits, datum_b: 0)
        }
    }
}
