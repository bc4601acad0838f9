import ArgumentParser
import Testing
import portcullis

@Suite struct `Answers become text for people` {
    private func account(of line: String, _ json: String, width: Int? = nil) throws -> [String] {
        let parsed = try Portcullis.parseAsRoot(line.split(separator: " ").map(String.init))
        let command = try #require(parsed as? any ControlCommand)
        return try command.account(of: ControlAnswer(json: Array(json.utf8)), width: width)
    }

    @Test func `a list is an aligned table`() throws {
        let lines = try account(
            of: "user list",
            """
            {"users":[
             {"uuid":"u1","username":"anna","email":"a@example.org","administrator":true,
              "hasPassword":true,"twoFactor":true,"disabled":false,"keys":2,"createdAt":"2026-01-02T03:04:05Z"},
             {"uuid":"u2","username":"benedikt","email":"b@e.org","administrator":false,
              "hasPassword":false,"twoFactor":false,"disabled":true,"keys":0,"createdAt":"2026-01-02T03:04:05Z"}]}
            """
        )
        #expect(
            lines == [
                "USER      EMAIL          ADMINISTRATOR  DISABLED  PASSWORD  2FA  KEYS  UUID",
                "anna      a@example.org  yes            no        yes       yes  2     u1",
                "benedikt  b@e.org        no             yes       no        no   0     u2",
            ]
        )
    }

    @Test func `who is kept out is one table, with why and until when`() throws {
        let lines = try account(
            of: "bans",
            """
            {"bans":[{"address":"192.0.2.0/24","reason":"Ticket 7","since":"t1","until":null}],
             "sources":[{"source":"192.0.3.1","keptOut":true,"since":"t1","until":"t2",
                         "latest":"unknown_user",
                         "offences":{"unknown_user":2,"wrong_password":3}}],
             "accounts":[{"user":"u","username":"anna","keptOut":true,"since":"t1","until":"t2",
                          "offences":{"wrong_password":9},
                          "sources":[{"source":"192.0.3.1","until":"t2"},
                                     {"source":"192.0.3.2","until":"t2"}]}]}
            """
        )
        #expect(
            lines == [
                "KIND     WHO           KEPT OUT   SINCE  UNTIL   WHY",
                "ban      192.0.2.0/24  yes        t1     lifted  Ticket 7",
                "source   192.0.3.1     yes        t1     t2      wrong_password 3, unknown_user 2",
                "account  anna          strangers  t1     t2      wrong_password 9 of 2 sources",
            ]
        )
    }

    private static let subuser = """
        {"user":"u","username":"ben","email":"b@e.org","twoFactor":true,"createdAt":"t",
         "permissions":["file.read","file.sftp","websocket.connect"]}
        """
    private static let invitation = """
        {"uuid":"i","email":"new@example.org","createdAt":"t","expiresAt":"t2",
         "permissions":["file.read","websocket.connect"]}
        """

    @Test func `subusers are counted as panels do, and invitations stand below them`() throws {
        let lines = try account(
            of: "subuser list s",
            #"{"subusers":[\#(Self.subuser)],"invitations":[\#(Self.invitation)]}"#
        )
        #expect(
            lines == [
                "USER  EMAIL            2FA  PENDING UNTIL  COUNT  PERMISSIONS",
                "ben   b@e.org          yes  -              2      "
                    + "file.read file.sftp websocket.connect",
                "-     new@example.org  -    t2             1      file.read websocket.connect",
            ]
        )
    }

    private static let job = """
        {"job":"night","number":7,"state":"done","selector":{"server":"s","user":"u"},
         "reason":"Moved","actor":"uid 0","createdAt":"t1","endedAt":"t2","resumed":false,
         "revocation":{"found":2,"endedByGoodbye":1,"endedByKill":1,"pending":[],
                       "milliseconds":104},
         "requestsCut":3,"bytesWritten":2048,"bytesRead":0,
         "sessions":[
          {"id":"00000000000a","user":"u","username":"ben","server":"v","serverShortId":"s",
           "ended":"kill","requestsCut":3,"bytesWritten":2048,"bytesRead":0},
          {"id":"00000000000b","user":null,"username":null,"server":null,"serverShortId":null,
           "ended":"goodbye","requestsCut":0,"bytesWritten":0,"bytesRead":0}],
         "repeated":REPEATED}
        """

    @Test func `a revocation tells of each session, and whether it was done before`() throws {
        let done = try account(
            of: "revoke --user ben",
            Self.job.replacing("REPEATED", with: "false")
        )
        #expect(
            done == [
                "Job night.",
                "SESSION       USER  SERVER  ENDED    CUT  WRITTEN  READ",
                "00000000000a  ben   s       kill     3    2 KiB    0 B",
                "00000000000b  -     -       goodbye  0    0 B      0 B",
                "Cut off 3 requests; 2 KiB had been written and 0 B read.",
            ]
        )
        let again = try account(
            of: "revoke --user ben",
            Self.job.replacing("REPEATED", with: "true")
        )
        #expect(again == ["This was done before, on t1; it came to this:"] + done)
        let shown = try account(
            of: "revocations show night",
            Self.job.replacing("REPEATED", with: "false")
        )
        #expect(shown.suffix(4) == done.suffix(4))
        #expect(shown.contains("Asked   t1 by uid 0"))
    }

    @Test func `revocations are listed, also one that is not done`() throws {
        let lines = try account(
            of: "revocations",
            """
            {"revocations":[
             {"job":"b","number":2,"state":"running","selector":{"all":true},"reason":null,
              "actor":"uid 0","createdAt":"t2","endedAt":null,"resumed":false,"revocation":null,
              "requestsCut":0,"bytesWritten":0,"bytesRead":0},
             {"job":"a","number":1,"state":"done","selector":{"user":"u"},"reason":"Moved",
              "actor":"uid 0","createdAt":"t1","endedAt":"t3","resumed":true,
              "revocation":{"found":0,"endedByGoodbye":0,"endedByKill":0,"pending":[],
                            "milliseconds":0},
              "requestsCut":0,"bytesWritten":0,"bytesRead":0}],
             "next":1}
            """
        )
        #expect(
            lines == [
                "NUMBER  AT  STATE    SESSIONS  KILLED  MS  BY     JOB  WHICH     REASON",
                "2       t2  running  -         -       -   uid 0  b    all=true  -",
                "1       t1  resumed  0         0       0   uid 0  a    user=u    Moved",
                "Older ones: --before 1",
            ]
        )
        #expect(
            try account(of: "revocations", #"{"revocations":[],"next":null}"#)
                == ["No revocation."]
        )
    }

    @Test func `an invitation is shown with its expiry`() throws {
        let subuser = try account(of: "subuser show s ben", #"{"subuser":\#(Self.subuser)}"#)
        #expect(subuser.contains("Two factors  yes"))
        #expect(subuser.contains("Count        2"))
        let shown = try account(of: "subuser show s i", #"{"invitation":\#(Self.invitation)}"#)
        #expect(shown.contains("Pending until  t2"))
        let added = try account(
            of: "subuser add s new@example.org -p file.read",
            #"{"invitation":\#(Self.invitation),"droppedPermissions":[]}"#
        )
        #expect(
            added == [
                "new@example.org is invited until t2 and will hold file.read, websocket.connect."
            ]
        )
        let set = try account(
            of: "subuser set s ben -p file.read",
            #"{"subuser":\#(Self.subuser)}"#
        )
        #expect(set == ["ben holds file.read, file.sftp, websocket.connect."])
    }

    @Test func `access shows servers with the role, and for whom somebody acts`() throws {
        let delegation = """
            {"owner":"o","ownerName":"olga","user":"u","username":"ben","email":"b@e.org",
             "twoFactor":true,"permissions":["file.read"],"createdAt":"t"}
            """
        let lines = try account(
            of: "access ben",
            """
            {"servers":[{"server":"1a2b3c4d-0","shortId":"1a2b3c4d","name":"Lobby",
             "role":"delegate","permissions":["file.read"]}],"accounts":[\(delegation)]}
            """
        )
        #expect(
            lines == [
                "SERVER    NAME   ROLE      COUNT  PERMISSIONS",
                "1a2b3c4d  Lobby  delegate  1      file.read", "",
                "ACTS FOR  SINCE  PERMISSIONS", "olga      t      file.read",
            ]
        )
        #expect(
            try account(of: "access ben", #"{"servers":[],"accounts":[]}"#) == [
                "ben may use no server."
            ]
        )
        let listed = try account(of: "delegation list olga", #"{"delegations":[\#(delegation)]}"#)
        #expect(
            listed == [
                "USER  EMAIL    2FA  SINCE  COUNT  PERMISSIONS",
                "ben   b@e.org  yes  t      1      file.read",
            ]
        )
        let shown = try account(
            of: "delegation show olga ben",
            #"{"delegation":\#(delegation)}"#
        )
        #expect(shown.first == "Owner        olga")
        #expect(shown.suffix(2) == ["Count        1", "Permissions  file.read"])
        let set = try account(
            of: "delegation set olga ben -p file.read",
            #"{"delegation":\#(delegation),"revocation":{"found":0}}"#
        )
        #expect(set == ["ben holds file.read on all servers of olga."])
    }

    @Test func `presets stand below the permissions`() throws {
        let lines = try account(
            of: "permissions",
            """
            {"groups":[{"name":"file","summary":"Files","permissions":[
             {"name":"file.read","summary":"List","sensitive":false}]}],
             "presets":[{"name":"viewer","summary":"Sees","permissions":["activity.read",
              "websocket.connect"]}]}
            """
        )
        #expect(
            lines == [
                "file: Files", "  file.read  List", "",
                "presets: Many permissions under one name", "  viewer  Sees (1 permission)",
            ]
        )
    }

    @Test func `a key without a name has a dash`() throws {
        let lines = try account(
            of: "key list anna",
            #"{"keys":[{"fingerprint":"SHA256:x","type":"ssh-ed25519","name":null,"createdAt":"t"}]}"#
        )
        #expect(lines.last == "SHA256:x     ssh-ed25519  t        -")
    }

    @Test func `sessions show who moves how much`() throws {
        let lines = try account(
            of: "sessions",
            """
            {"sessions":[{"id":"00ff","phase":"open","peer":"192.0.2.1:4000","user":"u",
             "username":"anna","server":"s","serverShortId":"1a2b3c4d","client":"SSH-2.0-x",
             "rights":["file.read"],"since":"t","pid":7,"bytesReceived":1,"bytesSent":2,
             "contentRead":1536,"contentWritten":12,"requests":3,"unanswered":1,"readRate":1024,
             "writeRate":512,"request":{"operation":"write","path":"/world/level.dat",
             "since":"2026-11-21T10:08:05.000Z","answered":false}}]}
            """
        )
        #expect(
            lines.last?.split(separator: " ").map(String.init).suffix(10) == [
                "t", "1.5", "KiB", "12", "B", "1.5", "KiB/s", "SSH-2.0-x", "write",
                "/world/level.dat",
            ]
        )
        #expect(try account(of: "sessions", #"{"sessions":[]}"#) == ["Nobody is connected."])
    }

    @Test func `activity shows properties on one line and where to go on`() throws {
        let lines = try account(
            of: "activity",
            """
            {"activity":[{"id":9,"at":"t","event":"server:sftp.write","user":"u","username":"anna",
             "server":"1a2b3c4d-0000","session":"x","ip":"192.0.2.1","actor":null,
             "properties":{"files":["a b","c"],"bytes":12,"flag":true,"none":null}},
             {"id":8,"at":"t","event":"user:update","user":"u","username":"anna","server":null,
             "session":null,"ip":null,"actor":"ben","actorUser":"b","properties":{}},
             {"id":7,"at":"t","event":"snapshot:import","user":null,"username":null,"server":null,
             "session":null,"ip":null,"actor":"uid 0","actorUser":null,"properties":{}}],"next":7}
            """
        )
        #expect(
            lines == [
                "AT  EVENT              ACTOR  SUBJECT  SERVER    FROM       DETAILS",
                "t   server:sftp.write  anna   -        1a2b3c4d  192.0.2.1  "
                    + "bytes=12 files=a b,c flag=true none=-",
                "t   user:update        ben    anna     -         -",
                "t   snapshot:import    uid 0  -        -         -",
                "Older entries: --before 7",
            ]
        )
    }

    @Test func `an entry that has grown is followed by what it took in`() throws {
        func page(_ entries: String) -> ControlAnswer {
            ControlAnswer(json: Array(#"{"activity":[\#(entries)],"next":null,"latest":9}"#.utf8))
        }
        func entry(
            _ id: Int,
            _ event: String,
            _ properties: String,
            by actor: String = "null"
        ) -> String {
            """
            {"id":\(id),"at":"t","event":"\(event)","username":"anna","server":null,
             "ip":"192.0.2.1","actor":\(actor),"properties":{\(properties)}}
            """
        }
        var follower = ActivityFollower()
        let first = page(
            entry(1, "a", #""files":["/x","/y"],"bytes":10"#) + ","
                + entry(2, "long", #""n":"\u001b""#, by: #""ben""#)
        )
        #expect(
            try follower.lines(of: first, width: nil) == [
                "t  a  anna  -  -  192.0.2.1  bytes=10 files=/x,/y",
                #"t  long  ben   anna  -  192.0.2.1  n=\u{1b}"#,
            ]
        )
        let second = page(entry(1, "a", #""files":["/x","/y","/z"],"bytes":15"#))
        #expect(
            try follower.lines(of: second, width: nil) == [
                "t  a     anna  -     -  192.0.2.1  bytes=5 files=/z"
            ]
        )
        #expect(try follower.lines(of: second, width: 12) == ["t  a     an…"])
    }

    private static let factor =
        #"{"confirmed":true,"pending":PENDING,"recoveryCodesLeft":9,"createdAt":"t"}"#

    @Test
    func `a second factor is shown, and what an authenticator needs, with a QR code if asked`()
        throws
    {
        let shown = try account(
            of: "second-factor show anna",
            #"{"secondFactor":\#(Self.factor.replacing("PENDING", with: "false"))}"#
        )
        #expect(shown.contains("Recovery codes left       9"))
        let none = try account(of: "second-factor show anna", #"{"secondFactor":null}"#)
        #expect(none == ["anna has no second factor."])
        let enrolment = """
            {"secondFactor":\(Self.factor.replacing("PENDING", with: "true")),
             "secret":"JBSWY3DPEHPK3PXPJB","uri":"otpauth://totp/P:anna?secret=JBSWY3DPEHPK3PXPJB"}
            """
        let text = try account(of: "second-factor enrol anna", enrolment)
        #expect(
            text == [
                "Secret  JBSW Y3DP EHPK 3PXP JB",
                "URI     otpauth://totp/P:anna?secret=JBSWY3DPEHPK3PXPJB",
                "It counts once a code of it was shown: portcullis second-factor confirm anna",
            ]
        )
        let picture = try account(of: "second-factor enrol anna --qr", enrolment)
        #expect(picture.suffix(3) == text[...] && picture.count > 15)
        #expect(picture.first?.allSatisfy { $0 == "█" } == true)
        let onTerminal = try account(of: "second-factor enrol anna", enrolment, width: 20)
        #expect(onTerminal.suffix(3) == text[...] && onTerminal.count == picture.count)
        #expect(onTerminal.first?.hasPrefix("\u{1B}[") == true)
    }

    @Test func `recovery codes and app passwords are shown as they were made`() throws {
        let codes = #"{"recoveryCodes":["AAAA-BBBB","CCCC-DDDD"]}"#
        let lines = try account(of: "second-factor recovery-codes anna", codes)
        #expect(lines.suffix(2) == ["AAAA-BBBB", "CCCC-DDDD"])
        #expect(try account(of: "second-factor confirm anna", codes).count == 4)
        let password = #"{"uuid":"u","name":"backup","server":null,"createdAt":"t"}"#
        let added = try account(
            of: "app-password add anna backup",
            #"{"appPassword":\#(password),"password":"sftp-x"}"#
        )
        #expect(added == ["App password u of anna, which is not shown again:", "sftp-x"])
        let listed = try account(
            of: "app-password list anna",
            #"{"appPasswords":[\#(password)]}"#
        )
        #expect(listed == ["UUID  CREATED  SERVER  NAME", "u     t        all     backup"])
    }

    @Test func `text from elsewhere cannot steer the terminal`() throws {
        let lines = try account(
            of: "server show s",
            """
            {"server":{"uuid":"s","shortId":"s","name":"a\\u001b[2Jb\\nc\\u202ed","owner":"o",
             "ownerName":"anna","directory":"d","state":"normal"}}
            """
        )
        #expect(lines.contains(#"Name       a\u{1b}[2Jb\nc\u{202e}d"#))
    }

    @Test func `lines are cut to the terminal's width, not to its letters`() {
        var table = TextTable("A", "B")
        table.add("\u{65E5}\u{672C}", "0123456789")
        #expect(table.lines(width: nil) == ["A     B", "\u{65E5}\u{672C}  0123456789"])
        #expect(table.lines(width: 10) == ["A     B", "\u{65E5}\u{672C}  012…"])
    }

    @Test func `an answer of another shape is a failure, not a crash`() {
        #expect(throws: CommandFailure.self) { try account(of: "user list", #"{"users":[{}]}"#) }
        #expect(throws: CommandFailure.self) { try account(of: "user show a", "[]") }
        #expect(throws: CommandFailure.self) { try account(of: "user show a", "{}") }
    }

    @Test(
        arguments: [
            (0, "0 B"), (1023, "1023 B"), (1024, "1 KiB"), (1536, "1.5 KiB"),
            (104_857_600, "100 MiB"), (UInt64.max, "16777216 TiB"),
        ] as [(UInt64, String)]
    )
    func `amounts have binary units`(_ bytes: UInt64, _ text: String) {
        #expect(ByteCount.format(bytes) == text)
    }
}
