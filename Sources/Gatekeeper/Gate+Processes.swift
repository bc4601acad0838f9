import LinuxSystem
import Logging
import SessionLink

extension Gate {
    /// Starts one process and tells it to prepare.
    func startProcess() throws(GateFailure) -> SessionProcess {
        let process: SessionProcess
        do throws(SystemError) {
            process = try SessionProcess.start(
                program: options.sessionProgram,
                keepsStandardError: options.sessionsKeepStandardError
            )
        } catch {
            throw .sessionProgram(path: options.sessionProgram, error)
        }
        let number = process.processID
        processes[number] = process
        do throws(SystemError) {
            // The end first: a process whose end is watched is reaped, whatever happens next.
            try loop.watch(process.processNumber) { [weak self] in
                self?.assumeIsolated { $0.processEnded(number) }
            }
            if let link = process.linkNumber {
                try loop.watch(link) { [weak self] in
                    self?.assumeIsolated { $0.linkReady(number) }
                }
            }
        } catch {
            process.stage = .ended
            process.kill()
            throw .system(error)
        }
        process.preparationNumber = preparationNumber
        if !process.send(.prepare(preparation), attachment: volumes?.number ?? -1) {
            process.kill()
        }
        return process
    }

    /// Keeps as many prepared processes waiting as the options say.
    func refill() {
        guard !isStopping, !isRefillDelayed else { return }
        let unassigned = processes.values.count { $0.id == nil && $0.stage != .ended }
        for _ in 0..<max(0, options.warmProcesses - unassigned) {
            do throws(GateFailure) {
                _ = try startProcess()
            } catch {
                logger.error("session process not started", metadata: ["error": "\(error)"])
                delayRefill()
                return
            }
        }
    }

    /// Ends a process without a client: what it was told is not what clients should get now.
    func discard(_ process: SessionProcess) {
        process.stage = .ended
        process.kill()
    }

    /// Waits a moment before more processes are started, so that a fault does not become a storm.
    func delayRefill() {
        guard !isRefillDelayed else { return }
        isRefillDelayed = true
        loop.after(milliseconds: Self.refillDelay) { [weak self] in
            self?.assumeIsolated { gate in
                gate.isRefillDelayed = false
                gate.refill()
            }
        }
    }

    private static let refillDelay: Int64 = 1000
}

extension SessionProcess {
    /// Starts the program with its end of a new link.
    fileprivate static func start(
        program: String,
        keepsStandardError: Bool
    ) throws(SystemError) -> SessionProcess {
        var far: FileDescriptor?
        let link = try PacketSocket.pair(far: &far)
        var farPage: FileDescriptor?
        let page = try SharedPage(far: &farPage)
        guard let far, let farPage else { throw SystemError(.badFileDescriptor, in: "pair") }
        let process = try ChildProcess(
            program: program,
            arguments: [],
            descriptors: [far.rawValue, farPage.rawValue],
            output: keepsStandardError ? .standardError : .none
        )
        return SessionProcess(process: process, link: link, board: SessionBoard(page))
    }
}

/// One side of the memory that a session process and the gate share.
extension SharedPage: SharedWords {}
