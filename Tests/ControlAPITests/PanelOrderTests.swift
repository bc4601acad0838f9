import ControlAPI
import GateTestSupport
import Gatekeeper
import SubuserStore
import Testing

/// One server with its owner and subusers, and what each of them is answered.
///
/// Where a request has two faults, the answer tells which of them is looked at first.
@Suite("The order in which the panel-shaped part looks at a request")
struct PanelOrderTests {
    private struct Stage {
        let client: ControlClient
        let host: GateHost
        let server: Server
        let users: String

        /// Status and code, or rules, of an answer.
        func answer(
            _ user: String?,
            _ method: String,
            _ path: String = "",
            _ body: String? = nil
        ) async throws -> String {
            let reply = try await client.panel(as: user).send(method, users + path, body)
            guard reply.status >= 400 else { return "\(reply.status)" }
            guard reply.status != 422 else { return try "\(reply.brokenRules())" }
            return "\(reply.status) " + (try reply.panelCode() ?? "")
        }
    }

    /// ann owns the server, manager holds user.* and file.*, reader holds user.read, weak holds
    /// file.read, strong holds backup.restore, stranger nothing.
    private func onStage(_ body: (Stage) async throws -> Void) async throws {
        try await withServedHost { host, client in
            let ann = try await host.makeUser("ann")
            let server = try await host.makeServer("one", owner: ann)
            let shares = [
                "manager": ["user.*", "file.*"], "reader": ["user.read"], "weak": ["file.read"],
                "strong": ["backup.restore"],
            ]
            for (name, permissions) in shares {
                try await host.share(server, with: host.makeUser(name), permissions)
            }
            _ = try await host.makeUser("stranger")
            _ = try await host.makeUser("new")
            let users = "client/servers/\(server.shortID)/users"
            try await body(Stage(client: client, host: host, server: server, users: users))
        }
    }

    private static let good = #"{"email": "new@example.org", "permissions": ["file.read"]}"#
    private static let tooMuch = #"{"permissions": ["file.read", "backup.restore"]}"#
    private static let unauthenticated = "401 AuthenticationException"
    private static let malformed = "400 BadRequestHttpException"
    private static let notFound = "404 NotFoundHttpException"
    private static let conflict = "409 ServerStateConflictException"
    private static let unauthorised = "403 AuthorizationException"
    private static let forbidden = "403 HttpForbiddenException"

    @Test("a header that names nobody comes before everything else")
    func unknownActor() async throws {
        try await onStage { stage async throws in
            #expect(try await stage.answer("ann", "POST", "", Self.good) == "200")
            for name in ["nobody", "", "no body", "ann, weak", "\(ServerID.random())"] {
                #expect(try await stage.answer(name, "GET") == Self.unauthenticated)
                #expect(try await stage.answer(name, "POST", "", "{") == Self.unauthenticated)
                #expect(try await stage.answer(name, "DELETE", "/x") == Self.unauthenticated)
            }
        }
    }

    @Test("a body that is no JSON comes before who may do what")
    func malformedBody() async throws {
        try await onStage { stage async throws in
            #expect(try await stage.answer("stranger", "POST", "", "{") == Self.malformed)
            #expect(try await stage.answer("stranger", "POST", "", "{}") == Self.notFound)
        }
    }

    @Test("a server that somebody cannot see does not exist for them, whatever they ask")
    func invisibleServer() async throws {
        try await onStage { stage async throws in
            for (method, path) in [
                ("GET", ""), ("POST", ""), ("GET", "/weak"), ("DELETE", "/weak"),
            ] {
                #expect(try await stage.answer("stranger", method, path, "{}") == Self.notFound)
                #expect(try await stage.answer("manager", method, path, "{}") != Self.notFound)
            }
        }
    }

    @Test("who is no member is not found, also by those who lack the permission")
    func noMember() async throws {
        try await onStage { stage async throws in
            for name in ["/stranger", "/ann", "/\(ServerID.random())", "/x@y@z"] {
                for method in ["GET", "POST", "DELETE"] {
                    #expect(try await stage.answer("weak", method, name, "{}") == Self.notFound)
                }
            }
            #expect(try await stage.answer("weak", "GET", "/reader") == Self.unauthorised)
            #expect(try await stage.answer("reader", "GET", "/weak") == "200")
        }
    }

    @Test(
        "a server's state comes before the permissions of its people, but not before DELETE",
        arguments: ServerState.allCases.filter { !$0.allowsAccess }
    )
    func state(_ state: ServerState) async throws {
        try await onStage { stage async throws in
            try await stage.host.put(stage.server, into: state)
            for user in ["ann", "manager", "weak"] {
                #expect(try await stage.answer(user, "GET") == Self.conflict)
                #expect(try await stage.answer(user, "GET", "/strong") == Self.conflict)
                #expect(try await stage.answer(user, "POST", "", "{}") == Self.conflict)
                #expect(try await stage.answer(user, "PATCH", "/weak", "{}") == Self.conflict)
                #expect(try await stage.answer(user, "GET", "/stranger") == Self.notFound)
            }
            #expect(try await stage.answer(nil, "POST", "", Self.good) == "200")
            #expect(try await stage.answer(nil, "GET") == "200")
            #expect(try await stage.answer("weak", "DELETE", "/reader") == Self.unauthorised)
            #expect(try await stage.answer("manager", "DELETE", "/weak") == "204")
            #expect(try await stage.answer("ann", "DELETE", "/strong") == "204")
        }
    }

