/// One thing an operator can set: its key, what it takes, and what it is for.
///
/// The settings in `Setting.all` are the only place that knows the keys. The schema check, the
/// typed `GateSettings`, the environment's names, the sample file and what is shown to people all
/// follow from it.
package struct Setting: Sendable {
    /// Section and name, for instance `limits.sign_in_grace`.
    package let key: String
    /// What it is for, as a paragraph of plain text.
    package let explanation: String
    /// What it takes, with unit and range, as the end of a sentence that begins "it takes".
    package let accepts: String
    /// Whether it is written as a list.
    package let isList: Bool
    /// When a change takes effect.
    package let change: Change

    private let read: @Sendable (GateSettings) -> SettingValue
    private let write: @Sendable (SettingValue, inout GateSettings) throws(SettingRefusal) -> Bool

    /// When a change of a setting takes effect.
    package enum Change: Sendable {
        /// When the gate starts again.
        case onRestart
        /// When the gate is told to re-read its configuration; open sessions keep what they have.
        case onReload
    }

    init<Value>(
        _ key: String,
        _ property: any WritableKeyPath<GateSettings, Value> & Sendable,
        _ type: SettingType<Value>,
        _ change: Change,
        _ explanation: String
    ) {
        self.key = key
        self.explanation = explanation
        self.accepts = type.accepts
        self.isList = type.isList
        self.change = change
        read = { type.format($0[keyPath: property]) }
        write = { (value, settings) throws(SettingRefusal) in
            guard let parsed = try type.parse(value) else { return false }
            settings[keyPath: property] = parsed
            return true
        }
    }

    /// The part of the key before the dot.
    package var section: String { String(key.prefix { $0 != "." }) }

    /// The part of the key after the dot.
    package var name: String { String(key.drop { $0 != "." }.dropFirst()) }

    /// The name of the environment variable that sets it.
    package var environmentName: String {
        EnvironmentNames.prefix + key.uppercased().map { $0 == "." ? "_" : String($0) }.joined()
    }

    /// Its value when nobody says anything else.
    package var defaultValue: SettingValue { read(GateSettings()) }

    /// Its value in `settings`.
    package func value(in settings: GateSettings) -> SettingValue { read(settings) }

    /// Checks `value` and stores it in `settings`.
    func store(_ value: SettingValue, in settings: inout GateSettings) throws(SettingRefusal) {
        if try write(value, &settings) { return }
        let fault =
            switch value {
            case .text(let text) where isList: "is \(Spelling.quoted(text)) instead of a list"
            case .text(let text): "is \(Spelling.quoted(text))"
            case .list([]): "is an empty list"
            case .list: isList ? "has items of the wrong kind" : "is a list"
            }
        throw SettingRefusal(fault: fault, remedy: "It takes \(accepts).")
    }
}

extension Setting {
    /// Every setting, section by section, in the order of the sample file.
    package static let all: [Setting] =
        ssh + admission + limits + penalties + sessions + files + store + control + passwords
        + signIn + subusers + activity + log

    /// The settings whose values differ between two configurations.
    package static func changed(
        from old: GateSettings,
        to new: GateSettings
    ) -> [Setting] {
        all.filter { $0.value(in: old) != $0.value(in: new) }
    }

    /// Finds a setting by its key.
    static func named(_ key: String) -> Setting? {
        all.first { $0.key == key }
    }

    /// The names of the sections, in the order of the sample file.
    package static var sections: [String] {
        all.map(\.section).reduce(into: []) { names, name in
            if !names.contains(name) { names.append(name) }
        }
    }
}

/// The environment variables that the programs look at.
package enum EnvironmentNames {
    /// What each of them begins with.
    package static let prefix = "PORTCULLIS_"
    /// Names the configuration file.
    package static let configurationFile = "PORTCULLIS_CONFIG"
}
