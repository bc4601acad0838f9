import CLinux
import Glibc

extension FileDescriptor {
    /// Sets the mode bits of what this refers to; works on references too.
    ///
    /// fchmod(2) refuses references, fchmodat2(2) takes them but is younger than Debian 12's kernel,
    /// and a system call filter that does not know it yet answers EPERM.
    package borrowing func setMode(_ mode: UInt32) throws(SystemError) {
        do throws(SystemError) {
            try setModeDirectly(mode)
        } catch {
            guard error.code == .notImplemented || error.code == .notPermitted else { throw error }
            try setModeThroughProc(mode)
        }
    }

    /// Sets the mode bits with fchmodat2(2); ENOSYS before Linux 6.6.
    package borrowing func setModeDirectly(_ mode: UInt32) throws(SystemError) {
        let number = rawValue
        _ = try valueOrErrno("fchmodat2") { clinux_change_mode(number, mode) }
    }

    /// Sets the mode bits through the descriptor's link in /proc, which leads to this very file.
    package borrowing func setModeThroughProc(_ mode: UInt32) throws(SystemError) {
        let link = "/proc/self/fd/\(rawValue)"
        _ = try valueOrErrno("chmod") {
            // SAFETY: the path is lent, zero-terminated, for the call.
            unsafe chmod(link, mode)
        }
    }

    /// Sets both times, in seconds since 1970, of what this refers to (utimensat(2)).
    package borrowing func setTimes(
        access: Int64,
        modification: Int64
    ) throws(SystemError) {
        let number = rawValue
        _ = try valueOrErrno("utimensat") { clinux_set_times(number, access, modification) }
    }
}
