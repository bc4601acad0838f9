import CLinux
import Glibc

/// A thread of our own, for work that blocks and must not occupy the shared pool.
package enum DedicatedThread {
    private final class Work {
        let name: String
        let niceness: Int32
        let body: @Sendable () -> Void

        init(name: String, niceness: Int32, body: @escaping @Sendable () -> Void) {
            self.name = String(name.prefix(15))
            self.niceness = niceness
            self.body = body
        }
    }

    /// Runs `body` on a new detached thread whose name shows in ps(1), cut to 15 bytes.
    ///
    /// With a `niceness` of 1 to 19 it leaves more of the processors to others than they leave to it.
    package static func start(
        name: String,
        niceness: Int32 = 0,
        _ body: @escaping @Sendable () -> Void
    ) throws(SystemError) {
        let work = unsafe Unmanaged.passRetained(Work(name: name, niceness: niceness, body: body))
        var thread = pthread_t()
        // SAFETY: the new thread takes over the reference that was retained for it.
        let code = unsafe pthread_create(
            &thread,
            nil,
            { context in
                guard let context = unsafe context else { return nil }
                let work = unsafe Unmanaged<Work>.fromOpaque(context).takeRetainedValue()
                // SAFETY: the name is copied by the call.
                unsafe clinux_name_thread(work.name)
                // Of Linux's threads each has its own; less of it is never refused.
                if work.niceness > 0 {
                    _ = setpriority(Int32(PRIO_PROCESS.rawValue), 0, work.niceness)
                }
                work.body()
                return nil
            },
            work.toOpaque()
        )
        guard code == 0 else {
            unsafe work.release()
            throw SystemError(Errno(rawValue: code), in: "pthread_create")
        }
        _ = pthread_detach(thread)
    }

    /// Names the calling thread, so that one can ask later whether one is still on it.
    package static var currentID: UInt {
        UInt(pthread_self())
    }
}
