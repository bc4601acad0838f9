import Gatekeeper
import HTTPTypes
import SubuserStore

/// What can be done at one path with one method, and everything that may be answered.
struct Operation: Sendable {
    let verb: Verb
    /// A name that no other operation has, for programs made from the document.
    let name: String
    /// What it does, for people.
    let summary: String
    let parameters: [Parameter]
    /// What the body must be; nil where none is read.
    let body: Content?
    let answers: [Success]
    /// The errors of its own; those of every request like it are in `PathFamily`.
    let failures: [Failure]

    init(
        _ verb: Verb,
        _ name: String,
        _ summary: String,
        parameters: [Parameter] = [],
        body: Content? = nil,
        answers: Success...,
        errors: [ControlError] = [],
        panelErrors: [ClientError] = []
    ) {
        self.verb = verb
        self.name = name
        self.summary = summary
        // On every request, so that a panel can send it along without asking what it is for.
        self.parameters = parameters + [.clientAddress]
        self.body = body
        self.answers = answers
        failures = errors.map { Failure($0) } + panelErrors.map { Failure($0) }
    }

    /// Whether it reads a parameter, in the query or in a header.
    func takes(_ parameter: Parameter) -> Bool {
        parameters.contains { $0.name == parameter.name && $0.place == parameter.place }
    }

    /// The names of what it reads in the query.
    var queryParameters: [String] {
        parameters.filter { $0.place == .query }.map(\.name)
    }
}

extension Operation {
    /// An answer that is no error.
    struct Success: Sendable {
        let status: Int
        /// Nil for no content.
        let content: Content?
        let headers: [Header]

        init(_ status: Int, content: Content?, headers: [Header] = []) {
            self.status = status
            self.content = content
            self.headers = headers
        }

        /// An answer of one JSON value.
        init(_ status: Int, _ schema: Schema) {
            self.init(status, content: .json(schema))
        }

        /// The same with one more header.
        func with(_ header: Header) -> Success {
            Success(status, content: content, headers: headers + [header])
        }

        /// 200: what was asked for, or done.
        static func ok(
            _ members: [String: Schema],
            sometimes: [String: Schema] = [:]
        ) -> Success {
            Success(200, .answer(members, sometimes: sometimes))
        }

        /// 201: made.
        static func created(
            _ members: [String: Schema],
            sometimes: [String: Schema] = [:]
        ) -> Success {
            Success(201, .answer(members, sometimes: sometimes))
        }
    }

    /// An answer that is an error, by what programs can rely on.
    struct Failure: Hashable, Sendable {
        let status: Int
        let code: String

        init(_ error: ControlError) {
            status = error.status
            code = error.code
        }

        init(_ error: ClientError) {
            status = error.status
            code = error.code
        }
    }

    /// Something that an answer says outside its content.
    struct Header: Sendable {
        let name: String
        let schema: Schema
        let summary: String
        /// Whether it is always there.
        let isRequired: Bool

        /// What can be done instead of what was asked.
        static let allow = Header(
            name: HTTPField.Name.allow.rawName,
            schema: .text,
            summary: "The methods that are possible there.",
            isRequired: true
        )

        /// What an answer without content has ended.
        static let revoked = Header(
            name: HTTPField.Name.revoked.rawName,
            schema: .text(pattern: RevocationOutcome.fieldPattern),
            summary: "What was found and ended, as a dictionary (RFC 9651 section 3.2).",
            isRequired: true
        )

        /// That an answer is of the moment.
        static let cacheControl = Header(
            name: HTTPField.Name.cacheControl.rawName,
            schema: .only(.text(noStore)),
            summary: "Nobody keeps it for others.",
            isRequired: true
        )

        /// What it says.
        static let noStore = "no-store"

        /// That an answer was given before, to a request with the same key.
        static let idempotentReplay = Header(
            name: HTTPField.Name.idempotentReplay.rawName,
            schema: .only("true"),
            summary: "There when the answer is one that was given before.",
            isRequired: false
        )
    }
}
