import Foundation

/// OpenSSH's client, run as a person would run it, with a helper that types the password.
final class EchoClient {
    private let process = Process()
    private let directory: URL

    init(port: UInt16, password: String, input: String) throws {
        directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("portcullis-ssh-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let helper = directory.appendingPathComponent("askpass")
        try "#!/bin/sh\necho '\(password)'\n".write(to: helper, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o700],
            ofItemAtPath: helper.path
        )
        let inputFile = directory.appendingPathComponent("input")
        try Data(input.utf8).write(to: inputFile)
        for name in ["output", "errors"] {
            try Data().write(to: directory.appendingPathComponent(name))
        }
        process.executableURL = URL(fileURLWithPath: "/usr/bin/ssh")
        process.arguments = [
            "-F", "none", "-p", "\(port)", "-o", "StrictHostKeyChecking=no",
            "-o", "UserKnownHostsFile=/dev/null", "-o", "IdentityAgent=none",
            "-o", "PreferredAuthentications=password", "-s", "ada.1a2b3c4d@127.0.0.1", "sftp",
        ]
        process.environment = [
            "SSH_ASKPASS": helper.path, "SSH_ASKPASS_REQUIRE": "force", "DISPLAY": ":0",
            "HOME": directory.path, "PATH": "/usr/bin:/bin",
        ]
        process.standardInput = try FileHandle(forReadingFrom: inputFile)
        process.standardOutput = try FileHandle(
            forWritingTo: directory.appendingPathComponent("output")
        )
        process.standardError = try FileHandle(
            forWritingTo: directory.appendingPathComponent("errors")
        )
        try process.run()
    }

    deinit {
        try? FileManager.default.removeItem(at: directory)
    }

    /// What it wrote to standard output until its end.
    func output() throws -> String { try content("output") }

    /// What it wrote to standard error until its end.
    func errors() throws -> String { try content("errors") }

    private func content(_ name: String) throws -> String {
        process.waitUntilExit()
        return String(
            decoding: try Data(contentsOf: directory.appendingPathComponent(name)),
            as: UTF8.self
        )
    }
}
