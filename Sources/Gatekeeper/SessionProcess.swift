import Admission
import LinuxSystem
import SessionLink
import SubuserStore
import WireFormat

/// One session process as the gate holds it: its link, its pidfd, how far it has come.
///
/// Belongs to the gate's actor and is only touched there.
final class SessionProcess {
    private let process: ChildProcess
    /// Nil once nothing that it says counts any more.
    private var link: PacketSocket?
    /// What it shows of itself; still there when it has ended.
    let board: SessionBoard
    /// How fast it has moved content lately.
    private(set) var pace = TransferPace()
    /// Whether it gets anywhere.
    private var spinWatch = SpinWatch()
    /// How far it has come; decides which messages it may send.
    var stage = SessionStage.preparing
    /// How often what processes are told had changed when it was told.
    var preparationNumber = 0
    /// Its connection, once it has one.
    var id: SessionID?
    /// Where its client comes from, once it has one.
    var address: IPAddress?
    /// What ends it when nobody has signed in for too long.
    var signInTimer: EventLoop.TimerID?
    /// A client that waits until the process is prepared.
    private var waitingClient: FileDescriptor?
    /// The person it serves, once signed in.
    var identity: SessionIdentity?
    /// What it was granted, once signed in.
    var granted: GrantedAccess?
    /// The user name that the first attempt gave; there is no other on one connection.
    var claimedName: ByteString?
    /// What its client has proven so far.
    var proofs = SignInProofs()
    /// What became of the code that was used; nil where none was.
    var usedCode: UsedCode?
    /// How many sign-in attempts it has passed on.
    var attempts = 0
    /// The check of a password that it waits for, or waited for last.
    var passwordCheck: Task<Void, Never>?
    /// Whether the key exchange is done.
    var hasHandshake = false
    /// Whether one of its attempts counts against its client already.
    var hasGuessed = false
    /// How many denials of it were recorded.
    var denials = 0
    /// What it has moved.
    var transfers = TransferTally()
    /// Whether it broke the link's rules: nothing it says counts any more.
    var isDistrusted = false
    /// What it said when it ended.
    var farewell: Farewell?
    /// Why the gate ended it, when the gate did.
    var dismissal: Dismissal?
    /// Whoever waits for the kernel to report it gone.
    var endings: [EndingGroup] = []

    /// The session's own last word.
    struct Farewell {
        let end: SessionEnd
        let detail: String
    }

    /// The gate's decision to end it.
    struct Dismissal {
        let reason: String
        /// What was wrong with the process; nil where nothing was.
        var fault: Fault?
        /// The job that ends it; nil where it is a change, or the gate's own doing.
        var job: RevocationJobID?
        var isKilled = false
        /// Since when somebody knows that the kernel has not ended it yet.
        var pendingSince: MonotonicTime?

        /// Whether the reason is for its client.
        var isTold: Bool { fault == nil }
    }

    /// Why a process is not left to itself.
    enum Fault {
        /// It broke the link's rules.
        case misbehaving
        /// It worked and got nowhere.
        case spinning
    }

    init(process: consuming ChildProcess, link: consuming PacketSocket, board: SessionBoard) {
        self.process = process
        self.board = board
        self.link = consume link
    }

    /// The user name for logs.
    var claimedNameText: String? { claimedName?.unescapedText }
    var processID: Int32 { process.processID }
    /// The numbers to watch: the link for messages, the pidfd for the end.
    var linkNumber: Int32? { link?.rawValue }
    var processNumber: Int32 { process.rawValue }

    /// Sends a message without waiting; false when the process does not take it.
    func send(_ message: GateMessage, attachment: Int32 = -1) -> Bool {
        do throws(SystemError) {
            guard link != nil else { return false }
            try link?.send(message.encoded, attachment: attachment, isWaiting: false)
            return true
        } catch {
            return false
        }
    }

    /// What the process said, if anything.
    func receive() throws(SystemError) -> PacketSocket.Arrival {
        guard let arrival = try link?.receive(limit: LinkLimits.messageLength, isWaiting: false)
        else { return .nothing }
        return arrival
    }

    /// Closes the gate's end of the link: whatever it still says reaches nobody.
    func closeLink() {
        link = nil
    }

    /// Keeps a client until the process is ready for it.
    func hold(_ client: consuming FileDescriptor) {
        waitingClient = consume client
    }

    /// Gives the held client to the process; its socket is then closed here.
    func handOver(peer: String) -> Bool {
        guard let id, let number = waitingClient?.rawValue else { return false }
        let isSent = send(.serve(id, peer: peer), attachment: number)
        waitingClient = nil
        return isSent
    }

    /// Drops a client that could not be served.
    func dropClient() {
        waitingClient = nil
    }

    /// Notes how much it has moved by now.
    func notePace() {
        pace.note(board.counters, at: .now)
    }

    /// Milliseconds of processor time that it has used since it last got anywhere; nil when it has
    /// ended.
    func fruitlessMilliseconds() -> Int64? {
        guard let time = process.processorMilliseconds() else { return nil }
        return spinWatch.look(at: board.progress, processorTime: time)
    }

    /// Ends the process for certain.
    func kill() {
        process.kill()
    }

    /// How it ended; nil while it runs.
    func reap() -> ChildProcess.End? {
        process.reap()
    }
}

/// Who signed in, where, and how.
struct SessionIdentity {
    let userID: UserID
    let userName: UserName
    let serverID: ServerID
    let serverShortID: ShortID
    /// What they proved.
    let proofs: SignInProofs
}
