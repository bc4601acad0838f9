import ArgumentParser
import GateConfiguration
import LinuxSystem

/// `portcullis config`: the configuration, without a running gate.
struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Check and show the configuration.",
        subcommands: [Check.self, Show.self, AlgorithmsCommand.self, Sample.self]
    )

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say everything that is wrong with the configuration, and how to mend it."
        )

        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let loaded = try options.sources.load()
            let count = loaded.origins.count
            let settings = count == 1 ? "1 setting is" : "\(count) settings are"
            let file = loaded.file ?? "no file (\(ConfigurationSources.standardPath) is missing)"
            print("The configuration is valid: \(file), \(settings) given.")
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show every setting, its value and where that came from."
        )

        struct Row: Encodable {
            let value: String
            let source: String
        }

        @OptionGroup var options: ConfigurationOptions
        @Flag(help: "Print the settings as JSON.") var json = false

        func run() throws {
            let loaded = try options.sources.load()
            let rows = Setting.all.map { setting in
                let (value, origin) = loaded.result(of: setting)
                return (setting.key, Row(value: value.text, source: origin.description))
            }
            if json {
                print(try JSONDocument.text(Dictionary(rows) { first, _ in first }))
            } else {
                var table = TextTable("KEY", "SOURCE", "VALUE")
                for (key, row) in rows { table.add(key, row.source, row.value) }
                for line in table.lines(width: Terminal.width) { print(line) }
            }
        }
    }

    struct Sample: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a configuration file with every key, its default and its meaning."
        )

        func run() {
            print(SampleFile.text, terminator: "")
        }
    }
}
