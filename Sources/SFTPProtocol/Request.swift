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
    case rename(PathPair)
    case readLink(path: ByteString)
    case symbolicLink(SymbolicLink)
    /// posix-rename@openssh.com: a rename that replaces an existing target.
    case posixRename(PathPair)
    /// statvfs@openssh.com: the state of the file system beneath a path.
    case fileSystemStatus(path: ByteString)
    /// fstatvfs@openssh.com: the state of the file system beneath a handle.
    case handleFileSystemStatus(Handle?)
    /// hardlink@openssh.com: a second name for a file.
    case hardLink(PathPair)
    /// fsync@openssh.com: content must be on the disk before the reply.
    case synchronize(Handle?)
    /// lsetstat@openssh.com: attributes of a symbolic link itself.
    case setLinkStatus(path: ByteString, Attributes)
    /// limits@openssh.com: how large packets may be.
    case limits
    /// expand-path@openssh.com: a path that may begin with somebody's home directory.
    case expandPath(path: ByteString)
    /// copy-data: content from one open file to another.
    case copyData(CopyData)
    /// home-directory: where a user begins.
    case homeDirectory(userName: ByteString)
    /// users-groups-by-id@openssh.com: names for so many numbers of users and of groups.
    case usersAndGroups(userCount: Int, groupCount: Int)
    /// check-file: a hash of content.
    case checkFile(CheckFile)

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

    /// SSH_FXP_RENAME (section 6.5), posix-rename@openssh.com and hardlink@openssh.com.
    package struct PathPair: Equatable, Sendable {
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
