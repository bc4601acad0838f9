import Configuration

/// The values of one source, each checked by itself.
///
/// A value is checked even where a stronger source hides it: it would strike on the day the
/// stronger one is removed.
struct SettingLayer {
    let name: String
    private(set) var origins: [String: SettingOrigin] = [:]
    var problems: [ConfigurationProblem] = []
    private var values: [AbsoluteConfigKey: ConfigValue] = [:]

    init(name: String) {
        self.name = name
    }

    /// The source as swift-configuration reads it.
    var provider: InMemoryProvider { InMemoryProvider(name: name, values: values) }

    /// Adds a value, or the problem with it.
    mutating func add(
        _ setting: Setting,
        _ value: SettingValue,
        _ origin: SettingOrigin,
        _ place: ConfigurationProblem.Place
    ) {
        var scratch = GateSettings()
        do throws(SettingRefusal) {
            try setting.store(value, in: &scratch)
        } catch {
            report(place, key: setting.key, fault: error.fault, remedy: error.remedy)
            return
        }
        let content: ConfigContent =
            switch value {
            case .text(let text): .string(text)
            case .list(let items): .stringArray(items)
            }
        origins[setting.key] = origin
        values[AbsoluteConfigKey(ConfigKey(setting.key))] = ConfigValue(content, isSecret: false)
    }

    /// Adds a problem.
    mutating func report(
        _ place: ConfigurationProblem.Place,
        key: String?,
        fault: String,
        remedy: String
    ) {
        problems.append(ConfigurationProblem(place: place, key: key, fault: fault, remedy: remedy))
    }
}
