import AccessControl
import ServerFiles

/// Why a request is answered with anything but what it asked for.
enum Refusal: Error {
    /// The person lacks a right.
    case denied(Denial)
    case failed(FileFailure)
    /// The handle is closed, made up, or of the wrong kind.
    case invalidHandle
    /// As many handles are open as may be.
    case tooManyHandles(limit: Int)
    case notOpenForReading
    case notOpenForWriting
    case endOfFile
    /// The symbolic link, read or to be made, leads out of the root.
    case linkLeavesRoot
    /// Content cannot be copied within one file.
    case sameFile
    /// None of the hashes asked for can be made.
    case unknownDigest
    /// Blocks so short that they are no use, or more than a reply holds.
    case unusableBlocks
    case digestFailed
}
