import FileTestSupport
import LinuxSystem
import ServerFiles
import Testing

extension TemporaryTree {
    /// The root as a session is given it.
    func serverRoot(_ rules: PathRules = PathRules()) throws -> ServerRoot {
        ServerRoot(owning: try FileDescriptor.directory(at: root), rules: rules)
    }
}

/// The path that a client means by `text`.
func path(_ text: String) throws -> VirtualPath {
    VirtualPath(try #require(ClientPath(Array(text.utf8))))
}

/// All that can be read from `name`, as text.
func content(of name: String, in root: borrowing ServerRoot) throws -> String {
    let file = try root.openFile(try path(name), .reading)
    var bytes: [UInt8] = []
    _ = try file.read(appendingTo: &bytes, count: 4096, at: 0)
    return String(decoding: bytes, as: UTF8.self)
}

/// What kept `body` from working; nil when it worked.
func failure(_ body: () throws -> Void) throws -> FileFailure? {
    do {
        try body()
        return nil
    } catch let failure as FileFailure {
        return failure
    }
}

extension FileFailure {
    /// The error number, where a system call failed.
    var code: Errno? {
        guard case .system(let error) = self else { return nil }
        return error.code
    }
}
