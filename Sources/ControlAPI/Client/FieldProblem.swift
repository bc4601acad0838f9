/// What is wrong with one field of a request, as panels tell it.
struct FieldProblem: Equatable {
    /// The field, with the index of an element behind a dot: `permissions.0`.
    let field: String
    /// The rule that it breaks, by the name that panels give it.
    let rule: String
    /// One sentence for people.
    let detail: String

    static func required(_ field: String) -> FieldProblem {
        FieldProblem(field: field, rule: "required", detail: "The \(field) field is required.")
    }

    static func prohibited(_ field: String) -> FieldProblem {
        FieldProblem(field: field, rule: "prohibited", detail: "There is no \(field) here.")
    }

    /// A field that must be `what`.
    static func wrong(_ field: String, _ rule: String, _ what: String) -> FieldProblem {
        FieldProblem(field: field, rule: rule, detail: "The \(field) must be \(what).")
    }
}
