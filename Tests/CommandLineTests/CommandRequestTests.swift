import ArgumentParser
import Testing
import portcullis

@Suite struct `Commands become requests` {
    struct Command: CustomTestStringConvertible {
        let arguments: [String]
        let method: ControlRequest.Method
        let target: String
        var body: String?

        init(
            _ line: String,
            _ method: ControlRequest.Method,
            _ target: String,
            _ body: String? = nil
        ) {
            arguments = line.split(separator: " ").map(String.init)
            self.method = method
            self.target = target
            self.body = body
        }

        var testDescription: String { arguments.joined(separator: " ") }
    }

    @Test(arguments: [
        Command("user list", .get, "/v1/users"),
        Command("user show a@example.org", .get, "/v1/users/a%40example.org"),
        Command(
            "user add anna --email a@example.org --no-password --administrator --uuid u",
            .post,
            "/v1/users",
            #"{"administrator":true,"email":"a@example.org","username":"anna","uuid":"u"}"#
        ),
        Command(
            "user set anna --email b@example.org",
            .patch,
            "/v1/users/anna",
            #"{"email":"b@example.org"}"#
        ),
        Command(
            "user set anna --no-administrator",
            .patch,
            "/v1/users/anna",
            #"{"administrator":false}"#
        ),
        Command(
            "user add anna --email a@example.org --no-password --two-factor",
            .post,
            "/v1/users",
            #"{"email":"a@example.org","twoFactor":true,"username":"anna"}"#
        ),
        Command(
            "user set anna --no-two-factor",
            .patch,
            "/v1/users/anna",
            #"{"twoFactor":false}"#
        ),
        Command("user set anna --disabled", .patch, "/v1/users/anna", #"{"disabled":true}"#),
        Command("user remove anna", .delete, "/v1/users/anna"),
        Command("key list anna", .get, "/v1/users/anna/keys"),
        Command("key remove anna SHA256:a+b/c", .delete, "/v1/users/anna/keys/SHA256%3Aa%2Bb%2Fc"),
        Command("second-factor show anna", .get, "/v1/users/anna/second-factor"),
        Command("second-factor enrol anna", .post, "/v1/users/anna/second-factor", "{}"),
        Command(
            "second-factor enrol anna --replace --qr",
            .post,
            "/v1/users/anna/second-factor",
            #"{"replace":true}"#
        ),
        Command("second-factor recovery-codes anna", .post, "/v1/users/anna/recovery-codes"),
        Command("second-factor remove anna", .delete, "/v1/users/anna/second-factor"),
        Command("app-password list anna", .get, "/v1/users/anna/app-passwords"),
        Command(
            "app-password add anna backup --server s",
            .post,
            "/v1/users/anna/app-passwords",
            #"{"name":"backup","server":"s"}"#
        ),
        Command("app-password remove anna u", .delete, "/v1/users/anna/app-passwords/u"),
        Command(
            "user set anna --sign-in publickey,password+code",
            .patch,
            "/v1/users/anna",
            #"{"signIn":["publickey","password+code"]}"#
        ),
        Command("user set anna --any-sign-in", .patch, "/v1/users/anna", #"{"signIn":null}"#),
        Command(
            "user add anna --email a@example.org --no-password --sign-in publickey",
            .post,
            "/v1/users",
            #"{"email":"a@example.org","signIn":["publickey"],"username":"anna"}"#
        ),
        Command(
            "server set s --sign-in password+code",
            .patch,
            "/v1/servers/s",
            #"{"signIn":["password+code"]}"#
        ),
        Command("server list", .get, "/v1/servers"),
        Command("server show 1a2b3c4d", .get, "/v1/servers/1a2b3c4d"),
        Command(
            "server add Lobby --owner anna --directory lobby --state installing",
            .post,
            "/v1/servers",
            #"{"directory":"lobby","name":"Lobby","owner":"anna","state":"installing"}"#
        ),
        Command(
            "server set 1a2b3c4d --state suspended",
            .patch,
            "/v1/servers/1a2b3c4d",
            #"{"state":"suspended"}"#
        ),
        Command("server remove 1a2b3c4d", .delete, "/v1/servers/1a2b3c4d"),
        Command("subuser list s", .get, "/v1/servers/s/subusers"),
        Command("subuser show s ben", .get, "/v1/servers/s/subusers/ben"),
        Command(
            "subuser add s ben -p file.sftp,file.read --permissions file.read-content",
            .post,
            "/v1/servers/s/subusers",
            #"{"permissions":["file.sftp","file.read","file.read-content"],"user":"ben"}"#
        ),
        Command(
            "subuser set s ben --no-permissions",
            .patch,
            "/v1/servers/s/subusers/ben",
            #"{"permissions":[]}"#
        ),
        Command("subuser remove s ben", .delete, "/v1/servers/s/subusers/ben"),
        Command("delegation show anna ben", .get, "/v1/users/anna/delegations/ben"),
        Command("delegation list anna", .get, "/v1/users/anna/delegations"),
        Command(
            "delegation set anna ben -p operator,file.*",
            .put,
            "/v1/users/anna/delegations/ben",
            #"{"permissions":["operator","file.*"]}"#
        ),
        Command("delegation remove anna ben", .delete, "/v1/users/anna/delegations/ben"),
        Command("access b@example.org", .get, "/v1/users/b%40example.org/access"),
        Command("sessions", .get, "/v1/sessions"),
        Command("sessions list", .get, "/v1/sessions"),
        Command("sessions end 00ff", .delete, "/v1/sessions/00ff"),
        Command(
            "revoke --user ben --server s --reason moved",
            .post,
            "/v1/revocations",
            #"{"reason":"moved","server":"s","user":"ben"}"#
        ),
        Command("revoke --all", .post, "/v1/revocations", #"{"all":true}"#),
        Command(
            "revoke --user ben --server s --server t --job night/7",
            .post,
            "/v1/revocations",
            #"{"job":"night/7","servers":["s","t"],"user":"ben"}"#
        ),
        Command("revocations", .get, "/v1/revocations"),
        Command(
            "revocations list --limit 5 --before 9",
            .get,
            "/v1/revocations?limit=5&before=9"
        ),
        Command("revocations show night/7", .get, "/v1/revocations/night%2F7"),
        Command("activity", .get, "/v1/activity"),
        Command(
            "activity --event server:sftp.login --limit 5 --before 9",
            .get,
            "/v1/activity?event=server%3Asftp.login&limit=5&before=9"
        ),
        Command(
            "activity --event server:sftp.* --since 2026-11-21T12:08:05+02:00 --until 1795255685",
            .get,
            "/v1/activity?event=server%3Asftp.%2A&since=2026-11-21T12%3A08%3A05%2B02%3A00"
                + "&until=1795255685"
        ),
        Command("activity --follow", .get, "/v1/activity?limit=10"),
        Command("activity --actor ben", .get, "/v1/activity?actor=ben"),
        Command("activity --follow --user ben --limit 3", .get, "/v1/activity?user=ben&limit=3"),
        Command("permissions", .get, "/v1/permissions"),
        Command("bans", .get, "/v1/bans"),
        Command("bans --all", .get, "/v1/bans?all=true"),
        Command("bans explain 2001:db8::/64", .get, "/v1/bans/2001%3Adb8%3A%3A%2F64"),
        Command(
            "bans add 192.0.2.0/24 --for 7d --reason scanner",
            .post,
            "/v1/bans",
            #"{"address":"192.0.2.0/24","reason":"scanner","seconds":604800}"#
        ),
        Command(
            "bans add ::/0 --everyone",
            .post,
            "/v1/bans",
            #"{"address":"::/0","everyone":true}"#
        ),
        Command("bans lift anna", .delete, "/v1/bans/anna"),
    ])
    func `with the method, path and body that the control API takes`(_ command: Command) throws {
        let parsed = try Portcullis.parseAsRoot(command.arguments)
        let request = try #require(parsed as? any ControlCommand).request()
        #expect(request.method == command.method)
        #expect(request.target == command.target)
        #expect(request.body.map { String(decoding: $0, as: UTF8.self) } == command.body)
    }

    @Test func `a name cannot leave its place in the path`() throws {
        let parsed = try Portcullis.parseAsRoot(["user", "show", "../servers?x=#\n%2e é"])
        let request = try #require(parsed as? any ControlCommand).request()
        #expect(request.target == "/v1/users/..%2Fservers%3Fx%3D%23%0A%252e%20%C3%A9")
    }

    @Test(arguments: [
        "user add anna", "user add anna --email a@b.c --no-password --password-stdin",
        "delegation set anna ben", "delegation list", "access",
        "user set anna", "user set anna --password --password-stdin", "server set s",
        "server add Lobby --owner anna", "subuser add s ben",
        "subuser set s ben -p file.read --no-permissions", "revoke", "revoke --all --user ben",
        "revoke --session a --key b", "revoke --server s --server t", "revocations show",
        "revocations --limit many", "sessions end", "activity --limit many",
        "activity --follow --before 3", "activity --follow --until 3", "serve --set",
        "unknown",
    ])
    func `wrong usage ends with 64`(_ line: String) {
        let error = #expect(throws: (any Error).self) {
            try Portcullis.parseAsRoot(line.split(separator: " ").map(String.init))
        }
        #expect(error.map { Portcullis.exitCode(for: $0).rawValue } == 64)
    }

    @Test(arguments: [
        ["subuser", "add", "s", "ben", "-p", "viewer, file.read", "-p", " file.sftp ,, "],
        ["subuser", "add", "s", "ben", "-p", "viewer,file.read,file.sftp"],
    ])
    func `blanks around names of permissions mean nothing`(_ arguments: [String]) throws {
        let parsed = try Portcullis.parseAsRoot(arguments)
        let body = try #require(parsed as? any ControlCommand).request().body ?? []
        #expect(
            String(decoding: body, as: UTF8.self)
                == #"{"permissions":["viewer","file.read","file.sftp"],"user":"ben"}"#
        )
    }

    @Test(arguments: [
        (["subuser", "list", ""], "A server's name is missing."),
        (["subuser", "show", "", "ben"], "A server's name is missing."),
        (["subuser", "remove", "s", ""], "A user's name is missing."),
        (["server", "remove", ""], "A server's name is missing."),
        (["user", "show", ""], "A user's name is missing."),
        (["delegation", "list", ""], "A user's name is missing."),
        (["delegation", "remove", "anna", ""], "A user's name is missing."),
        (["access", ""], "A user's name is missing."),
        (["key", "remove", "anna", ""], "A key's fingerprint is missing."),
        (["sessions", "end", ""], "A session's id is missing."),
        (["subuser", "add", "s", "ben", "-p", " , "], "Give either --permissions"),
    ])
    func `what is empty names nothing`(_ arguments: [String], _ complaint: String) throws {
        let error = try #require(throws: (any Error).self) {
            try Portcullis.parseAsRoot(arguments)
        }
        #expect(Portcullis.message(for: error).contains(complaint))
        #expect(Portcullis.exitCode(for: error).rawValue == 64)
    }

    @Test func `no option takes a password`() throws {
        #expect(throws: (any Error).self) {
            try Portcullis.parseAsRoot([
                "user", "add", "anna", "--email", "a@b.c", "--password", "secret",
            ])
        }
        #expect(throws: (any Error).self) {
            try Portcullis.parseAsRoot(["user", "set", "anna", "--password", "secret"])
        }
    }
}
