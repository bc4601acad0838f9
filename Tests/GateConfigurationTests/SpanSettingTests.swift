import GateConfiguration
import Testing

@Suite struct `A time that may be without a limit` {
    private func inspect(_ text: String) throws -> (GateSettings, [String]) {
        let file = try TemporaryFile("")
        let (loaded, problems) = ConfigurationSources(
            file: .named(file.path),
            environment: [:],
            overrides: ["limits.unused=\(text)"]
        ).inspect()
        return (loaded.settings, problems.map { "\($0). \($0.remedy)" })
    }

    @Test(
        arguments: [
            ("1s", 1000), ("1500ms", 1500), ("90m", 5_400_000), ("24h", 86_400_000), ("off", nil),
            ("0s", nil),
        ] as [(String, Int64?)]
    )
    func `is a span of time, or none`(_ text: String, _ milliseconds: Int64?) throws {
        let (settings, problems) = try inspect(text)
        #expect(problems == [])
        #expect(settings.limits.unused == milliseconds.map { .milliseconds($0) })
    }

    @Test(arguments: ["", "10", "s", "-1s", "999ms", "25h", "1d", "never", "false"])
    func `is nothing else, and what it takes is said`(_ text: String) throws {
        let (settings, problems) = try inspect(text)
        #expect(settings.limits.unused == .seconds(600))
        #expect(problems.count == 1)
        #expect(problems.first?.contains("1s to 24h, or off") == true)
    }

    @Test(arguments: ["10m", "off", "36s", "1500ms"])
    func `is written as it was given`(_ text: String) throws {
        let setting = try #require(Setting.all.first { $0.key == "limits.unused" })
        #expect(setting.value(in: try inspect(text).0).text == text)
    }
}
