import SubuserStore

/// The control API as an OpenAPI 3.1 document.
///
/// It is made from the operations of every `PathTemplate`. Which methods and parameters a request
/// may have is decided by the same values.
struct APIDescription: Sendable {
    /// The document's members.
    let members: [String: JSONValue]

    /// - Parameter version: Of the gate that serves it.
    init(version: String) {
        members = [
            "openapi": "3.1.0",
            "info": .object([
                "title": "Portcullis control API",
                "version": .text(version),
                "summary": "Users, servers and subusers of an SFTP gate, and who is connected.",
                "description": .text(Self.introduction),
                "license": .object(["name": "Apache 2.0", "identifier": "Apache-2.0"]),
            ]),
            "servers": .list([
                .object([
                    "url": "http://localhost",
                    "description":
                        "HTTP/1.1 over the gate's Unix socket; the host's name is ignored.",
                ])
            ]),
            "security": .list([]),
            "tags": .list(
                PathTag.allCases.map { .object(["name": .text($0.rawValue)]) }
            ),
            "paths": .object(
                Self.paths(PathTemplate.self).merging(Self.paths(ClientPathTemplate.self)) {
                    first,
                    _ in first
                }
            ),
            "components": Self.components,
        ]
    }

    private static let introduction =
        "There is no password and no token: whoever may connect to the socket may do everything."

    private static func paths<Family: PathFamily>(
        _ family: Family.Type
    ) -> [String: JSONValue] {
        Dictionary(uniqueKeysWithValues: family.allCases.map { ($0.rawValue, path($0)) })
    }

    private static func path(_ template: some PathFamily) -> JSONValue {
        var members: [String: JSONValue] = [:]
        for operation in template.operations {
            members[operation.verb.rawValue.lowercased()] = self.operation(operation, at: template)
        }
        if !template.names.isEmpty {
            members["parameters"] = .list(
                template.names.map { name in
                    .object([
                        "in": "path", "name": .text(name.rawValue), "required": true,
                        "schema": name.schema.json,
                    ])
                }
            )
        }
        return .object(members)
    }

    private static func operation(
        _ operation: Operation,
        at template: some PathFamily
    ) -> JSONValue {
        var members: [String: JSONValue] = [
            "operationId": .text(operation.name),
            "summary": .text(operation.summary),
            "tags": .list([.text(template.tag.rawValue)]),
            "responses": responses(operation, at: template),
        ]
        if !operation.parameters.isEmpty {
            members["parameters"] = .list(operation.parameters.map(\.json))
        }
        if let body = operation.body {
            members["requestBody"] = .object(["required": true, "content": body.json])
        }
        return .object(members)
    }

    private static func responses<Family: PathFamily>(
        _ operation: Operation,
        at template: Family
    ) -> JSONValue {
        var members: [String: JSONValue] = [:]
        for answer in operation.answers {
            let isRepeatable = operation.takes(.idempotencyKey)
            members["\(answer.status)"] = response(
                isRepeatable ? answer.with(.idempotentReplay) : answer
            )
        }
        let failures = operation.failures + template.commonFailures(of: operation)
        for (status, failures) in Dictionary(grouping: failures, by: \.status) {
            members["\(status)"] = .object(
                response(to: failures, status: status, of: Family.self)
            )
        }
        return .object(members)
    }

    private static func response(_ answer: Operation.Success) -> JSONValue {
        var members: [String: JSONValue] = [
            "description": answer.status == 201 ? "Made." : "Done."
        ]
        members["content"] = answer.content?.json
        if !answer.headers.isEmpty { members["headers"] = headers(answer.headers) }
        return .object(members)
    }

    private static func headers(_ headers: [Operation.Header]) -> JSONValue {
        var members: [String: JSONValue] = [:]
        for header in headers {
            members[header.name] = .object([
                "description": .text(header.summary), "required": .flag(header.isRequired),
                "schema": header.schema.json,
            ])
        }
        return .object(members)
    }

    private static func response<Family: PathFamily>(
        to failures: [Operation.Failure],
        status: Int,
        of family: Family.Type
    ) -> [String: JSONValue] {
        let codes = Set(failures.map(\.code)).sorted()
        return [
            "description": .text(codes.map { "`\($0)`" }.joined(separator: ", ")),
            "content": Content.json(family.errorSchema(status: status, codes: codes)).json,
        ]
    }

    /// What is named elsewhere, and what is answered outside every operation.
    private static var components: JSONValue {
        .object([
            "schemas": .object(
                Dictionary(
                    uniqueKeysWithValues: RecordSchema.allCases.map {
                        ($0.rawValue, $0.schema.json)
                    }
                )
            ),
            "responses": .object([
                "UnknownPath": outside(PathTemplate.self, Failure(.noSuchResource(path: ""))),
                "UnknownMethod": outside(
                    PathTemplate.self,
                    Failure(.methodNotAllowed(method: "", allowed: [])),
                    header: .allow
                ),
                "UnknownPanelPath": outside(ClientPathTemplate.self, Failure(.notFound)),
                "UnknownPanelMethod": outside(
                    ClientPathTemplate.self,
                    Failure(.methodNotAllowed(allowed: [])),
                    header: .allow
                ),
                "NoHTTP": outside(PathTemplate.self, Failure(ControlError.malformedRequest)),
            ]),
        ])
    }

    private typealias Failure = Operation.Failure

    private static func outside<Family: PathFamily>(
        _ family: Family.Type,
        _ failure: Failure,
        header: Operation.Header? = nil
    ) -> JSONValue {
        var members = response(to: [failure], status: failure.status, of: family)
        if let header { members["headers"] = headers([header]) }
        return .object(members)
    }
}
