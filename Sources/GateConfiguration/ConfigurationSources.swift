import Configuration

/// Where settings come from: flags before the environment before a file.
package struct ConfigurationSources: Sendable {
    /// Which file to read.
    package enum File: Equatable, Sendable {
        /// The usual one; its absence means defaults.
        case standard
        /// One that somebody named, which therefore must exist.
        case named(String)
    }

    /// Where the file lies on an installed host.
    package static let standardPath = "/etc/portcullis/config.yml"

    package var file: File
    /// The variables of the environment that concern the programs.
    ///
    /// The others are not kept: what others keep in the environment is none of ours, and a value
    /// that is not held cannot be logged.
    package let environment: [String: String]
    /// Flags of the form `KEY=VALUE`, items of a list separated by commas.
    package var overrides: [String]

    package init(file: File, environment: [String: String], overrides: [String] = []) {
        self.file = file
        self.environment = environment.filter { $0.key.hasPrefix(EnvironmentNames.prefix) }
        self.overrides = overrides
    }

    /// Names the file that a flag or the environment asks for.
    package init(flag: String?, environment: [String: String], overrides: [String] = []) {
        let path = flag ?? environment[EnvironmentNames.configurationFile]
        self.init(
            file: path.map(File.named) ?? .standard,
            environment: environment,
            overrides: overrides
        )
    }

    /// Reads everything, or reports everything that is wrong.
    package func load() throws(ConfigurationError) -> LoadedConfiguration {
        let (loaded, problems) = inspect()
        guard problems.isEmpty else { throw ConfigurationError(problems: problems) }
        return loaded
    }

    /// Reads everything; what is wrong is reported and keeps its default.
    package func inspect() -> (loaded: LoadedConfiguration, problems: [ConfigurationProblem]) {
        var loaded = LoadedConfiguration()
        let layers = [overrideLayer(), environmentLayer(), fileLayer(into: &loaded)]
        let reader = ConfigReader(providers: layers.map(\.provider))
        for setting in Setting.all {
            guard let origin = layers.lazy.compactMap({ $0.origins[setting.key] }).first else {
                continue
            }
            loaded.origins[setting.key] = origin
            let key = ConfigKey(setting.key)
            let value: SettingValue? =
                setting.isList
                ? reader.stringArray(forKey: key).map(SettingValue.list)
                : reader.string(forKey: key).map(SettingValue.text)
            guard let value else { continue }
            // A refusal was reported by the layer that the value came from.
            try? setting.store(value, in: &loaded.settings)
        }
        return (loaded, layers.reversed().flatMap(\.problems))
    }

    private func overrideLayer() -> SettingLayer {
        var layer = SettingLayer(name: "command line")
        for override in overrides {
            guard let separator = override.firstIndex(of: "=") else {
                layer.report(
                    .commandLine,
                    key: nil,
                    fault: "\(Spelling.quoted(override)) is no setting",
                    remedy: "Write KEY=VALUE, for instance log.level=debug."
                )
                continue
            }
            let key = String(override[..<separator])
            guard let setting = Setting.named(key) else {
                let guess = Spelling.nearest(to: key, among: Setting.all.map(\.key))
                layer.report(
                    .commandLine,
                    key: nil,
                    fault: "unknown key \(Spelling.quoted(key))",
                    remedy: guess.map { "Did you mean \($0)?" }
                        ?? "`portcullis config sample` lists every key."
                )
                continue
            }
            let text = String(override[override.index(after: separator)...])
            layer.add(setting, setting.value(fromText: text), .commandLine, .commandLine)
        }
        return layer
    }

    private func environmentLayer() -> SettingLayer {
        var layer = SettingLayer(name: "environment")
        let names = Setting.all.map(\.environmentName)
        for (name, text) in environment.sorted(by: { $0.key < $1.key })
        where name != EnvironmentNames.configurationFile {
            let place = ConfigurationProblem.Place.environment(name: name)
            guard let setting = Setting.all.first(where: { $0.environmentName == name }) else {
                layer.report(
                    place,
                    key: nil,
                    fault: "names no setting",
                    remedy: Spelling.nearest(
                        to: name.lowercased(),
                        among: names.map { $0.lowercased() }
                    )
                    .map { "Did you mean \($0.uppercased())?" } ?? "Unset it."
                )
                continue
            }
            layer.add(setting, setting.value(fromText: text), .environment(name: name), place)
        }
        return layer
    }

    private func fileLayer(into loaded: inout LoadedConfiguration) -> SettingLayer {
        let path: String
        let mayBeMissing: Bool
        switch file {
        case .standard: (path, mayBeMissing) = (Self.standardPath, true)
        case .named(let name): (path, mayBeMissing) = (name, false)
        }
        var layer = SettingLayer(name: path)
        guard let file = ConfigurationFile(path: path, mayBeMissing: mayBeMissing) else {
            return layer
        }
        loaded.file = path
        layer.problems = file.problems
        for setting in Setting.all {
            guard let (value, line) = file.values[setting.key] else { continue }
            layer.add(
                setting,
                value,
                .file(path: path, line: line ?? 1),
                .file(path: path, line: line)
            )
        }
        layer.problems.sort { ($0.place.line ?? 0) < ($1.place.line ?? 0) }
        return layer
    }
}

extension ConfigurationSources: CustomStringConvertible {
    /// Which file is read; values stay out of it.
    package var description: String {
        switch file {
        case .standard: "configuration \(Self.standardPath)"
        case .named(let path): "configuration \(path)"
        }
    }
}

/// What came out of reading a configuration.
package struct LoadedConfiguration: Equatable, Sendable {
    package var settings = GateSettings()
    /// Where each key that somebody set got its value; keys that are missing have their default.
    package var origins: [String: SettingOrigin] = [:]
    /// The file that was read, if there was one.
    package var file: String?

    /// Where the value of `setting` came from.
    package func origin(of setting: Setting) -> SettingOrigin {
        origins[setting.key] ?? .standard
    }
}

extension Setting {
    /// Reads the one-line form: items of a list are separated by commas.
    fileprivate func value(fromText text: String) -> SettingValue {
        guard isList else { return .text(text) }
        guard !text.isEmpty else { return .list([]) }
        let items = text.split(separator: ",", omittingEmptySubsequences: false)
        return .list(items.map { $0.trimmingBlanks() })
    }
}

extension Substring {
    fileprivate func trimmingBlanks() -> String {
        var rest = self
        while rest.last == " " { rest.removeLast() }
        return String(rest.drop { $0 == " " })
    }
}
