import GateConfiguration
import Testing

@Suite struct `How long activity is kept` {
    private func inspect(
        _ text: String
    ) throws -> (settings: GateSettings, problems: [String]) {
        let file = try TemporaryFile("")
        let (loaded, problems) = ConfigurationSources(
            file: .named(file.path),
            environment: [:],
            overrides: ["activity.retention=\(text)"]
        ).inspect()
        return (loaded.settings, problems.map { "\($0). \($0.remedy)" })
    }

    @Test(
        arguments: [
            ("1s", 1), ("90m", 5400), ("2160h", 7_776_000), ("90d", 7_776_000), ("1d", 86_400),
            ("36500d", 3_153_600_000), ("off", nil), ("0s", nil), ("0d", nil), ("0h", nil),
        ] as [(String, Int64?)]
    )
    func `is a span of time, or for ever`(_ text: String, _ seconds: Int64?) throws {
        let (settings, problems) = try inspect(text)
        #expect(problems == [])
        #expect(settings.activity.retention == seconds.map { .seconds($0) })
    }

    @Test(
        arguments: [
            "", "90", "d", "-1d", "1.5d", "36501d", "999999999999999999999d", "500ms", "1w",
            "876001h", "never", "9223372036854775807h",
        ]
    )
    func `is nothing else, and what it takes is said`(_ text: String) throws {
        let (settings, problems) = try inspect(text)
        #expect(settings.activity.retention == .seconds(7_776_000))
        #expect(problems.count == 1)
        #expect(problems.first?.contains("1s to 36500d, or off to keep it for ever") == true)
    }

    @Test(arguments: ["90d", "off", "1h", "36h", "45s"])
    func `is written as it was given`(_ text: String) throws {
        let setting = try #require(Setting.all.first { $0.key == "activity.retention" })
        #expect(setting.value(in: try inspect(text).settings).text == text)
    }
}
