/// A setting's value as somebody wrote it, before it has a type.
package enum SettingValue: Equatable, Sendable {
    case text(String)
    case list([String])

    /// As a person would type it: a list's items are separated by commas.
    package var text: String {
        switch self {
        case .text(let text): text
        case .list(let items): items.joined(separator: ",")
        }
    }
}

/// Why a value was refused: what stands there, and what would be right.
struct SettingRefusal: Error, Equatable {
    /// What is wrong, continuing a sentence that begins with the key.
    var fault: String
    /// What would be right, as one sentence.
    var remedy: String
}

/// Where the value of a setting came from.
package enum SettingOrigin: Equatable, Sendable {
    /// Nobody said anything else.
    case standard
    /// Nobody said anything else than which profile of algorithms it should be.
    case profile(SSHSettings.Profile)
    case file(path: String, line: Int)
    case environment(name: String)
    case commandLine
}

extension SettingOrigin: CustomStringConvertible {
    package var description: String {
        switch self {
        case .standard: "default"
        case .profile(let profile): "profile \(profile.rawValue)"
        case .file(let path, let line): "\(path):\(line)"
        case .environment(let name): "environment \(name)"
        case .commandLine: "command line"
        }
    }
}
