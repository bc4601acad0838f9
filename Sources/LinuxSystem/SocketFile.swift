import Glibc

/// The file of a listening Unix socket, which is never open to more people than it should be.
///
/// A socket gets its name while it is bound, with whatever mode the process's mask gives it. So it
/// is bound in a directory that nobody else can enter, given its mode and group there, and then
/// moved to its place, which also replaces what an earlier process left behind.
package struct SocketFile: Sendable {
    /// The place where clients find the socket.
    package let path: String
    private let groupID: UInt32?

    /// The mode of the socket: its owner and its group may connect.
    private static let mode: mode_t = 0o660
    /// The mode of the socket's directory, where that is missing.
    private static let directoryMode: mode_t = 0o750

    /// Names the place, and the group that may connect; nil leaves the process's own.
    ///
    /// - Throws: ENOENT when there is no such group.
    package init(path: String, group: String?) throws(SystemError) {
        self.path = path
        if let group {
            groupID = try Self.identifier(ofGroup: group)
        } else {
            groupID = nil
        }
    }

    /// Makes sure that the place can be taken, and answers the path to bind the socket at.
    ///
    /// - Throws: EADDRINUSE when somebody answers there, EEXIST when something other than a socket
    ///   lies there, and what the kernel says about the directory.
    package func claim() throws(SystemError) -> String {
        try createDirectory()
        try refuseWhatIsInUse()
        _ = unsafe unlink(bindingPath)
        // SAFETY: the path is lent, zero-terminated, for the call.
        if unsafe mkdir(privateDirectory, 0o700) != 0 {
            _ = unsafe rmdir(privateDirectory)
            _ = try valueOrErrno("mkdir") { unsafe mkdir(privateDirectory, 0o700) }
        }
        return bindingPath
    }

    /// Gives the bound socket its mode and group and moves it to its place.
    package func publish() throws(SystemError) {
        // SAFETY: the paths are lent, zero-terminated, for each call.
        defer { _ = unsafe rmdir(privateDirectory) }
        if let groupID {
            _ = try valueOrErrno("chown") { unsafe chown(bindingPath, uid_t.max, groupID) }
        }
        _ = try valueOrErrno("chmod") { unsafe chmod(bindingPath, Self.mode) }
        _ = try valueOrErrno("rename") { unsafe rename(bindingPath, path) }
    }

    /// Removes the socket from its place and leaves nothing of an attempt behind.
    package func remove() {
        // SAFETY: the paths are lent, zero-terminated, for each call.
        _ = unsafe unlink(path)
        _ = unsafe unlink(bindingPath)
        _ = unsafe rmdir(privateDirectory)
    }

    private var directory: String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Short, because a socket's path has little room (108 bytes, unix(7)).
    private var privateDirectory: String { "\(directory)/.c\(getpid())" }
    private var bindingPath: String { "\(privateDirectory)/s" }

    private func createDirectory() throws(SystemError) {
        let directory = directory
        do throws(SystemError) {
            // SAFETY: the path is lent, zero-terminated, for the call.
            _ = try valueOrErrno("mkdir") { unsafe mkdir(directory, Self.directoryMode) }
        } catch {
            if error.code == .fileExists { return }
            throw error
        }
        // The process's mask may have narrowed it.
        _ = try valueOrErrno("chmod") { unsafe chmod(directory, Self.directoryMode) }
        if let groupID {
            _ = try valueOrErrno("chown") { unsafe chown(directory, uid_t.max, groupID) }
        }
    }

    private func refuseWhatIsInUse() throws(SystemError) {
        var status = stat()
        do throws(SystemError) {
            // SAFETY: the path is lent, zero-terminated, and the structure lives across the call.
            _ = try valueOrErrno("lstat") { unsafe lstat(path, &status) }
        } catch {
            if error.code == .noSuchFile { return }
            throw error
        }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw SystemError(.fileExists, in: "bind")
        }
        do throws(SystemError) {
            try connect()
        } catch {
            // Nobody listens any more: the file is what an ended process left.
            if error.code == .connectionRefused || error.code == .noSuchFile { return }
            throw error
        }
        throw SystemError(.addressInUse, in: "bind")
    }

    /// Connects once, only to see whether anybody listens.
    private func connect() throws(SystemError) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw SystemError(.nameTooLong, in: "connect")
        }
        // SAFETY: the path was seen to fit, with a zero byte after it.
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let socket = FileDescriptor(
            owning: try valueOrErrno("socket") {
                Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            }
        )
        let number = socket.rawValue
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        _ = try valueOrErrno("connect") {
            // SAFETY: the address lives across the call and its size goes with it.
            unsafe withUnsafePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe Glibc.connect(number, $0, size)
                }
            }
        }
    }

    private static func identifier(ofGroup name: String) throws(SystemError) -> UInt32 {
        var entry = unsafe group()
        var found: UnsafeMutablePointer<group>?
        var buffer = [CChar](repeating: 0, count: 16 << 10)
        let size = buffer.count
        // SAFETY: everything lent lives across the call; the buffer's own size goes with it.
        let code = unsafe getgrnam_r(name, &entry, &buffer, size, &found)
        guard code == 0 else { throw SystemError(Errno(rawValue: code), in: "getgrnam") }
        guard unsafe found != nil else { throw SystemError(.noSuchFile, in: "getgrnam") }
        return unsafe entry.gr_gid
    }
}
