import Foundation
import Gatekeeper

/// A request to the panel-shaped part that was read whole.
struct ClientRequest {
    let resource: ClientResource
    let verb: Verb
    let caller: Caller
    /// What the header of the acting user says; nil when there is none.
    let actingUser: String?
    let body: Data
    private let query: [(name: String, value: String)]
    private let knownParameters: [String]

    init(
        resource: ClientResource,
        operation: Operation,
        caller: Caller,
        actingUser: String?,
        query: [(name: String, value: String)],
        body: Data
    ) {
        self.resource = resource
        verb = operation.verb
        self.caller = caller
        self.actingUser = actingUser
        self.query = query
        knownParameters = operation.queryParameters
        self.body = body
    }

    /// The query, every parameter of which must mean something.
    ///
    /// - Throws: `invalid`.
    func parameters() throws(ClientError) -> [String: String] {
        let strangers = query.filter { !knownParameters.contains($0.name) }
        guard strangers.isEmpty else {
            throw .invalid(strangers.map { .prohibited($0.name) })
        }
        return Dictionary(query.map { ($0.name, $0.value) }) { _, last in last }
    }
}
