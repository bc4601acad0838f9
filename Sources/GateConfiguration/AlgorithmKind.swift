/// What SSH algorithms are for; each purpose has a list of its own (RFC 4253 section 7.1, for
/// public keys RFC 8308 section 3.1).
///
/// The raw values are the words by which `portcullis-session list-algorithms` knows them.
package enum AlgorithmKind: String, CaseIterable, Sendable {
    case keyExchange = "key-exchange"
    case ciphers = "ciphers"
    case macs = "macs"
    case hostKeys = "host-keys"
    case publicKeys = "public-keys"

    /// What may be configured.
    package var catalogue: AlgorithmCatalogue {
        switch self {
        case .keyExchange: .keyExchange
        case .ciphers: .ciphers
        case .macs: .macs
        case .hostKeys: .hostKeys
        case .publicKeys: .publicKeys
        }
    }

    /// The key of the setting that names the algorithms.
    package var key: String {
        switch self {
        case .keyExchange: "ssh.key_exchange"
        case .ciphers: "ssh.ciphers"
        case .macs: "ssh.macs"
        case .hostKeys: "ssh.host_key_algorithms"
        case .publicKeys: "ssh.public_key_algorithms"
        }
    }

    /// The list that was given; empty where the profile decides.
    var list: any WritableKeyPath<GateSettings, [String]> & Sendable {
        switch self {
        case .keyExchange: \.ssh.keyExchange
        case .ciphers: \.ssh.ciphers
        case .macs: \.ssh.macs
        case .hostKeys: \.ssh.hostKeyAlgorithms
        case .publicKeys: \.ssh.publicKeyAlgorithms
        }
    }
}

extension GateSettings {
    /// What clients are offered: the list that was given, else what the profile has.
    package func algorithms(for kind: AlgorithmKind) -> [String] {
        let given = self[keyPath: kind.list]
        return given.isEmpty ? kind.catalogue.names(in: ssh.profile) : given
    }
}

extension LoadedConfiguration {
    /// What `setting` comes to, and who decided it: an empty list of algorithms stands for those
    /// of the profile.
    package func result(of setting: Setting) -> (value: SettingValue, origin: SettingOrigin) {
        let value = setting.value(in: settings)
        guard value == .list([]),
            let kind = AlgorithmKind.allCases.first(where: { $0.key == setting.key })
        else { return (value, origin(of: setting)) }
        return (.list(settings.algorithms(for: kind)), .profile(settings.ssh.profile))
    }
}
