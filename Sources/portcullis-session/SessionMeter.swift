import AccessControl
import LinuxSystem
import SFTPServer
import ServerFiles
import SessionLink

/// Shows the gate what all channels of the session do, while they do it.
final class SessionMeter: RequestMeter {
    private let board: SessionBoard
    private var counters = SessionCounters()
    private var pieces: UInt64 = 0
    /// The path that the board shows.
    private var path: VirtualPath?

    /// Requests answered so far.
    var requests: UInt64 { counters.requests }

    init(_ board: SessionBoard) {
        self.board = board
    }

    func began(_ operation: FileOperation, on path: VirtualPath) {
        let isNew = path != self.path
        if isNew { self.path = path }
        board.show(
            operation,
            on: isNew ? path.absolute : nil,
            at: MonotonicTime.now.milliseconds
        )
    }

    func read(_ byteCount: Int) {
        counters.contentRead &+= UInt64(byteCount)
        board.show(.contentRead, counters.contentRead)
    }

    func wrote(_ byteCount: Int) {
        counters.contentWritten &+= UInt64(byteCount)
        board.show(.contentWritten, counters.contentWritten)
    }

    func advanced() {
        pieces &+= 1
        board.show(.pieces, pieces)
    }

    func answered() {
        counters.requests &+= 1
        board.show(.requests, counters.requests)
        board.showAnswered()
        giveUp(1)
    }

    func initialized() {
        giveUp(1)
    }

    /// So many requests have arrived whole.
    func arrived(_ count: Int) {
        counters.unanswered &+= UInt64(count)
        board.show(.unanswered, counters.unanswered)
    }

    /// So many packets do not wait any more.
    func giveUp(_ count: Int) {
        counters.unanswered &-= min(UInt64(count), counters.unanswered)
        board.show(.unanswered, counters.unanswered)
    }

    /// So many bytes have gone over the wire since the connection began.
    func moved(received: UInt64, sent: UInt64) {
        if received != counters.bytesReceived {
            counters.bytesReceived = received
            board.show(.bytesReceived, received)
        }
        if sent != counters.bytesSent {
            counters.bytesSent = sent
            board.show(.bytesSent, sent)
        }
    }
}

/// One side of the memory that the gate and this process share.
extension SharedPage: SharedWords {}
