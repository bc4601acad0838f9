import GateConfiguration
import Testing

@Suite struct `SSH algorithms` {
    private func load(_ overrides: String...) throws -> LoadedConfiguration {
        try ConfigurationSources(
            file: .standard,
            environment: [:],
            overrides: overrides
        ).load()
    }

    private func result(
        of key: String,
        in loaded: LoadedConfiguration
    ) throws -> (value: SettingValue, origin: SettingOrigin) {
        loaded.result(of: try #require(Setting.all.first { $0.key == key }))
    }

    @Test(arguments: AlgorithmKind.allCases)
    func `the compatible profile offers the modern algorithms first`(_ kind: AlgorithmKind) throws {
        let modern = try load().settings.algorithms(for: kind)
        let compatible = try load("ssh.profile=compatible").settings.algorithms(for: kind)
        #expect(!modern.isEmpty)
        #expect(Array(compatible.prefix(modern.count)) == modern)
        #expect(Set(compatible).count == compatible.count)
    }

    @Test func `the compatible profile has what old clients need`() throws {
        let compatible = try load("ssh.profile=compatible").settings
        let additions = AlgorithmKind.allCases.flatMap { kind in
            compatible.algorithms(for: kind).dropFirst(kind.catalogue.names(in: .modern).count)
        }
        #expect(
            additions == [
                "ecdh-sha2-nistp256", "ecdh-sha2-nistp384", "ecdh-sha2-nistp521",
                "diffie-hellman-group14-sha256", "diffie-hellman-group16-sha512", "aes192-ctr",
                "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
            ]
        )
    }

    @Test(arguments: AlgorithmKind.allCases)
    func `a list that is given stands instead of the profile's`(_ kind: AlgorithmKind) throws {
        let last = try #require(kind.catalogue.names.last)
        for profile in ["modern", "compatible"] {
            let loaded = try load("ssh.profile=\(profile)", "\(kind.key)=\(last)")
            #expect(loaded.settings.algorithms(for: kind) == [last])
            let (value, origin) = try result(of: kind.key, in: loaded)
            #expect(value == .list([last]))
            #expect(origin == .commandLine)
        }
    }

    @Test(arguments: AlgorithmKind.allCases)
    func `an empty list comes to that of the profile`(_ kind: AlgorithmKind) throws {
        let loaded = try load("ssh.profile=compatible", "\(kind.key)=")
        let (value, origin) = try result(of: kind.key, in: loaded)
        #expect(value == .list(kind.catalogue.names(in: .compatible)))
        #expect(origin == .profile(.compatible))
        #expect("\(origin)" == "profile compatible")
    }

    @Test func `an empty list that is no list of algorithms stays empty`() throws {
        let loaded = try load("files.container_paths=")
        let (value, origin) = try result(of: "files.container_paths", in: loaded)
        #expect(value == .list([]))
        #expect(origin == .commandLine)
    }

    @Test func `nothing weak can be asked for`() {
        let weak = [
            "sha1", "-cbc", "group18", "group-exchange", "ssh-rsa", "ssh-dss", "md5", "3des",
        ]
        for name in AlgorithmKind.allCases.flatMap(\.catalogue.names) {
            #expect(!weak.contains { name.contains($0) }, "\(name)")
        }
    }
}
