import CLinux
import Glibc

/// A system call that failed: which one, and the errno it left.
package struct SystemError: Error, Equatable {
    /// The error number (errno(3)).
    package let code: Errno
    /// The system call, for logs.
    package let operation: String

    package init(_ code: Errno, in operation: String) {
        self.code = code
        self.operation = operation
    }
}

extension SystemError: CustomStringConvertible {
    package var description: String { "\(operation): \(code)" }
}

/// An error number of the kernel.
package struct Errno: RawRepresentable, Hashable, Sendable {
    package let rawValue: Int32

    package init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    package static let notPermitted = Errno(rawValue: EPERM)
    package static let noSuchFile = Errno(rawValue: ENOENT)
    package static let interrupted = Errno(rawValue: EINTR)
    package static let inputOutput = Errno(rawValue: EIO)
    package static let badFileDescriptor = Errno(rawValue: EBADF)
    package static let tryAgain = Errno(rawValue: EAGAIN)
    package static let permissionDenied = Errno(rawValue: EACCES)
    package static let fileExists = Errno(rawValue: EEXIST)
    package static let crossDevice = Errno(rawValue: EXDEV)
    package static let notDirectory = Errno(rawValue: ENOTDIR)
    package static let isDirectory = Errno(rawValue: EISDIR)
    package static let invalidArgument = Errno(rawValue: EINVAL)
    package static let tooManyOpenFiles = Errno(rawValue: EMFILE)
    package static let tooManyOpenFilesInSystem = Errno(rawValue: ENFILE)
    package static let textFileBusy = Errno(rawValue: ETXTBSY)
    package static let fileTooLarge = Errno(rawValue: EFBIG)
    package static let noSpace = Errno(rawValue: ENOSPC)
    package static let readOnlyFileSystem = Errno(rawValue: EROFS)
    package static let brokenPipe = Errno(rawValue: EPIPE)
    package static let nameTooLong = Errno(rawValue: ENAMETOOLONG)
    package static let notImplemented = Errno(rawValue: ENOSYS)
    package static let directoryNotEmpty = Errno(rawValue: ENOTEMPTY)
    package static let tooManySymbolicLinks = Errno(rawValue: ELOOP)
    package static let notSupported = Errno(rawValue: EOPNOTSUPP)
    package static let addressInUse = Errno(rawValue: EADDRINUSE)
    package static let addressNotAvailable = Errno(rawValue: EADDRNOTAVAIL)
    package static let connectionReset = Errno(rawValue: ECONNRESET)
    package static let connectionRefused = Errno(rawValue: ECONNREFUSED)
    package static let connectionAborted = Errno(rawValue: ECONNABORTED)
    package static let diskQuotaExceeded = Errno(rawValue: EDQUOT)
    package static let noSuchProcess = Errno(rawValue: ESRCH)
    package static let noDeviceOrAddress = Errno(rawValue: ENXIO)
}

extension Errno: CustomStringConvertible {
    /// The kernel's phrase for the number, for instance "No such file or directory".
    package var description: String {
        guard let text = unsafe clinux_error_text(rawValue) else { return "error \(rawValue)" }
        return unsafe String(cString: text)
    }
}

/// Runs a system call that answers -1 on failure, and tries again when a signal interrupted it.
///
/// The one place where errno is read.
package func valueOrErrno<Value: SignedInteger>(
    _ operation: @autoclosure () -> String,
    _ call: () -> Value
) throws(SystemError) -> Value {
    while true {
        let value = call()
        if value != -1 { return value }
        let code = Errno(rawValue: errno)
        if code != .interrupted { throw SystemError(code, in: operation()) }
    }
}
