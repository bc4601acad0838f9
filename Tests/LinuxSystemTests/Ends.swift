import LinuxSystem

/// A connected pair whose ends tests can pass around and capture.
final class Ends {
    let near: PacketSocket
    private var farDescriptor: FileDescriptor?

    init() throws {
        var far: FileDescriptor?
        near = try PacketSocket.pair(far: &far)
        farDescriptor = far.take()
    }

    /// The number of the end that is to be given away.
    var farNumber: Int32 { farDescriptor?.rawValue ?? -1 }

    /// Closes the far end.
    func closeFar() {
        farDescriptor = nil
    }

    /// What is read from the far end.
    func receiveFar(limit: Int) throws -> PacketSocket.Arrival {
        let socket = PacketSocket(owning: farDescriptor.take() ?? FileDescriptor(owning: -1))
        return try socket.receive(limit: limit, isWaiting: false)
    }

    /// Starts a shell that has the far end as its descriptor 3, and that of `others` after it.
    func startShell(_ script: String, with others: [Ends] = []) throws -> Child {
        guard let link = farDescriptor.take() else { throw Gone() }
        return Child(
            try ChildProcess(
                program: "/bin/sh",
                arguments: ["-c", script],
                descriptors: [link.rawValue] + others.map(\.farNumber),
                output: .none
            )
        )
    }

    struct Gone: Error {}

    /// A child that tests can pass around and capture.
    final class Child {
        let process: ChildProcess

        init(_ process: consuming ChildProcess) {
            self.process = process
        }

        /// Waits for its end, at most ten seconds.
        func end() throws -> ChildProcess.End? {
            _ = try Readiness.wait(for: (process.rawValue, .readable), milliseconds: 10_000)
            return process.reap()
        }
    }
}
