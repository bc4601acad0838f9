import FoundationEssentials

/// The JSON that the control API answered with.
package struct ControlAnswer: Equatable, Sendable {
    /// The bytes as they came.
    package let json: [UInt8]

    package init(json: [UInt8]) {
        self.json = json
    }

    /// The JSON as one line, or as many as the gate made of it.
    var text: String {
        var text = String(decoding: json, as: UTF8.self)[...]
        while text.last?.isNewline == true { text.removeLast() }
        return String(text)
    }

    /// Reads the answer as `type`.
    package func decode<Value: Decodable>(
        _ type: Value.Type = Value.self
    ) throws(CommandFailure) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(json))
        } catch {
            throw CommandFailure(
                .failure,
                "the gate's answer cannot be read by this version of portcullis",
                hint: "Use the version that the gate has, or --json to see the answer."
            )
        }
    }

    /// Reads the one object that the answer holds under `name`.
    func object<Value: Decodable>(
        named name: String,
        _ type: Value.Type = Value.self
    ) throws(CommandFailure) -> Value {
        guard let value = try decode([String: Value].self)[name] else {
            throw CommandFailure(.failure, "the gate's answer holds no \(name)")
        }
        return value
    }

    /// What an error answer says.
    func failure(status: Int) -> CommandFailure {
        let exit: ExitStatus =
            switch status {
            case 404: .notFound
            case 409: .conflict
            default: .failure
            }
        guard let envelope = try? JSONDecoder().decode(Envelope.self, from: Data(json)) else {
            return CommandFailure(exit, "the gate answered with the HTTP status \(status)")
        }
        return CommandFailure(exit, envelope.error.message)
    }

    private struct Envelope: Decodable {
        struct Fault: Decodable {
            let message: String
        }

        let error: Fault
    }
}
