import ControlAPI
import Testing

@Suite("The text of a server-sent event")
struct ServerSentEventTests {
    struct Vector: CustomTestStringConvertible, Sendable {
        let event: ServerSentEvent
        let text: String

        var testDescription: String { "\(event)" }
    }

    @Test(
        "is fields in lines, and a blank line behind them",
        arguments: [
            Vector(event: .opening(position: 57, retry: 1000), text: "retry: 1000\nid: 57\n\n"),
            Vector(event: .opening(position: 0, retry: 3), text: "retry: 3\nid: 0\n\n"),
            Vector(event: .heartbeat(position: 58), text: ":\nid: 58\n\n"),
            Vector(
                event: .event(position: .max, name: "server:sftp.login", data: #"{"id":1}"#),
                text: "id: 9223372036854775807\nevent: server:sftp.login\ndata: {\"id\":1}\n\n"
            ),
            Vector(
                event: .event(position: 1, name: "e", data: ""),
                text: "id: 1\nevent: e\ndata: \n\n"
            ),
            Vector(
                event: .event(position: 1, name: "e", data: "a\nb\rc\r\nd\n"),
                text: "id: 1\nevent: e\ndata: a\ndata: b\ndata: c\ndata: d\ndata: \n\n"
            ),
            Vector(
                event: .event(position: 1, name: "e\n\r\nid: 2\r", data: "x"),
                text: "id: 1\nevent: eid: 2\ndata: x\n\n"
            ),
        ]
    )
    func text(vector: Vector) {
        #expect(vector.event.text == vector.text)
    }
}
