import AccessControl
import Foundation
import Testing

@Suite("What is announced without being asked for")
struct AnnouncementTests {
    private let document: String

    init() throws {
        let here = URL(filePath: #filePath).deletingLastPathComponent()
        document = try String(
            contentsOf: here.appending(path: "../../docs/activity.md"),
            encoding: .utf8
        )
    }

    private func events(_ announcement: ActivityEvent.Announcement) -> [ActivityEvent] {
        ActivityEvent.allCases.filter { $0.announcement == announcement }
    }

    @Test("is who comes and goes, what is refused, and who is cut off")
    func always() {
        #expect(
            events(.always) == [
                .signInFailed, .login, .denied, .logout, .lock, .unlock, .ban, .liftBan,
                .liftPenalty, .endSession, .revoke,
            ]
        )
    }

    @Test("a change is announced for the sessions it ended exactly where the record has them")
    func revoked() {
        let rows = document.split(separator: "\n").filter { $0.hasPrefix("| `") }
        for event in ActivityEvent.allCases {
            let row = rows.first { $0.hasPrefix("| `\(event)` ") } ?? ""
            let endsSessions = row.contains("`revoked`")
            switch event.announcement {
            case .whenSessionsEnded: #expect(endsSessions, "\(event)")
            case .onRequest: #expect(!endsSessions, "\(event)")
            case .always: break
            }
        }
        #expect(events(.whenSessionsEnded).count == 16)
    }

    @Test("is what the document says")
    func documented() throws {
        let start = try #require(document.firstRange(of: "<!-- announced -->\n"))
        let rest = document[start.upperBound...]
        let end = try #require(rest.firstRange(of: "<!-- end -->"))
        let lines = rest[..<end.lowerBound].split(separator: "\n")
        func names(_ cell: Int) -> [String] {
            lines.flatMap { line in
                line.split(separator: "|")[cell].matches(of: /`([^`]+)`/).map {
                    String($0.output.1)
                }
            }
        }
        #expect(names(0).sorted() == events(.always).map(\.rawValue).sorted())
        #expect(names(1).sorted() == events(.whenSessionsEnded).map(\.rawValue).sorted())
    }
}
