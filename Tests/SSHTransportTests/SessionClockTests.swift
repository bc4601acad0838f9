import LinuxSystem
import SSHTransport
import Testing

@Suite("How long somebody may stay who has signed in")
struct SessionClockTests {
    private static let start = MonotonicTime(milliseconds: 5000)

    /// A clock, and what is seen when it is looked at; times count from the sign-in.
    private final class Scene {
        private var clock: SessionClock
        var sight = SessionClock.Sight(
            received: 0,
            requests: 0,
            isServing: true,
            isAtWork: false,
            isListening: true
        )

        init(
            unused: Int64? = nil,
            idle: Int64? = nil,
            total: Int64? = nil,
            keepalive: Int64? = nil,
            silence: Int64? = nil
        ) {
            clock = SessionClock(
                limits: SessionClock.Limits(
                    unused: unused,
                    idle: idle,
                    total: total,
                    keepalive: keepalive,
                    silence: silence
                ),
                start: SessionClockTests.start
            )
        }

        func look(_ milliseconds: Int64) -> SessionClock.Step? {
            clock.look(sight, at: SessionClockTests.start.advanced(by: milliseconds))
        }

        func patience(_ milliseconds: Int64) -> Int64? {
            clock.patience(at: SessionClockTests.start.advanced(by: milliseconds))
        }
    }

    @Test("Without a limit nobody is ended, and nothing is waited for")
    func unlimited() {
        let scene = Scene()
        scene.sight.isServing = false
        #expect(scene.look(1_000_000_000_000) == nil)
        #expect(scene.patience(1_000_000_000_000) == nil)
    }

    @Test("A connection without a channel ends at its last millisecond")
    func unused() {
        let scene = Scene(unused: 1000)
        scene.sight.isServing = false
        #expect(scene.look(999) == nil)
        #expect(scene.patience(999) == 1)
        #expect(scene.look(1000) == .end(.unused))
        #expect(scene.patience(2000) == 0)
    }

    @Test("A channel stops that clock, and it starts anew when the last is closed")
    func unusedAgain() {
        let scene = Scene(unused: 1000)
        #expect(scene.look(500) == nil)
        #expect(scene.patience(500) == nil)
        #expect(scene.look(90_000) == nil)
        scene.sight.isServing = false
        #expect(scene.look(90_000) == nil)
        #expect(scene.patience(90_000) == 1000)
        #expect(scene.look(90_999) == nil)
        #expect(scene.look(91_000) == .end(.unused))
    }

    @Test("A request counts from the moment at which it was answered")
    func idle() {
        let scene = Scene(idle: 1000)
        #expect(scene.look(999) == nil)
        scene.sight.requests = 1
        #expect(scene.look(999) == nil)
        #expect(scene.patience(1000) == 999)
        #expect(scene.look(1998) == nil)
        #expect(scene.look(1999) == .end(.idle))
    }

    @Test("Whatever else the client sends is no request")
    func idleWithKeepalives() {
        let scene = Scene(idle: 1000)
        for number in 1...9 {
            scene.sight.received = UInt64(number)
            #expect(scene.look(Int64(number) * 100) == nil)
        }
        scene.sight.received = 10
        #expect(scene.look(1000) == .end(.idle))
    }

    @Test("A request that takes long is no idling, nor is a reply that is taken slowly")
    func atWork() {
        let scene = Scene(idle: 1000)
        scene.sight.isAtWork = true
        for second in 1...100 { #expect(scene.look(Int64(second) * 10_000) == nil) }
        scene.sight.isAtWork = false
        #expect(scene.look(1_000_999) == nil)
        #expect(scene.look(1_001_000) == .end(.idle))
    }

    @Test("The longest time holds for whoever is at work too")
    func total() {
        let scene = Scene(total: 1000)
        scene.sight.isAtWork = true
        scene.sight.requests = 7
        #expect(scene.look(999) == nil)
        #expect(scene.patience(400) == 600)
        scene.sight.requests = 8
        #expect(scene.look(1000) == .end(.total))
    }

    @Test("Silence is asked about once, and ends the connection if nothing comes")
    func silence() {
        let scene = Scene(keepalive: 1000, silence: 4000)
        #expect(scene.look(999) == nil)
        #expect(scene.patience(999) == 1)
        #expect(scene.look(1000) == .probe)
        #expect(scene.patience(1000) == 3000)
        #expect(scene.look(2000) == nil)
        #expect(scene.look(3999) == nil)
        #expect(scene.look(4000) == .end(.silent))
    }

    @Test("An answer starts everything anew, again and again")
    func answers() {
        let scene = Scene(keepalive: 1000, silence: 4000)
        for round in 0..<10 {
            let heard = Int64(round) * 3000
            #expect(scene.look(heard + 999) == nil)
            #expect(scene.look(heard + 1000) == .probe)
            #expect(scene.look(heard + 2999) == nil)
            scene.sight.received += 1
            #expect(scene.look(heard + 3000) == nil)
        }
        #expect(scene.look(31_000) == .probe)
        #expect(scene.look(34_000) == .end(.silent))
    }

    @Test("What cannot be read yet is no silence")
    func notListening() {
        let scene = Scene(keepalive: 1000, silence: 4000)
        scene.sight.isListening = false
        #expect(scene.look(100_000) == nil)
        scene.sight.isListening = true
        #expect(scene.look(100_999) == nil)
        #expect(scene.look(101_000) == .probe)
        #expect(scene.look(104_000) == .end(.silent))
    }

    @Test("The nearest of all times is the one that is waited for")
    func patience() {
        let scene = Scene(unused: 9000, idle: 5000, total: 7000, keepalive: 6000, silence: 8000)
        scene.sight.isServing = false
        #expect(scene.look(0) == nil)
        #expect(scene.patience(0) == 5000)
        scene.sight.requests = 1
        #expect(scene.look(4000) == nil)
        #expect(scene.patience(4000) == 2000)
        #expect(scene.look(6000) == .probe)
        #expect(scene.patience(6000) == 1000)
    }
}
