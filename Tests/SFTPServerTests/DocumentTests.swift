import AccessControl
import FileTestSupport
import Foundation
import SFTPProtocol
import Testing

/// The tables of `docs/sftp.md` say what the code does.
@Suite("The document's tables")
struct DocumentTests {
    private let document: String

    init() throws {
        let path = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../docs/sftp.md")
        document = try String(contentsOf: path, encoding: .utf8)
    }

    /// What stands in the document between a marker and the next end.
    private func table(_ name: String) throws -> String {
        let start = try #require(document.firstRange(of: "<!-- \(name) -->\n"))
        let rest = document[start.upperBound...]
        let end = try #require(rest.firstRange(of: "<!-- end -->"))
        return String(rest[..<end.lowerBound])
    }

    /// Compares a table with what it should be, and shows that to whoever has to write it.
    private func expect(_ lines: [String], in name: String) throws {
        let expected = lines.joined(separator: "\n") + "\n"
        #expect(try table(name) == expected, "It should say:\n\(expected)")
    }

    @Test("What each operation needs")
    func operations() throws {
        var lines = ["| operation | when | needs | own | recorded as |", "|---|---|---|---|---|"]
        for operation in FileOperation.allCases {
            let cells = [
                "`\(operation.name)`",
                occasion(of: operation),
                "`\(operation.requiredRight.rawValue)`",
                operation.isAllowedOnOwnCreation ? "yes" : "",
                operation.activityEvent.map { "`\($0)`" } ?? "",
            ]
            lines.append("| " + cells.joined(separator: " | ") + " |")
        }
        try expect(lines, in: "operations")
    }

    private func occasion(of operation: FileOperation) -> String {
        switch operation {
        case .list: "OPENDIR, READDIR"
        case .readAttributes: "STAT, LSTAT, FSTAT"
        case .readLink: "READLINK"
        case .fileSystemStatus: "statvfs, fstatvfs"
        case .openForReading: "OPEN to read"
        case .readContent: "READ, copy-data from a handle"
        case .openForWriting: "OPEN to write, append or truncate what exists"
        case .createFile: "OPEN of what does not exist yet"
        case .writeContent: "WRITE, copy-data to a handle"
        case .synchronize: "fsync"
        case .changeAttributes: "SETSTAT, FSETSTAT, lsetstat"
        case .makeDirectory: "MKDIR"
        case .removeFile: "REMOVE"
        case .removeDirectory: "RMDIR"
        case .rename: "RENAME"
        case .replace: "posix-rename"
        case .makeSymbolicLink: "SYMLINK"
        case .makeHardLink: "hardlink"
        case .digestContent: "check-file"
        }
    }

    @Test("What is offered, and to whom")
    func extensions() throws {
        var lines = ["| extension | announced with | offered to holders of |", "|---|---|---|"]
        for known in ProtocolExtension.allCases {
            let holders = try holders(of: known).map { set in
                set.map { "`\($0.rawValue)`" }.joined(separator: " and ")
            }
            let cells = [
                "`\(known.rawValue)`", "`\(known.announcement)`",
                holders == [""] ? "`file.sftp`" : holders.joined(separator: ", or "),
            ]
            lines.append("| " + cells.joined(separator: " | ") + " |")
        }
        try expect(lines, in: "extensions")
    }

    /// The smallest sets of rights, besides signing in, with which it is offered.
    private func holders(of known: ProtocolExtension) throws -> [[FileRight]] {
        let tree = try TemporaryTree()
        let all = FileRight.allCases.filter { $0 != .sftp }
        let sets = (0..<(1 << all.count)).map { number in
            all.indices.filter { number & 1 << $0 != 0 }.map { all[$0] }
        }
        var smallest: [[FileRight]] = []
        for set in sets.sorted(by: { $0.count < $1.count })
        where !smallest.contains(where: { Set($0).isSubset(of: set) }) {
            let conversation = try Conversation(
                on: tree,
                rights: FileRights([.sftp] + set),
                isInitialized: false
            )
            let names = try conversation.initialize().map { $0.prefix { $0 != " " } }
            if names.contains(where: { $0 == known.rawValue }) { smallest.append(set) }
        }
        return smallest
    }
}
