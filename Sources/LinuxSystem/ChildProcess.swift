import CLinux
import Glibc

/// A child of this process, known by its pidfd so that a reused number can never be meant.
package struct ChildProcess: ~Copyable, Sendable {
    /// The process id, for people; signals go through the pidfd.
    package let processID: Int32
    private let descriptor: FileDescriptor

    /// How a child ended.
    package enum End: Equatable, Sendable {
        case exited(status: Int32)
        case killed(signal: Int32)
    }

    /// The signal that ends a process which made a system call that its filter forbids (SIGSYS).
    package static let forbiddenCallSignal = SIGSYS

    /// What the child's standard descriptors are.
    package enum Output: Sendable {
        /// Nothing: everything is discarded.
        case none
        /// Standard error goes where this process's goes.
        case standardError
    }

    /// Starts `program` with `descriptors` as its descriptors 3, 4, … and nothing else that is open
    /// here; they are lent for the call.
    ///
    /// It gets an empty environment, a process group of its own and default signal handling.
    package init(
        program: String,
        arguments: [String],
        descriptors: [Int32],
        output: Output
    ) throws(SystemError) {
        var number: Int32 = -1
        let code = Self.spawn(
            &number,
            program: program,
            arguments: arguments,
            descriptors: descriptors.enumerated().map { ($1, Self.firstInherited + Int32($0)) },
            keepsStandardError: output == .standardError
        )
        guard code == 0 else { throw SystemError(Errno(rawValue: code), in: "posix_spawn") }
        let child = number
        // The child cannot have been reaped: only this owner does that, and it does not exist yet.
        let descriptor: FileDescriptor
        do throws(SystemError) {
            descriptor = FileDescriptor(
                owning: try valueOrErrno("pidfd_open") { clinux_pidfd_open(child) }
            )
        } catch {
            // Without a pidfd nobody could ever end or reap it.
            _ = Glibc.kill(child, SIGKILL)
            _ = waitpid(child, nil, 0)
            throw error
        }
        self.init(processID: child, descriptor: descriptor)
    }

    /// What comes after the standard descriptors.
    private static let firstInherited: Int32 = 3

    private init(processID: Int32, descriptor: consuming FileDescriptor) {
        self.processID = processID
        self.descriptor = descriptor
    }

    /// The pidfd's number, readable once the process has ended.
    package var rawValue: Int32 { descriptor.rawValue }

    /// Ends it for certain (SIGKILL); a process that has ended already is no error.
    package borrowing func kill() {
        _ = clinux_pidfd_send_signal(descriptor.rawValue, SIGKILL)
    }

    /// Milliseconds that processors have worked for it, its own code and the kernel's; nil once it
    /// has ended.
    package borrowing func processorMilliseconds() -> Int64? {
        var clock = clockid_t()
        var time = timespec()
        // SAFETY: both live across the calls. The number cannot be another process's: only this
        // owner reaps the child.
        guard unsafe clock_getcpuclockid(processID, &clock) == 0,
            unsafe clock_gettime(clock, &time) == 0
        else { return nil }
        return Int64(time.tv_sec) &* 1000 &+ Int64(time.tv_nsec) / 1_000_000
    }

    /// How it ended, or nil while it runs; answers once, then the process is forgotten.
    package borrowing func reap() -> End? {
        var end = clinux_child_end()
        // SAFETY: the structure lives across the call.
        guard unsafe clinux_pidfd_reap(descriptor.rawValue, &end) == 1 else { return nil }
        return end.by_signal != 0 ? .killed(signal: end.value) : .exited(status: end.value)
    }

    /// Runs `program` to its end and answers what it wrote to standard output.
    ///
    /// It finds `input` on standard input, at most 64 KiB: a pipe holds it before anybody reads.
    /// At most `limit` bytes are taken; nil when it failed.
    package static func output(
        of program: String,
        arguments: [String],
        input: [UInt8] = [],
        limit: Int
    ) throws(SystemError) -> [UInt8]? {
        let source = try filledPipe(with: input)
        var far: FileDescriptor?
        let reading = try pipe(writing: &far)
        guard let writing = far.take() else { throw SystemError(.badFileDescriptor, in: "pipe2") }
        var number: Int32 = -1
        let code = spawn(
            &number,
            program: program,
            arguments: arguments,
            descriptors: [(source.rawValue, 0), (writing.rawValue, 1)],
            keepsStandardError: true
        )
        // The child's copies must be the only ones: the end of its output is when it closes them.
        try source.close()
        try writing.close()
        guard code == 0 else { throw SystemError(Errno(rawValue: code), in: "posix_spawn") }
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while output.count < limit {
            let number = reading.rawValue
            let count = try valueOrErrno("read") {
                // SAFETY: the buffer's own size bounds the read.
                unsafe chunk.withUnsafeMutableBytes {
                    unsafe read(number, $0.baseAddress, $0.count)
                }
            }
            if count == 0 { break }
            output.append(contentsOf: chunk.prefix(count))
        }
        var status: Int32 = 0
        let child = number
        _ = try valueOrErrno("waitpid") { unsafe waitpid(child, &status, 0) }
        return status == 0 ? output : nil
    }

    /// What a pipe holds before somebody reads from it (pipe(7)).
    private static let pipeCapacity = 65_536

    /// The reading end of a pipe that holds `content` and then ends.
    ///
    /// Written before there is a reader, so that one who does not care breaks nothing.
    private static func filledPipe(with content: [UInt8]) throws(SystemError) -> FileDescriptor {
        guard content.count <= pipeCapacity else { throw SystemError(.invalidArgument, in: "pipe") }
        var far: FileDescriptor?
        let reading = try pipe(writing: &far)
        guard let writing = far.take() else { throw SystemError(.badFileDescriptor, in: "pipe2") }
        let number = writing.rawValue
        var rest = content[...]
        while !rest.isEmpty {
            let count = try valueOrErrno("write") {
                // SAFETY: the slice's own size bounds the write.
                unsafe rest.withUnsafeBytes { unsafe write(number, $0.baseAddress, $0.count) }
            }
            rest = rest.dropFirst(count)
        }
        return reading
    }

    /// The reading end of a new pipe; the writing end is stored in `writing`.
    private static func pipe(writing: inout FileDescriptor?) throws(SystemError) -> FileDescriptor {
        var ends: [Int32] = [-1, -1]
        // SAFETY: the array has the two elements that the call fills in.
        _ = try valueOrErrno("pipe2") {
            unsafe ends.withUnsafeMutableBufferPointer { unsafe clinux_pipe($0.baseAddress) }
        }
        writing = FileDescriptor(owning: ends[1])
        return FileDescriptor(owning: ends[0])
    }

    private static func spawn(
        _ number: inout Int32,
        program: String,
        arguments: [String],
        descriptors: [(source: Int32, target: Int32)],
        keepsStandardError: Bool
    ) -> Int32 {
        var actions = unsafe posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        // SAFETY: both are initialised before use and destroyed after it.
        unsafe posix_spawn_file_actions_init(&actions)
        unsafe posix_spawnattr_init(&attributes)
        defer {
            unsafe posix_spawn_file_actions_destroy(&actions)
            unsafe posix_spawnattr_destroy(&attributes)
        }
        for standard in Int32(0)...2 where standard != 2 || !keepsStandardError {
            unsafe posix_spawn_file_actions_addopen(&actions, standard, "/dev/null", O_RDWR, 0)
        }
        // In two steps by way of numbers that nobody has: a source may have another's target.
        let highest = descriptors.reduce(2) { max($0, $1.target) }
        let free = descriptors.reduce(highest) { max($0, $1.source) } + 1
        for (position, descriptor) in zip(free..., descriptors) {
            unsafe posix_spawn_file_actions_adddup2(&actions, descriptor.source, position)
        }
        for (position, descriptor) in zip(free..., descriptors) {
            unsafe posix_spawn_file_actions_adddup2(&actions, position, descriptor.target)
        }
        unsafe clinux_spawn_close_from(&actions, highest + 1)
        var everySignal = sigset_t()
        var noSignal = sigset_t()
        unsafe sigfillset(&everySignal)
        unsafe sigemptyset(&noSignal)
        unsafe posix_spawnattr_setsigdefault(&attributes, &everySignal)
        unsafe posix_spawnattr_setsigmask(&attributes, &noSignal)
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))
        // Swift's crash handler would start a program, which a confined process may not.
        let environment = ["SWIFT_BACKTRACE=enable=no"]
        return unsafe withCStrings([program] + arguments) { argv in
            unsafe withCStrings(environment) { envp in
                unsafe posix_spawn(&number, program, &actions, &attributes, argv, envp)
            }
        }
    }
}

/// Lends zero-terminated texts as the zero-terminated list that exec wants.
@unsafe private func withCStrings<Result>(
    _ texts: [String],
    _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
    var pointers: [UnsafeMutablePointer<CChar>?] = unsafe texts.map { unsafe strdup($0) }
    unsafe pointers.append(nil)
    defer { unsafe pointers.forEach { unsafe free($0) } }
    // SAFETY: the list ends with a null pointer and is freed only after the body returned.
    return unsafe pointers.withUnsafeMutableBufferPointer { buffer in
        guard let list = buffer.baseAddress else {
            fatalError("a list that ends with a null pointer is never empty")
        }
        return unsafe body(list)
    }
}
