import GateConfiguration
import Testing

@Suite struct `Settings` {
    @Test func `each key and each environment name stands for one setting`() {
        let keys = Setting.all.map(\.key)
        #expect(Set(keys).count == keys.count)
        #expect(Set(Setting.all.map(\.environmentName)).count == keys.count)
        #expect(keys.count == 75)
    }

    @Test func `an environment name is the key in capitals`() throws {
        let setting = try #require(Setting.all.first { $0.key == "limits.sign_in_grace" })
        #expect(setting.environmentName == "PORTCULLIS_LIMITS_SIGN_IN_GRACE")
        #expect(setting.section == "limits")
        #expect(setting.name == "sign_in_grace")
    }

    @Test func `settings that differ between two configurations are found`() {
        var changed = GateSettings()
        changed.limits.handles = 12
        changed.log.level = .debug
        let found = Setting.changed(from: GateSettings(), to: changed).map(\.key)
        #expect(found == ["limits.handles", "log.level"])
        #expect(Setting.changed(from: changed, to: changed).isEmpty)
    }

    struct Default {
        let key: String
        let text: String
    }

    @Test(arguments: [
        Default(key: "ssh.listen", text: "0.0.0.0:2022,[::]:2022"),
        Default(key: "ssh.profile", text: "modern"),
        Default(key: "ssh.key_exchange", text: ""),
        Default(key: "limits.sign_in_grace", text: "30s"),
        Default(key: "limits.stall", text: "1m"),
        Default(key: "limits.unused", text: "10m"),
        Default(key: "limits.idle", text: "off"),
        Default(key: "limits.keepalive_interval", text: "1m"),
        Default(key: "sessions.goodbye_grace", text: "100ms"),
        Default(key: "files.umask", text: "0022"),
        Default(key: "control.group", text: ""),
        Default(key: "activity.log_reads", text: "false"),
        Default(key: "activity.retention", text: "90d"),
        Default(key: "log.format", text: "text"),
    ])
    func `defaults are written as a person would`(_ expected: Default) throws {
        let setting = try #require(Setting.all.first { $0.key == expected.key })
        #expect(setting.defaultValue.text == expected.text)
    }
}
