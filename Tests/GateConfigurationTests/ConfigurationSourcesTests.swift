import GateConfiguration
import LinuxSystem
import Testing

@Suite struct `Reading a configuration` {
    private func inspect(
        _ text: String,
        environment: [String: String] = [:],
        overrides: [String] = []
    ) throws -> (loaded: LoadedConfiguration, problems: [String]) {
        let file = try TemporaryFile(text)
        let (loaded, problems) = ConfigurationSources(
            file: .named(file.path),
            environment: environment,
            overrides: overrides
        ).inspect()
        let texts = problems.map {
            "\($0). \($0.remedy)".replacing(file.path, with: "config.yml")
        }
        return (loaded, texts)
    }

    @Test func `values from the file become typed settings with their line`() throws {
        let (loaded, problems) = try inspect(
            """
            ssh:
              listen: ["127.0.0.1:22", "[::1]:2222"]
              ciphers:
                - aes256-ctr
            limits:
              sign_in_grace: 1500ms
              handles: 12
            files:
              umask: "0077"
            activity:
              log_reads: true
            log:
              format: json
            """
        )
        #expect(problems == [])
        #expect(
            loaded.settings.ssh.listen == [
                SocketAddress(host: "127.0.0.1", port: 22), SocketAddress(host: "::1", port: 2222),
            ]
        )
        #expect(loaded.settings.ssh.ciphers == ["aes256-ctr"])
        #expect(loaded.settings.limits.signInGrace == .milliseconds(1500))
        #expect(loaded.settings.limits.handles == 12)
        #expect(loaded.settings.files.umask == 0o077)
        #expect(loaded.settings.activity.logReads)
        #expect(loaded.settings.log.format == .json)
        guard case .file(_, line: 7) = loaded.origins["limits.handles"] else {
            Issue.record("\(String(describing: loaded.origins["limits.handles"]))")
            return
        }
    }

    @Test func `flags win over the environment, which wins over the file`() throws {
        let (loaded, problems) = try inspect(
            "limits: {handles: 1, channels: 1, connections: 1}",
            environment: [
                "PORTCULLIS_LIMITS_CHANNELS": "2", "PORTCULLIS_LIMITS_CONNECTIONS": "2",
                "PORTCULLIS_SSH_LISTEN": "127.0.0.1:1, [::1]:2", "PATH": "/bin",
            ],
            overrides: ["limits.connections=3"]
        )
        #expect(problems == [])
        #expect(loaded.settings.limits.handles == 1)
        #expect(loaded.settings.limits.channels == 2)
        #expect(loaded.settings.limits.connections == 3)
        #expect(loaded.settings.ssh.listen.map(\.description) == ["127.0.0.1:1", "[::1]:2"])
        #expect(loaded.origins["limits.connections"] == .commandLine)
        #expect(loaded.origins["limits.handles"] != nil)
        #expect(loaded.origins["limits.stall"] == nil)
    }

    @Test func `everything that is wrong is reported at once, with line and remedy`() throws {
        let (loaded, problems) = try inspect(
            """
            ssh:
              listen: 0.0.0.0:2022
              chiphers: [aes256-ctr]
              key_exchange: [curve25519-sha265]
            limit:
              handles: 4
            limits:
              handles: many
              sign_in_grace: 30
              stall:
              channels: [1]
            log: loud
            """,
            environment: ["PORTCULLIS_LOG_LEVL": "debug", "PORTCULLIS_LOG_FORMAT": "xml"],
            overrides: ["log.level", "log.lvel=debug", "passwords.cost=12"]
        )
        #expect(
            problems == [
                "config.yml:2: ssh.listen is \"0.0.0.0:2022\" instead of a list. It takes a list "
                    + "of ADDRESS:PORT, for instance 0.0.0.0:2022 or [::]:2022.",
                "config.yml:3: unknown key \"ssh.chiphers\". Did you mean ssh.ciphers?",
                "config.yml:4: ssh.key_exchange names the unknown or unsafe algorithm "
                    + "\"curve25519-sha265\". Did you mean curve25519-sha256?",
                "config.yml:5: unknown section \"limit\". Did you mean limits?",
                "config.yml:8: limits.handles is \"many\". "
                    + "It takes a whole number of handles, 1 to 4000.",
                "config.yml:9: limits.sign_in_grace is \"30\". "
                    + "It takes a number with its unit (ms, s, m or h), 1s to 10m.",
                "config.yml:10: limits.stall has no value. Give it one, or remove the line.",
                "config.yml:11: limits.channels is a list. "
                    + "It takes a whole number of channels, 1 to 16.",
                "config.yml:12: log is a section, but has a value of its own. "
                    + "Indent the settings of the section beneath `log:`.",
                "environment variable PORTCULLIS_LOG_FORMAT: log.format is \"xml\". "
                    + "It takes one of text, json.",
                "environment variable PORTCULLIS_LOG_LEVL: names no setting. "
                    + "Did you mean PORTCULLIS_LOG_LEVEL?",
                "command line: \"log.level\" is no setting. "
                    + "Write KEY=VALUE, for instance log.level=debug.",
                "command line: unknown key \"log.lvel\". Did you mean log.level?",
                "command line: passwords.cost is \"12\". "
                    + "It takes a whole number of yescrypt cost units, 1 to 11.",
            ]
        )
        #expect(loaded.settings == GateSettings())
    }

    @Test func `a file that is empty or has empty sections means defaults`() throws {
        for text in ["", "# nothing\n", "limits:\n  # handles: 3\nlog: ~\n"] {
            let (loaded, problems) = try inspect(text)
            #expect(problems == [])
            #expect(loaded.settings == GateSettings())
        }
    }

    @Test func `a key given twice is a problem with its line`() throws {
        let (_, problems) = try inspect("limits:\n  handles: 3\n  stall: 2s\n  handles: 4\n")
        #expect(problems.count == 1)
        #expect(problems.first?.contains("\"handles\" is given more than once") == true)
        #expect(problems.first?.hasPrefix("config.yml:") == true)
    }

    @Test func `text that is no YAML is a problem with its line`() throws {
        let (_, problems) = try inspect("limits:\n  handles: 3\n bad: [\n")
        #expect(problems.count == 1)
        #expect(problems.first?.hasPrefix("config.yml:3: is not valid YAML") == true)
    }

    @Test func `a list instead of sections is a problem`() throws {
        let (_, problems) = try inspect("- limits\n")
        #expect(problems.first?.contains("does not begin with a section") == true)
    }

    @Test func `the usual file may be missing, a named one must exist`() {
        let missing = "/nonexistent/portcullis/config.yml"
        let sources = ConfigurationSources(flag: missing, environment: [:])
        #expect(sources.file == .named(missing))
        #expect(throws: ConfigurationError.self) { try sources.load() }
        let problems = sources.inspect().problems
        #expect(problems.map(\.description) == ["\(missing): there is no such file"])
        #expect(ConfigurationSources(flag: nil, environment: [:]).file == .standard)
        let named = ConfigurationSources(flag: nil, environment: ["PORTCULLIS_CONFIG": "/x"])
        #expect(named.file == .named("/x"))
        #expect(
            ConfigurationSources(flag: "/y", environment: ["PORTCULLIS_CONFIG": "/x"]).file
                == .named("/y")
        )
    }

    @Test func `what others keep in the environment is not held`() {
        let sources = ConfigurationSources(
            flag: "/x",
            environment: ["TOKEN": "secret", "PORTCULLIS_LOG_LEVEL": "debug"]
        )
        #expect(sources.environment == ["PORTCULLIS_LOG_LEVEL": "debug"])
        #expect("\(sources)" == "configuration /x")
    }

    struct Refused {
        let key: String
        let value: String
    }

    @Test(arguments: [
        Refused(key: "ssh.listen", value: ""),
        Refused(key: "ssh.listen", value: "localhost:2022"),
        Refused(key: "ssh.listen", value: "::1:2022"),
        Refused(key: "ssh.listen", value: "[127.0.0.1]:2022"),
        Refused(key: "ssh.listen", value: "127.0.0.1:65536"),
        Refused(key: "ssh.listen", value: "127.0.0.1:+1"),
        Refused(key: "ssh.listen", value: "127.0.0.1:1,127.0.0.1:1"),
        Refused(key: "ssh.software_name", value: "OpenSSH_9.9"),
        Refused(key: "ssh.software_name", value: "two words"),
        Refused(key: "ssh.software_name", value: "with-minus"),
        Refused(key: "ssh.software_name", value: ""),
        Refused(key: "ssh.key_exchange", value: "diffie-hellman-group18-sha512"),
        Refused(key: "ssh.macs", value: "hmac-sha2-256,hmac-sha2-256"),
        Refused(key: "ssh.public_key_algorithms", value: "ssh-rsa"),
        Refused(key: "admission.deny", value: "localhost"),
        Refused(key: "admission.deny", value: "10.0.0.1/8"),
        Refused(key: "admission.allow", value: "10.0.0.0/33"),
        Refused(key: "admission.allow", value: "10.0.0.0/8,10.0.0.0/8"),
        Refused(key: "penalties.costs", value: "wrong_pasword 5s"),
        Refused(key: "penalties.costs", value: "wrong_password"),
        Refused(key: "penalties.costs", value: "wrong_password 2d"),
        Refused(key: "penalties.costs", value: "no_sign_in 1s,no_sign_in 2s"),
        Refused(key: "limits.stall", value: "1d"),
        Refused(key: "limits.stall", value: "99999999999999999999s"),
        Refused(key: "limits.stall", value: "9223372036854775807h"),
        Refused(key: "limits.stall", value: "-5s"),
        Refused(key: "limits.idle", value: "never"),
        Refused(key: "limits.idle", value: "500ms"),
        Refused(key: "limits.idle", value: "169h"),
        Refused(key: "limits.handles", value: "0"),
        Refused(key: "files.umask", value: "1000"),
        Refused(key: "files.umask", value: "9"),
        Refused(key: "files.volumes", value: "volumes"),
        Refused(key: "control.socket", value: "/" + String(repeating: "s", count: 107)),
        Refused(key: "control.group", value: "a:b"),
        Refused(key: "activity.log_reads", value: "yes"),
        Refused(key: "sessions.confinement", value: "never"),
    ])
    func `a value that cannot work is refused`(_ refused: Refused) {
        let sources = ConfigurationSources(
            file: .standard,
            environment: [:],
            overrides: ["\(refused.key)=\(refused.value)"]
        )
        #expect(sources.inspect().problems.map(\.key) == [refused.key])
    }
}
