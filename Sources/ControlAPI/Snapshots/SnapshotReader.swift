import Foundation
import Gatekeeper
import SubuserStore

/// Reads a document as it arrives, and remembers the first line that cannot be read.
///
/// After that line it goes on taking bytes and forgets them: a caller that is still sending could
/// not hear the answer.
struct SnapshotReader {
    /// The largest document taken, in bytes.
    static let sizeLimit = 512 << 20

    private var splitter = LineSplitter()
    private var draft: SnapshotDraft
    private var problem: ControlError?

    init(_ draft: SnapshotDraft) {
        self.draft = draft
    }

    /// Takes the next bytes of the document.
    mutating func feed(_ bytes: some Collection<UInt8>) {
        guard problem == nil else { return }
        for line in splitter.feed(bytes) { read(line) }
    }

    /// The whole document, once its last byte is there.
    ///
    /// - Throws: What is wrong with the first line that cannot be read.
    mutating func finish() throws(ControlError) -> SnapshotDraft {
        if let line = splitter.finish() { read(line) }
        if let problem { throw problem }
        return draft
    }

    private mutating func read(_ line: LineSplitter.Line) {
        guard problem == nil else { return }
        switch line {
        case .tooLong(let number):
            problem = .snapshotLine(
                number: number,
                reason: "It is longer than the \(LineSplitter.maximumLength) bytes allowed."
            )
        case .complete(let bytes, let number):
            let isBlank = bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
            if !isBlank { read(bytes, number: number) }
        }
    }

    private mutating func read(_ bytes: [UInt8], number: Int) {
        do {
            try draft.add(try SnapshotEntry(line: Data(bytes)), line: number)
        } catch let error as AdministrationError {
            // Records that contradict each other name their lines themselves.
            if case .snapshot = error {
                problem = .administration(error)
            } else {
                problem = .snapshotLine(number: number, reason: "\(error)")
            }
        } catch {
            problem = .snapshotLine(number: number, reason: ControlError(error).message)
        }
    }
}
