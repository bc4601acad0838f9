import Glibc

/// A data file of this service's own, for its owner's eyes only.
package enum PrivateFile {
    /// What was found out while a file was made ready.
    package struct Preparation {
        /// Its size in bytes; zero when it is new.
        package let size: Int64
        /// Whether a journal of earlier work lies beside it.
        package let hasJournal: Bool
    }

    /// Creates the file, and its directory, where they are missing, and closes them to others.
    ///
    /// A missing directory gets mode 0700, the file 0600 in any case. `journalSuffix` names the
    /// file beside it that is looked for.
    package static func prepare(
        _ path: String,
        journalSuffix: String
    ) throws(SystemError) -> Preparation {
        if let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")), slash != path.startIndex {
            try SmallFile.createDirectory(String(path[..<slash]))
        }
        let file = try open(path)
        return Preparation(
            size: Int64(try status(of: file).st_size),
            hasJournal: try isFilled(path + journalSuffix)
        )
    }

    /// Opens the file, creates it where it is missing, and closes it to others.
    static func open(_ path: String) throws(SystemError) -> FileDescriptor {
        let file = FileDescriptor(
            owning: try valueOrErrno("open") {
                // SAFETY: the path is lent, zero-terminated, for the call.
                unsafe Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0o600)
            }
        )
        let status = try status(of: file)
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw SystemError(.invalidArgument, in: "open")
        }
        if status.st_mode & 0o077 != 0 {
            let number = file.rawValue
            _ = try valueOrErrno("fchmod") { fchmod(number, 0o600) }
        }
        return file
    }

    private static func status(of file: borrowing FileDescriptor) throws(SystemError) -> stat {
        let number = file.rawValue
        var status = stat()
        // SAFETY: the structure lives across the call.
        _ = try valueOrErrno("fstat") { unsafe fstat(number, &status) }
        return status
    }

    private static func isFilled(_ path: String) throws(SystemError) -> Bool {
        var status = stat()
        do throws(SystemError) {
            // SAFETY: the path is lent, zero-terminated, and the structure lives across the call.
            _ = try valueOrErrno("stat") { unsafe stat(path, &status) }
        } catch {
            if error.code == .noSuchFile { return false }
            throw error
        }
        return status.st_size > 0
    }
}
