import Foundation
import Gatekeeper

/// A request that was read whole, with the one who made it.
struct ControlRequest {
    let resource: Resource
    let verb: Verb
    let caller: Caller
    /// What the header of the acting user says; nil when there is none.
    let actingUser: String?
    let body: Data
    private let query: [String: String]

    /// The largest body taken, in bytes.
    static let bodyLimit = 1 << 20

    init(
        resource: Resource,
        operation: Operation,
        caller: Caller,
        actingUser: String?,
        query: [(name: String, value: String)],
        body: Data
    ) throws(ControlError) {
        self.resource = resource
        verb = operation.verb
        self.caller = caller
        // Whoever believes that it is obeyed here would give away the rights of the panel.
        guard actingUser == nil || operation.takes(.actingUser) else {
            throw .actingUserNotPossible
        }
        self.actingUser = actingUser
        self.body = body
        let known = operation.queryParameters
        var values: [String: String] = [:]
        for (name, value) in query {
            guard known.contains(name) else { throw .unknownParameter(name, allowed: known) }
            values[name] = value
        }
        self.query = values
    }

    /// The body as an object with at most these fields.
    func fields(_ allowed: [String]) throws(ControlError) -> RequestFields {
        try RequestFields(body, allowed: allowed)
    }

    /// A parameter of the query; nil when it is absent or empty.
    func parameter(_ name: String) -> String? {
        query[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// A parameter that is `true` or `false`; absent it is false.
    func flagParameter(_ name: String) throws(ControlError) -> Bool {
        switch parameter(name) {
        case nil, "false": return false
        case "true": return true
        case _?: throw .invalidField(name, message: "\(name) must be true or false.")
        }
    }

    /// A parameter that must be a positive number when it is there.
    func positiveParameter(_ name: String) throws(ControlError) -> Int64? {
        guard let text = parameter(name) else { return nil }
        guard let number = Int64(text), number > 0 else {
            throw .invalidField(name, message: "\(name) must be a positive number.")
        }
        return number
    }
}
