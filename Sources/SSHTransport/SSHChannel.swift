import CLibSSH

/// One session channel of a connection (RFC 4254 section 5).
///
/// Its callbacks only copy bytes and set flags; everything that may touch the socket is called
/// from outside them, by the connection's own loop.
@safe package final class SSHChannel {
    private let channel: ssh_channel
    private let callbacks: UnsafeMutablePointer<ssh_channel_callbacks_struct>
    private unowned let connection: SSHConnection
    private var sink: (any SSHChannelSink)?
    private var isFreed = false

    /// Whether the client said that it will send no more.
    package private(set) var hasClientEnded = false
    /// Whether the client closed the channel.
    package private(set) var isClosedByClient = false
    /// Bytes received since the window was last enlarged.
    private var receivedSinceTopUp = 0

    /// Whether the `sftp` subsystem was started on it.
    package private(set) var isServing = false

    /// Wraps a channel that libssh just made for an open request.
    @unsafe init(_ channel: ssh_channel, of connection: SSHConnection) {
        unsafe self.channel = channel
        self.connection = connection
        unsafe callbacks = .allocate(capacity: 1)
        unsafe callbacks.initialize(to: ssh_channel_callbacks_struct())
        installCallbacks()
    }

    deinit {
        // SAFETY: the connection lets go of a channel only through `free` or `abandon`, and both
        // remove the callbacks.
        unsafe callbacks.deinitialize(count: 1)
        unsafe callbacks.deallocate()
    }

    /// How many bytes the client's window lets us send now.
    package var window: Int { isFreed ? 0 : unsafe Int(ssh_channel_window_size(channel)) }

    /// Sends what fits and answers how much that was; 0 means try again later.
    ///
    /// Never inside a callback: libssh would wait for a window that cannot arrive.
    package func write(_ bytes: ArraySlice<UInt8>) -> Int {
        guard !isFreed, !bytes.isEmpty else { return 0 }
        // SAFETY: the bytes are lent for the call and libssh copies them.
        let written = unsafe bytes.withUnsafeBytes { buffer in
            unsafe ssh_channel_write(channel, buffer.baseAddress, UInt32(clamping: buffer.count))
        }
        return max(0, Int(written))
    }

    /// Ends the channel as a finished program would: exit status, end of data, close.
    ///
    /// `sftp` and `scp` take their own exit code from it.
    package func finish(exitStatus: Int32) {
        guard !isFreed else { return }
        unsafe ssh_channel_request_send_exit_status(channel, exitStatus)
        unsafe ssh_channel_send_eof(channel)
        unsafe ssh_channel_close(channel)
        free()
    }

    /// Lets go of the channel; later calls do nothing.
    func free() {
        guard !isFreed else { return }
        isFreed = true
        // libssh 0.10 keeps calling the callbacks of a freed channel unless they are removed.
        unsafe ssh_remove_channel_callbacks(channel, callbacks)
        unsafe ssh_channel_free(channel)
        // The sink holds this channel in turn.
        sink = nil
    }

    /// Lets go of a channel that libssh is about to free together with its session.
    ///
    /// Until then packets may still arrive for it, and must find no callbacks of ours.
    func abandon() {
        guard !isFreed else { return }
        isFreed = true
        unsafe ssh_remove_channel_callbacks(channel, callbacks)
        sink = nil
    }

    /// Enlarges the receive window once enough has arrived.
    ///
    /// libssh 0.10 keeps about 1.2 MiB open, which bounds uploads to that much for each round trip.
    /// Reading "more than the window" raises it; the scratch buffer is never written to, because
    /// the data callback takes everything first. Answers whether it was time: libssh has then taken
    /// in whatever had arrived.
    func topUpWindow(scratch: UnsafeMutableRawPointer) -> Bool {
        guard !isFreed, receivedSinceTopUp >= Self.topUpInterval else { return false }
        receivedSinceTopUp = 0
        unsafe ssh_channel_read_timeout(channel, scratch, UInt32(Self.windowTarget), 0, 0)
        return true
    }

    /// The receive window asked for, in bytes.
    static let windowTarget = 8 << 20
    private static let topUpInterval = windowTarget / 4

    private func installCallbacks() {
        // SAFETY: libssh refers to the structure for as long as the channel lives, and so do we.
        unsafe callbacks.pointee.size = MemoryLayout<ssh_channel_callbacks_struct>.size
        unsafe callbacks.pointee.userdata = Unmanaged.passUnretained(self).toOpaque()
        unsafe callbacks.pointee.channel_data_function = { _, _, data, length, isError, context in
            guard let context = unsafe context else { return Int32(clamping: length) }
            let channel = unsafe Unmanaged<SSHChannel>.fromOpaque(context).takeUnretainedValue()
            if isError == 0, let data = unsafe data {
                // SAFETY: libssh lends `length` bytes for the duration of the callback.
                unsafe channel.received(
                    UnsafeRawBufferPointer(start: data, count: Int(length))
                )
            }
            // Everything is always taken: what is left over would be offered again and again.
            return Int32(clamping: length)
        }
        unsafe callbacks.pointee.channel_eof_function = { _, _, context in
            guard let context = unsafe context else { return }
            unsafe Unmanaged<SSHChannel>.fromOpaque(context).takeUnretainedValue()
                .hasClientEnded = true
        }
        unsafe callbacks.pointee.channel_close_function = { _, _, context in
            guard let context = unsafe context else { return }
            unsafe Unmanaged<SSHChannel>.fromOpaque(context).takeUnretainedValue()
                .isClosedByClient = true
        }
        unsafe callbacks.pointee.channel_subsystem_request_function = { _, _, name, context in
            guard let context = unsafe context, let name = unsafe name else { return 1 }
            let channel = unsafe Unmanaged<SSHChannel>.fromOpaque(context).takeUnretainedValue()
            return unsafe channel.start(subsystem: String(cString: name)) ? 0 : 1
        }
        unsafe ssh_set_channel_callbacks(channel, callbacks)
    }

    @unsafe private func received(_ buffer: UnsafeRawBufferPointer) {
        receivedSinceTopUp &+= buffer.count
        guard let sink else { return }
        let bytes = unsafe buffer.assumingMemoryBound(to: UInt8.self)
        // SAFETY: the span does not outlive the callback that lends the buffer.
        sink.receive(unsafe Span<UInt8>(_unsafeElements: bytes))
    }

    private func start(subsystem: String) -> Bool {
        connection.noteAnswer()
        guard subsystem == "sftp", !isServing, !isFreed else { return false }
        sink = connection.delegate?.sftpStarted(on: self)
        isServing = sink != nil
        return isServing
    }
}
