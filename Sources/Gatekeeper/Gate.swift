package import LinuxSystem
package import Logging
import SessionLink
package import SubuserStore

/// The gate: it accepts clients, decides sign-ins, knows every session and ends them for certain.
///
/// Its executor is the event loop's own thread. Whatever happens between two `await`s happens
/// without anything else in between; sign-in and revocation rest on that.
package actor Gate {
    nonisolated let loop: EventLoop
    nonisolated let store: any AccessStore
    nonisolated let passwords: PasswordWorkers
    nonisolated let activity: ActivityLog
    nonisolated let logger: Logger

    private(set) var options: GateOptions
    /// What each session process is told, the host keys included.
    var preparation: SessionPreparation
    /// The directory beneath which every server's directory lies.
    var volumes: VolumesDirectory?
    var listeners: [ListeningSocket] = []
    /// Every process, by its process id.
    var processes: [Int32: SessionProcess] = [:]
    /// The processes that have a client.
    var sessions: [SessionID: SessionProcess] = [:]
    /// Prepared processes without a client, the next one last.
    var warm: [SessionProcess] = []
    var registry = SessionRegistry()
    var front: FrontGate
    var refusals = RefusalFold()
    var renewed = RenewedHashes()
    /// Connections whose proxy has not said yet for whom they are, by their descriptors' numbers.
    var waiting: [Int32: WaitingConnection] = [:]
    /// Whoever waits for the first process to be prepared.
    private var startWaiter: CheckedContinuation<GateFailure?, Never>?
    var hostKeyPaths: [String] = []
    /// Revocations that may have to be answered before every process is gone.
    var endings: [UInt64: EndingGroup] = [:]
    var lastEnding: UInt64 = 0
    var isStopping = false
    /// Whether the pace of the sessions is being noted.
    var isKeepingPace = false
    /// How often `preparation` has changed while processes were being prepared.
    private(set) var preparationNumber = 0
    /// What sessions were told before the last reconfiguration, until the new proves usable.
    private var earlierPreparation: SessionPreparation?
    var isRefillDelayed = false

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        // SAFETY: the loop lives as long as the gate, which holds it.
        unsafe loop.asUnownedSerialExecutor()
    }

    /// Sets the gate up; `open` opens it.
    package init(
        options: GateOptions,
        store: any AccessStore,
        passwords: PasswordWorkers,
        activity: ActivityLog,
        logger: Logger
    ) throws(GateFailure) {
        self.options = options
        self.store = store
        self.passwords = passwords
        self.activity = activity
        self.logger = logger
        preparation = options.preparation
        front = FrontGate(options.admission)
        do throws(SystemError) {
            loop = try EventLoop()
            try loop.start()
        } catch {
            throw .system(error)
        }
    }

    /// Loads the host keys, proves that sessions can be served, and begins to accept clients.
    ///
    /// Answers the addresses it listens on.
    package func open() async throws(GateFailure) -> [SocketAddress] {
        volumes = try VolumesDirectory(path: options.volumes)
        use(try hostKeyFiles.load())
        // Bound before the first process is proved, so that a port in use is told at once.
        let sockets = try options.listen.map { address throws(GateFailure) in
            try ListeningSocket(address)
        }
        _ = try startProcess()
        loop.after(milliseconds: Self.startPatience) { [weak self] in
            self?.assumeIsolated {
                $0.finishStart(.sessionUnusable(reason: "no answer from the first process"))
            }
        }
        let failure = await withCheckedContinuation { startWaiter = $0 }
        if let failure { throw failure }
        listeners = sockets
        for socket in sockets { try beginAccepting(on: socket) }
        refill()
        return sockets.map { $0.listener.address }
    }

    /// Stops accepting, says goodbye to every session and answers when all are gone.
    package func close() async {
        isStopping = true
        stopAccepting()
        forgetWaiting()
        for process in warm { process.kill() }
        let outcome = await end(
            registry.all.map(\.id),
            reason: "This host's SFTP service is stopping",
            graceMilliseconds: options.shutdownGrace
        )
        logger.info(
            "gate closed",
            metadata: [
                "sessions": "\(outcome.found)", "killed": "\(outcome.endedByKill)",
                "milliseconds": "\(outcome.milliseconds)",
            ]
        )
    }

    /// Takes over what can be changed while sessions are open; they keep what they were told.
    ///
    /// Addresses, directories and the session program stay as they were until the next start; host
    /// keys are read again.
    package func reconfigure(_ newOptions: GateOptions) {
        options.warmProcesses = newOptions.warmProcesses
        options.goodbyeGrace = newOptions.goodbyeGrace
        options.shutdownGrace = newOptions.shutdownGrace
        options.spinLimit = newOptions.spinLimit
        options.admission = newOptions.admission
        front.reconfigure(newOptions.admission)
        options.recordsReads = newOptions.recordsReads
        demand(newOptions.signIn)
        options.renewsHashes = newOptions.renewsHashes
        let earlier = preparation
        options.preparation = newOptions.preparation
        preparation = newOptions.preparation
        preparation.hostKeys = earlier.hostKeys
        rereadHostKeys()
        guard preparation != earlier else { return refill() }
        earlierPreparation = earlier
        preparationNumber += 1
        // Those that wait were prepared with what was true before; those that are being prepared
        // are looked at when they are ready.
        for process in warm { discard(process) }
        warm.removeAll()
        refill()
    }

    /// Takes over what everybody must prove, and ends the sessions of those who have not.
    private func demand(_ rules: SignInRules) {
        guard rules != options.signIn else { return }
        options.signIn = rules
        Task(name: "review sessions") { _ = await heal(known: false) }
    }

    /// Goes back to what worked, when what came after it lets no process serve.
    func fallBack() {
        guard let earlierPreparation else { return }
        self.earlierPreparation = nil
        preparation = earlierPreparation
        preparationNumber += 1
        logger.error("the new ssh and confinement settings are unusable; the earlier ones stay")
    }

    /// Answers once the gate's thread has run something: proof for a watchdog that it is alive.
    package func respond() {}

    /// Milliseconds that the first process may take to say that it is prepared.
    private static let startPatience: Int64 = 30_000

    /// Answers whoever waits for the first process; afterwards there is nobody to answer.
    func finishStart(_ failure: GateFailure?) {
        startWaiter?.resume(returning: failure)
        startWaiter = nil
    }

    /// What every log line about a connection carries.
    func metadata(of process: SessionProcess) -> Logger.Metadata {
        var metadata: Logger.Metadata = ["pid": "\(process.processID)"]
        guard let id = process.id else { return metadata }
        metadata["session"] = "\(id)"
        if let summary = registry[id] {
            metadata["peer"] = "\(summary.peer)"
        }
        if let identity = process.identity {
            metadata["user"] = "\(identity.userName)"
            metadata["server"] = "\(identity.serverShortID)"
        }
        return metadata
    }
}
