import CLibSSH
package import LinuxSystem

/// One client's SSH connection, driven by `step` from one thread.
///
/// libssh does key exchange, sign-in, channels and ciphers; this type adds the limits it lacks.
/// Callbacks copy and set flags. Everything that may write happens between steps.
@safe package final class SSHConnection {
    let session: ssh_session
    private let event: ssh_event
    let serverCallbacks: UnsafeMutablePointer<ssh_server_callbacks_struct>
    private let socketCounter: UnsafeMutablePointer<ssh_counter_struct>
    private let packetCounter: UnsafeMutablePointer<ssh_counter_struct>
    private var scratch: UnsafeMutableRawPointer?
    private let link: Int32

    package weak var delegate: (any SSHConnectionDelegate)?
    /// Open channels, oldest first.
    package internal(set) var channels: [SSHChannel] = []
    /// Whether somebody has signed in.
    package internal(set) var isSignedIn = false
    /// Why the connection must end, once something said so.
    package internal(set) var ending: SSHEnding?
    /// Whether the watched descriptor has something to read.
    package private(set) var isLinkReady = false

    var budget: SignInBudget
    /// The user name that the first attempt gave; a connection has only one.
    var pinnedUserName: [UInt8]?
    /// What may be shown next.
    var steps: SignInSteps
    /// What was asked for and has not been answered yet (RFC 4256).
    var question: KeyboardQuestion?
    private var answers = 0
    var isHandshakeReported = false
    private let limits: Limits
    private(set) var isClosed = false
    /// Whether the goodbye has begun: nothing new is taken on.
    var isEnding = false

    /// Bounds beyond those of the sign-in.
    package struct Limits: Sendable {
        package var signIn: SignInBudget.Limits
        /// What a client may begin with.
        package var firstSteps: SignInSteps
        /// Milliseconds a client may refuse to read what was sent.
        package var stall: Int32
        package var channels: Int

        package init(
            signIn: SignInBudget.Limits,
            firstSteps: SignInSteps = [.password, .publicKey],
            stall: Int32,
            channels: Int
        ) {
            self.signIn = signIn
            self.firstSteps = firstSteps
            self.stall = stall
            self.channels = channels
        }
    }

    /// Takes a connected socket and begins the key exchange.
    ///
    /// `link` is watched beside the socket, so that a step returns when it has something to say.
    package init(
        socket: consuming FileDescriptor,
        acceptor: borrowing SSHAcceptor,
        limits: Limits,
        watching link: Int32
    ) throws(SSHFailure) {
        do throws(SystemError) {
            try ClientSocket.prepare(socket)
        } catch {
            throw .system(error)
        }
        let number = socket.release()
        let session: ssh_session
        do throws(SSHFailure) {
            unsafe session = try Self.accept(number, acceptor)
        } catch {
            _ = FileDescriptor(owning: number)
            throw error
        }
        unsafe self.session = session
        unsafe event = ssh_event_new()
        unsafe serverCallbacks = .allocate(capacity: 1)
        unsafe serverCallbacks.initialize(to: ssh_server_callbacks_struct())
        unsafe socketCounter = .allocate(capacity: 1)
        unsafe socketCounter.initialize(to: ssh_counter_struct())
        unsafe packetCounter = .allocate(capacity: 1)
        unsafe packetCounter.initialize(to: ssh_counter_struct())
        self.link = link
        self.limits = limits
        budget = SignInBudget(limits: limits.signIn, start: .now)
        steps = limits.firstSteps
        begin()
    }

    deinit {
        close()
        // SAFETY: `close` freed the session, which was the only other user of these.
        unsafe serverCallbacks.deallocate()
        unsafe socketCounter.deallocate()
        unsafe packetCounter.deallocate()
        if let scratch = unsafe scratch { unsafe scratch.deallocate() }
    }

    /// The number of the client's socket, to watch whether the client is still there.
    package var socketNumber: Int32 { unsafe ssh_get_fd(session) }

    /// Bytes on the wire, both ways.
    package var traffic: (received: UInt64, sent: UInt64) {
        unsafe (socketCounter.pointee.in_bytes, socketCounter.pointee.out_bytes)
    }

    /// Whether a write would only pile up in memory: earlier output has not left yet.
    package var isWritePending: Bool {
        unsafe ssh_get_status(session) & SSH_WRITE_PENDING != 0
    }

    /// Waits for the client or the link, at most `milliseconds`, and handles what came.
    ///
    /// Afterwards `ending` says whether the connection is over. With output pending, nothing is
    /// read until some of it has left: a client that sends but never reads is held back by TCP.
    package func step(milliseconds: Int32) {
        isLinkReady = false
        guard ending == nil, checkStatus() else { return }
        if !isSignedIn {
            unsafe ClientSocket.acknowledgeQuickly(ssh_get_fd(session))
            if checkBudget() == false { return }
        }
        if isWritePending, !waitUntilWritable() { return }
        // What came with it, a request or the client's end, does not come again: nothing to wait for.
        var patience = enlargeWindows() ? 0 : milliseconds
        if !isSignedIn {
            patience = min(patience, Int32(clamping: budget.patience(now: .now)))
        }
        unsafe ssh_event_dopoll(event, patience)
        guard checkStatus() else { return }
        reportHandshake()
        if !isSignedIn { _ = checkBudget() }
        forgetClosedChannels()
    }

    /// Looks at the link only, so that the client is held back by TCP while it is not read.
    package func watch(milliseconds: Int32) {
        isLinkReady = false
        do throws(SystemError) {
            let ready = try Readiness.wait(
                for: (link, .readable),
                (link, .readable),
                milliseconds: milliseconds
            )
            isLinkReady = !ready.first.isEmpty
        } catch {
            ending = .failed("\(error)")
        }
    }

    /// A callback ran: whatever arrived was not dropped in silence.
    func noteAnswer() {
        answers &+= 1
    }

    /// Makes a channel for an open request, or nil when there are enough.
    @unsafe func openChannel() -> ssh_channel? {
        noteAnswer()
        guard isSignedIn, !isEnding, channels.count < limits.channels,
            let channel = unsafe ssh_channel_new(session)
        else { return nil }
        channels.append(unsafe SSHChannel(channel, of: self))
        return unsafe channel
    }

    @unsafe private static func accept(
        _ number: Int32,
        _ acceptor: borrowing SSHAcceptor
    ) throws(SSHFailure) -> ssh_session {
        // SAFETY: the session is ours until `ssh_free`.
        guard let session = unsafe ssh_new() else {
            throw .connectionRefused(reason: "out of memory")
        }
        guard unsafe ssh_bind_accept_fd(acceptor.bind, session, number) == SSH_OK else {
            let text = unsafe ssh_get_error(UnsafeMutableRawPointer(acceptor.bind))
            let reason = unsafe text.map { unsafe String(cString: $0) } ?? "refused by libssh"
            // Freeing would close the socket a second time if libssh has taken it already.
            if unsafe ssh_get_fd(session) != number { unsafe ssh_free(session) }
            throw .connectionRefused(reason: reason)
        }
        return unsafe session
    }

    private func begin() {
        // No bind option exists for compression, and libssh offers zlib unless told otherwise.
        // SAFETY: libssh copies the zero-terminated names.
        unsafe ssh_options_set(session, SSH_OPTIONS_COMPRESSION_C_S, "none")
        unsafe ssh_options_set(session, SSH_OPTIONS_COMPRESSION_S_C, "none")
        unsafe ssh_set_blocking(session, 0)
        installServerCallbacks()
        unsafe ssh_set_counters(session, socketCounter, packetCounter)
        // The first call creates what the event needs to know about the session.
        unsafe ssh_handle_key_exchange(session)
        unsafe ssh_event_add_session(event, session)
        unsafe ssh_event_add_fd(
            event,
            link,
            Int16(Readiness.readable.rawValue),
            { _, _, context in
                guard let context = unsafe context else { return 0 }
                unsafe Unmanaged<SSHConnection>.fromOpaque(context).takeUnretainedValue()
                    .isLinkReady = true
                return 0
            },
            Unmanaged.passUnretained(self).toOpaque()
        )
    }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        abandonChannels()
        // SAFETY: this order is the one that libssh frees everything in exactly once.
        unsafe ssh_event_remove_fd(event, link)
        unsafe ssh_event_remove_session(event, session)
        unsafe ssh_event_free(event)
        unsafe ssh_free(session)
    }

    /// Notices that the connection is over; false when it is.
    ///
    /// Protocol errors are silent in libssh: only the status tells.
    private func checkStatus() -> Bool {
        let status = unsafe ssh_get_status(session)
        guard status & (SSH_CLOSED | SSH_CLOSED_ERROR) != 0 else { return true }
        if ending == nil {
            let text = unsafe ssh_get_error(UnsafeMutableRawPointer(session))
            ending = SSHEnding(
                libraryText: unsafe text.map { unsafe String(cString: $0) } ?? "",
                isError: status & SSH_CLOSED_ERROR != 0
            )
        }
        return false
    }

    private func checkBudget() -> Bool {
        let excess = unsafe budget.check(
            packetsIn: packetCounter.pointee.in_packets,
            packetsOut: packetCounter.pointee.out_packets,
            bytesIn: socketCounter.pointee.in_bytes,
            answers: answers,
            isKeyExchangeDone: isHandshakeReported,
            now: .now
        )
        if let excess, ending == nil { ending = .budgetExceeded(excess) }
        return ending == nil
    }

    /// False when nothing may be read now: still not writable, or the link wants attention.
    private func waitUntilWritable() -> Bool {
        let number = unsafe ssh_get_fd(session)
        let ready: (first: Readiness, second: Readiness)
        do throws(SystemError) {
            ready = try Readiness.wait(
                for: (number, .writable),
                (link, .readable),
                milliseconds: isSignedIn
                    ? limits.stall
                    : min(limits.stall, Int32(clamping: budget.patience(now: .now)))
            )
        } catch {
            ending = .failed("\(error)")
            return false
        }
        if !ready.second.isEmpty { isLinkReady = true }
        if ready.first.isEmpty {
            if ready.second.isEmpty { ending = .stalled }
            return false
        }
        return true
    }

    /// Answers whether libssh may have taken in something meanwhile.
    private func enlargeWindows() -> Bool {
        guard isSignedIn else { return false }
        if unsafe scratch == nil {
            // Never written to, so it costs address space and no memory.
            unsafe scratch = .allocate(byteCount: SSHChannel.windowTarget, alignment: 16)
        }
        guard let scratch = unsafe scratch else { return false }
        var isEnlarged = false
        for channel in channels where unsafe channel.topUpWindow(scratch: scratch) {
            isEnlarged = true
        }
        return isEnlarged
    }

    private func forgetClosedChannels() {
        // A channel that serves is closed by the one who serves it, after its last reply.
        for channel in channels where channel.isClosedByClient && !channel.isServing {
            forget(channel)
        }
    }

    /// Frees a channel that is finished.
    package func forget(_ channel: SSHChannel) {
        channel.free()
        channels.removeAll { $0 === channel }
    }
}
