import Gatekeeper
import Testing

@Suite("Which messages a session process may send, and when")
struct SessionStageTests {
    @Test("The way from preparation to the last word")
    func wholeLife() {
        var stage = SessionStage.preparing
        stage = stage.after(.ready) ?? .ended
        #expect(stage == .warm)
        // The gate moves a process to `connecting` when it hands a client over.
        stage = .connecting
        stage = stage.after(.handshake) ?? .ended
        #expect(stage == .authenticating(attempt: nil))
        stage = stage.after(.attempt(1)) ?? .ended
        #expect(stage == .authenticating(attempt: 1))
        // The gate moves it on when it grants access.
        stage = .granted
        stage = stage.after(.serving) ?? .ended
        #expect(stage == .open)
        #expect(stage.after(.activity) == .open)
        #expect(stage.after(.farewell) == .ended)
    }

    @Test("A second attempt before the answer to the first has no place")
    func oneAttemptAtATime() {
        #expect(SessionStage.authenticating(attempt: 1).after(.attempt(2)) == nil)
        #expect(SessionStage.authenticating(attempt: nil).after(.attempt(2)) != nil)
    }

    @Test("Nothing about files is believed before access was granted")
    func noActivityBeforeSignIn() {
        for stage in [
            SessionStage.preparing, .warm, .connecting, .authenticating(attempt: nil), .granted,
        ] {
            #expect(stage.after(.activity) == nil)
            #expect(stage.after(.violation) == nil)
        }
    }

    @Test("A process cannot grant itself anything")
    func noSelfService() {
        for stage in [SessionStage.warm, .connecting, .authenticating(attempt: nil)] {
            #expect(stage.after(.serving) == nil)
        }
        #expect(SessionStage.open.after(.attempt(1)) == nil)
        #expect(SessionStage.granted.after(.attempt(1)) == nil)
    }

    @Test("After the last word there is nothing")
    func nothingAfterTheEnd() {
        let events: [SessionStage.Event] = [
            .ready, .unusable, .handshake, .attempt(1), .serving, .activity, .violation,
            .farewell,
        ]
        for event in events { #expect(SessionStage.ended.after(event) == nil) }
    }
}
