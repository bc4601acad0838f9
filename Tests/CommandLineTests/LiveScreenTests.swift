import Testing

@testable import portcullis

@Suite struct `a table that is shown anew` {
    @Test func `it is written over what was there`() {
        #expect(
            LiveScreen.text(["a", "b"], height: 24) == "\u{1B}[Ha\u{1B}[K\nb\u{1B}[K\n\u{1B}[J"
        )
    }

    @Test func `it says how much of it has no room`() {
        let text = LiveScreen.text((1...10).map(String.init), height: 5)
        #expect(text == "\u{1B}[H1\u{1B}[K\n2\u{1B}[K\n3\u{1B}[K\n… 7 more\u{1B}[K\n\u{1B}[J")
    }

    @Test func `what just fits is shown whole`() {
        #expect(!LiveScreen.text(["1", "2", "3"], height: 4).contains("more"))
    }

    @Test func `a terminal without room shows how much there is`() {
        #expect(LiveScreen.text(["1", "2"], height: 0) == "\u{1B}[H… 2 more\u{1B}[K\n\u{1B}[J")
    }
}
