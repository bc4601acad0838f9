package import AccessControl

/// How many transfers of content a session has finished.
///
/// A file that is opened twice is two transfers; one from which or to which nothing moved is none.
package struct TransferTally: Equatable, Sendable {
    package private(set) var filesRead = 0
    package private(set) var filesWritten = 0

    package init() {}

    /// Counts an activity that is the end of a transfer.
    package mutating func count(_ activity: FileActivity) {
        guard activity.outcome == .done, activity.operation.movesContent else { return }
        if activity.operation.isDownload {
            filesRead += 1
        } else {
            filesWritten += 1
        }
    }
}
