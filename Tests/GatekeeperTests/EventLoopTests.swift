import Gatekeeper
import LinuxSystem
import Testing

@Suite("The gate's own thread")
struct EventLoopTests {
    /// An actor that lives on a loop, as the gate does.
    actor Resident {
        nonisolated let loop: EventLoop
        private(set) var events: [String] = []
        private var waiter: CheckedContinuation<Void, Never>?

        nonisolated var unownedExecutor: UnownedSerialExecutor {
            unsafe loop.asUnownedSerialExecutor()
        }

        init(loop: EventLoop) {
            self.loop = loop
        }

        func isAtHome() -> Bool { loop.isIsolatingCurrentContext() == true }

        func setTimers() async {
            await withCheckedContinuation { continuation in
                waiter = continuation
                loop.after(milliseconds: 20) {
                    self.assumeIsolated { $0.note("late", isLast: true) }
                }
                loop.after(milliseconds: 1) { self.assumeIsolated { $0.note("early") } }
                let cancelled = loop.after(milliseconds: 2) {
                    self.assumeIsolated { $0.note("cancelled") }
                }
                loop.cancel(cancelled)
            }
        }

        func awaitReadable(_ number: Int32, then body: @escaping @Sendable () -> Void) async throws
        {
            await withCheckedContinuation { continuation in
                waiter = continuation
                do {
                    try loop.watch(number) { [self] in
                        loop.forget(number)
                        assumeIsolated { $0.note("readable", isLast: true) }
                    }
                } catch {
                    note("\(error)", isLast: true)
                }
                body()
            }
        }

        private func note(_ event: String, isLast: Bool = false) {
            events.append(event)
            if isLast { waiter?.resume() }
        }
    }

    private func makeResident() throws -> Resident {
        let loop = try EventLoop()
        try loop.start()
        return Resident(loop: loop)
    }

    @Test("An actor on the loop runs on the loop's thread and nowhere else")
    func isolation() async throws {
        let resident = try makeResident()
        #expect(resident.loop.isIsolatingCurrentContext() == false)
        #expect(await resident.isAtHome())
    }

    @Test("Timers fire in the order of their times, and a cancelled one never")
    func timers() async throws {
        let resident = try makeResident()
        await resident.setTimers()
        #expect(await resident.events == ["early", "late"])
    }

    @Test("A descriptor that becomes readable calls its watcher")
    func watching() async throws {
        let resident = try makeResident()
        let wakeUp = Signal(try WakeUp())
        try await resident.awaitReadable(wakeUp.value.rawValue) { wakeUp.value.signal() }
        #expect(await resident.events == ["readable"])
    }

    private final class Signal: Sendable {
        let value: WakeUp
        init(_ value: consuming WakeUp) { self.value = value }
    }
}