    @Test("a missing permission comes before mistakes in the request")
    func permissionBeforeValidation() async throws {
        try await onStage { stage async throws in
            for body in ["", "{}", #"{"email": 5, "permissions": "x"}"#, Self.tooMuch] {
                #expect(try await stage.answer("reader", "POST", "", body) == Self.unauthorised)
                let update = try await stage.answer("reader", "PATCH", "/weak", body)
                #expect(update == Self.unauthorised)
            }
            let empty = #"["email required", "permissions required"]"#
            #expect(try await stage.answer("manager", "POST", "", "") == empty)
            #expect(try await stage.answer("ann", "POST", "", "{}") == empty)
        }
    }

    @Test("nobody looks at, changes or removes themselves, also with nothing given")
    func oneself() async throws {
        try await onStage { stage async throws in
            for (method, body) in [
                ("GET", nil), ("POST", "{}"), ("PATCH", Self.tooMuch), ("DELETE", nil),
            ] {
                #expect(
                    try await stage.answer("manager", method, "/manager", body)
                        == Self.unauthorised
                )
            }
            #expect(try await stage.answer("ann", "GET", "/manager") == "200")
            #expect(try await stage.answer("ann", "DELETE", "/manager") == "204")
        }
    }

    @Test("what is not held comes before what is wrong, and unknown names are not held")
    func notHeld() async throws {
        try await onStage { stage async throws in
            let bodies = [
                Self.tooMuch, #"{"permissions": ["file.read", "file.fly"]}"#,
                #"{"email": "x", "permissions": [7, "plugin.x"]}"#, #"{"permissions": ["*"]}"#,
            ]
            for body in bodies {
                #expect(try await stage.answer("manager", "POST", "", body) == Self.forbidden)
                #expect(try await stage.answer("manager", "POST", "/weak", body) == Self.forbidden)
            }
            let permissions = try await stage.client.panel().get("\(stage.users)/weak")
                .attribute("permissions")
            #expect(permissions == .texts(["file.read", "websocket.connect"]))
            #expect(try await stage.answer("manager", "POST", "", Self.good) == "200")
            // An owner is told about the mistakes only, and what is unknown is left out.
            #expect(
                try await stage.answer("ann", "POST", "", bodies[2])
                    == #"["email email", "permissions.0 string"]"#
            )
            #expect(try await stage.answer("ann", "POST", "/weak", bodies[1]) == "200")
        }
    }

    @Test("somebody who holds more is out of reach, before mistakes in the request")
    func stronger() async throws {
        try await onStage { stage async throws in
            #expect(try await stage.answer("manager", "GET", "/strong") == "200")
            #expect(try await stage.answer("manager", "POST", "/strong", "{}") == Self.forbidden)
            #expect(try await stage.answer("manager", "DELETE", "/strong") == Self.forbidden)
            #expect(
                try await stage.answer("manager", "POST", "/weak", "{}")
                    == #"["permissions required"]"#
            )
            #expect(try await stage.answer("ann", "DELETE", "/strong") == "204")
        }
    }

    @Test("mistakes come before the owner and those who are there already")
    func validationBeforeExistence() async throws {
        try await onStage { stage async throws in
            func add(_ user: String, _ email: String, _ permissions: String) async throws -> String
            {
                try await stage.answer(
                    user,
                    "POST",
                    "",
                    #"{"email": "\#(email)@example.org", "permissions": \#(permissions)}"#
                )
            }
            let exists = "400 ServerSubuserExistsException"
            let owner = "400 UserIsServerOwnerException"
            #expect(try await add("ann", "weak", "[]") == #"["permissions required"]"#)
            #expect(try await add("ann", "weak", #"["file.read"]"#) == exists)
            #expect(try await add("manager", "weak", #"["file.read"]"#) == exists)
            #expect(try await add("manager", "ann", #"["file.read"]"#) == owner)
            #expect(try await add("ann", "ann", #"["file.read"]"#) == owner)
            // Adding oneself is no way to oneself either.
            #expect(try await add("manager", "manager", #"["file.read"]"#) == exists)
            #expect(try await add("ann", "new", #"["file.read"]"#) == "200")
        }
    }

    @Test("every mistake is told with its field and rule")
    func validation() async throws {
        try await onStage { stage async throws in
            let local = String(repeating: "x", count: 181)
            let bodies = [
                (#"{"email": "", "permissions": []}"#, ["email required", "permissions required"]),
                ("[]", ["email required", "permissions required"]),
                (
                    #"{"email": "nowhere", "permissions": {}}"#,
                    ["email email", "permissions array"]
                ),
                (#"{"email": 5, "permissions": "x"}"#, ["email email", "permissions array"]),
                (
                    #"{"email": "\#(local)x@gmail.com", "permissions": ["a.b", 1, null]}"#,
                    ["email between", "permissions.1 string", "permissions.2 string"]
                ),
                (
                    #"{"email": "new@example.org", "permissions": ["a.b"], "ignored_files": []}"#,
                    ["ignored_files prohibited"]
                ),
            ]
            for (body, rules) in bodies {
                #expect(try await stage.answer("ann", "POST", "", body) == "\(rules)")
            }
            let longest = #"{"email": "\#(local)@gmail.com", "permissions": ["a.b"]}"#
            #expect(try await stage.answer("ann", "POST", "", longest) == #"["email exists"]"#)
            #expect(try await stage.answer("ann", "GET", "?page=2") == #"["page prohibited"]"#)
            // Whoever may not ask at all is told that first.
            #expect(try await stage.answer("stranger", "GET", "?page=2") == Self.notFound)
        }
    }
}
