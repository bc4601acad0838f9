import AccessControl
import Foundation
import Testing

/// `docs/activity.md` explains every event there is, and no other.
@Suite("The document of the activity")
struct ActivityDocumentTests {
    private let root = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../..")

    @Test("its table has every event, in the order of the code")
    func events() throws {
        let document = try String(
            contentsOf: root.appending(path: "docs/activity.md"),
            encoding: .utf8
        )
        let start = try #require(document.firstRange(of: "<!-- events -->\n"))
        let rest = document[start.upperBound...]
        let end = try #require(rest.firstRange(of: "<!-- end -->"))
        let rows = rest[..<end.lowerBound].split(separator: "\n").dropFirst(2)
        let names = try rows.compactMap { row -> String? in
            let cells = row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            try #require(cells.count == 3, "\(row)")
            #expect(!cells[1].isEmpty && !cells[2].isEmpty, "\(row)")
            return cells[0].isEmpty ? nil : cells[0]
        }
        #expect(names == ActivityEvent.allCases.map { "`\($0)`" })
    }

    @Test("a name stands in the list and nowhere else in what records activity")
    func sources() throws {
        var found: [String] = []
        for folder in ["Gatekeeper", "AccessControl"] {
            let files = FileManager.default.enumerator(
                at: root.appending(path: "Sources/\(folder)"),
                includingPropertiesForKeys: nil
            )
            while let file = files?.nextObject() as? URL {
                guard file.pathExtension == "swift" else { continue }
                let text = try String(contentsOf: file, encoding: .utf8)
                let pattern = /"([a-z]+:[a-z][a-z.-]*|revocation)"/
                found += text.matches(of: pattern).map { String($0.output.1) }
            }
        }
        #expect(found.sorted() == ActivityEvent.allCases.map(\.rawValue).sorted())
    }
}
