/// The bounds that this server puts on every message, in bytes unless said otherwise.
package enum ProtocolLimits {
    /// The one version spoken (draft-ietf-secsh-filexfer-02 section 4).
    package static let version: UInt32 = 3
    /// The longest packet accepted, without its length prefix; what OpenSSH accepts too.
    package static let packetLength = 262_144
    /// The shortest packet there is: a type and a request id (or a version).
    package static let minimumPacketLength = 5
    /// The most content one READ returns: the longest packet less 1 KiB for its frame.
    package static let readLength = 261_120
    /// The most content one WRITE may carry.
    package static let writeLength = 261_120
    /// The longest path accepted: PATH_MAX of Linux.
    package static let pathLength = 4096
    /// The longest name of an extended request.
    package static let extensionNameLength = 256
    /// How many extended attributes may accompany a request; they are skipped.
    package static let extendedAttributeCount: UInt32 = 256
    /// How many numbers of users, and of groups, one request may ask the names of.
    package static let ownerNumberCount = 2048
    /// The shortest block that can have a hash of its own.
    package static let digestBlockLength: UInt32 = 256
    /// How many hashes one reply holds.
    package static let digestCount: UInt64 = 1024
    /// A listing reply ends once it is this long, so that no reply passes the 34,000 bytes that
    /// some clients accept.
    package static let listingLength = 32_000
}
