import ArgumentParser
import FoundationEssentials
import GateConfiguration

/// Where a command takes the configuration from.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        name: .customLong("config"),
        help: ArgumentHelp(
            "The configuration file.",
            discussion: "Default: PORTCULLIS_CONFIG, else \(ConfigurationSources.standardPath).",
            valueName: "file"
        )
    )
    var file: String?

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "Set one key, stronger than the environment and the file; may be repeated.",
            valueName: "key=value"
        )
    )
    var overrides: [String] = []

    /// The sources in their order.
    var sources: ConfigurationSources {
        ConfigurationSources(
            flag: file,
            environment: ProcessInfo.processInfo.environment,
            overrides: overrides
        )
    }
}
