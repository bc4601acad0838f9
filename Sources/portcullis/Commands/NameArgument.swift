import ArgumentParser

/// What an argument that becomes part of a path may be: scripts pass an empty one for a variable
/// that is not set, and that names nothing.
enum NameArgument {
    static func server(_ text: String) throws -> String {
        try present(text, otherwise: "A server's name is missing.")
    }

    static func user(_ text: String) throws -> String {
        try present(text, otherwise: "A user's name is missing.")
    }

    static func fingerprint(_ text: String) throws -> String {
        try present(text, otherwise: "A key's fingerprint is missing.")
    }

    static func appPassword(_ text: String) throws -> String {
        try present(text, otherwise: "An app password's UUID is missing.")
    }

    static func session(_ text: String) throws -> String {
        try present(text, otherwise: "A session's id is missing.")
    }

    private static func present(_ text: String, otherwise complaint: String) throws -> String {
        guard !text.isEmpty else { throw ValidationError(complaint) }
        return text
    }
}
