/// How a request ended, as version 3 can say it (draft-ietf-secsh-filexfer-02 section 7).
///
/// Codes above 8 belong to later versions; several clients print "unknown" for them.
package enum StatusCode: UInt32, CaseIterable, Sendable {
    case ok = 0
    case endOfFile = 1
    case noSuchFile = 2
    case permissionDenied = 3
    case failure = 4
    case badMessage = 5
    case noConnection = 6
    case connectionLost = 7
    case operationUnsupported = 8
}
