import Foundation

/// A file of its own for one test, removed with the value's last use.
final class TemporaryFile: Sendable {
    let path: String

    init(_ text: String) throws {
        path =
            FileManager.default.temporaryDirectory
            .appending(path: "portcullis-\(UUID().uuidString).yml").path
        try Data(text.utf8).write(to: URL(filePath: path))
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}
