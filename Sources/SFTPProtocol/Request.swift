package import WireFormat

/// What a client asks for, without the id that names the asking.
///
/// A handle is nil where the client sent a string that cannot be a handle of this server.
package enum Request: Equatable, Sendable {
    case open(Open)
    case close(Handle?)
    case read(Read)
    case write(Write)
    case linkStatus(path: ByteString)
    case fileStatus(Handle?)
    case setStatus(path: ByteString, Attributes)
    case setFileStatus(Handle?, Attributes)
    case openDirectory(path: ByteString)
    case readDirectory(Handle?)
    case remove(path: ByteString)
    case makeDirectory(path: ByteString, Attributes)
    case removeDirectory(path: ByteString)
    case realPath(path: ByteString)
    case stat(path: ByteString)
    case rename(Rename)
    case readLink(path: ByteString)
    case symbolicLink(SymbolicLink)
    /// posix-rename@openssh.com: a rename that replaces an existing target.
    case posixRename(Rename)
    /// statvfs@openssh.com: the state of the file system beneath a path.
    case fileSystemStatus(path: ByteString)
    /// fsync@openssh.com: content must be on the disk before the reply.
    case synchronize(Handle?)
    /// limits@openssh.com: how large packets may be.
    case limits

    /// SSH_FXP_OPEN (section 6.3).
    package struct Open: Equatable, Sendable {
        package var path: ByteString
        package var flags: OpenFlags
        package var attributes: Attributes

        package init(path: ByteString, flags: OpenFlags, attributes: Attributes) {
            self.path = path
            self.flags = flags
            self.attributes = attributes
        }
    }

    /// SSH_FXP_READ (section 6.4).
    package struct Read: Equatable, Sendable {
        package var handle: Handle?
        package var offset: UInt64
        /// How many bytes are wanted; a peer's number, in need of a bound.
        package var length: UInt32

        package init(handle: Handle?, offset: UInt64, length: UInt32) {
            self.handle = handle
            self.offset = offset
            self.length = length
        }
    }

    /// SSH_FXP_WRITE (section 6.4).
    package struct Write: Equatable, Sendable {
        package var handle: Handle?
        package var offset: UInt64
        /// Where in the packet the content lies; it is never copied.
        package var data: Range<Int>

        package init(handle: Handle?, offset: UInt64, data: Range<Int>) {
            self.handle = handle
            self.offset = offset
            self.data = data
        }
    }

    /// SSH_FXP_RENAME (section 6.5) and posix-rename@openssh.com.
    package struct Rename: Equatable, Sendable {
        package var oldPath: ByteString
        package var newPath: ByteString

        package init(oldPath: ByteString, newPath: ByteString) {
            self.oldPath = oldPath
            self.newPath = newPath
        }
    }

    /// SSH_FXP_SYMLINK (section 6.10), its two paths in the order of the wire.
    ///
    /// The draft puts the link's path first; OpenSSH, and whoever follows it, the target.
    package struct SymbolicLink: Equatable, Sendable {
        package var firstPath: ByteString
        package var secondPath: ByteString

        package init(firstPath: ByteString, secondPath: ByteString) {
            self.firstPath = firstPath
            self.secondPath = secondPath
        }
    }
}
