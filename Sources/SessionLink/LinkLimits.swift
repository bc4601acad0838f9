/// Upper bounds of the link's messages; both ends are ours, so exceeding one is a defect.
package enum LinkLimits {
    /// One message in bytes.
    ///
    /// A sequenced-packet socket carries it whole.
    package static let messageLength = 48 * 1024
    static let hostKeys: UInt32 = 8
    static let containerPaths: UInt32 = 16
    /// One private host key as PEM text.
    package static let hostKeyLength = 8 * 1024
    static let textLength = 4 * 1024
    /// RFC 4252 gives user names no limit; this is far beyond what the store can hold.
    package static let userNameLength = 1024
    package static let passwordLength = 4 * 1024
    /// Far longer than any code that somebody types.
    package static let codeLength = 256
    /// A path of PATH_MAX bytes twice fits into one message with room to spare.
    package static let pathLength = 8 * 1024
}
