import Foundation
import GateTestSupport
import SubuserStore
import Testing

@Suite("The document of the control API")
struct DocumentTests {
    @Test("the codes that other tests see are in the document")
    func codes() throws {
        let document = try Self.document()
        let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        var codes: Set<String> = []
        let files = ["OwnAccountTests", "RefusalTests", "ResourceTests", "SessionRouteTests"]
        for file in files {
            let text = try String(
                contentsOf: here.appendingPathComponent("\(file).swift"),
                encoding: .utf8
            )
            let pattern =
                /"([a-z_]+_(?:exists|not_[a-z]+|field|type|selectors?|json|servers|account))"/
            codes.formUnion(text.matches(of: pattern).map { String($0.output.1) })
        }
        #expect(codes.count >= 12)
        for code in codes { #expect(document.contains("`\(code)`"), "\(code)") }
    }

    @Test("its examples run one after the other, and none is refused")
    func examples() async throws {
        let blocks = try Self.document().matches(of: /(?m)^```sh\n((?:.*\n)*?)```$/)
            .map { String($0.output.1) }
        #expect(blocks.count >= 10)
        try await withServedHost { host, client in
            try host.directory.makeDirectory("volumes/survival")
            try host.directory.write("examples.sh", blocks.joined(separator: "\n"))
            let output = try run(
                host.directory.file("examples.sh"),
                socket: client.socket
            )
            #expect(output.contains(#""status":"ok""#))
            #expect(output.contains(#""droppedPermissions":["file.paint"]"#))
            #expect(!output.contains(#""error""#), "\(output)")
            // The examples clean up after themselves.
            #expect(try await host.store.users().isEmpty)
            #expect(try await host.store.servers().isEmpty)
        }
    }

    /// Runs a script to its end; it must succeed.
    private func run(_ script: String, socket: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-euo", "pipefail", script]
        process.environment = ["PATH": "/usr/bin:/bin", "PORTCULLIS_CONTROL_SOCKET": socket]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let text = String(decoding: output, as: UTF8.self)
        #expect(process.terminationStatus == 0, "\(text)")
        return text
    }

    static func document() throws -> String {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        return try String(
            contentsOf: root.appendingPathComponent("docs/control-api.md"),
            encoding: .utf8
        )
    }
}
