import LinuxSystem
import Testing

@Suite("Child processes behind a pidfd")
struct ChildProcessTests {
    @Test("A child gets its link as descriptor 3 and nothing else")
    func descriptors() throws {
        let link = try Ends()
        let child = try link.startShell(
            """
            exec 1>&3
            for number in 0 1 2 3 4 5 6 7 8 9 10 11 12; do
                if [ -e /proc/$$/fd/$number ]; then open="$open $number"; fi
            done
            echo $open
            """
        )
        #expect(try child.end() == .exited(status: 0))
        guard case .packet(let bytes, _) = try link.near.receive(limit: 256, isWaiting: false)
        else {
            Issue.record("the child said nothing")
            return
        }
        #expect(String(decoding: bytes, as: UTF8.self) == "0 1 2 3\n")
    }

    @Test("Descriptors keep their order, whichever number each has here", arguments: [false, true])
    func order(isReversed: Bool) throws {
        let made = [try Ends(), try Ends(), try Ends()]
        let ends = isReversed ? made.reversed() : made
        let child = try ends[0].startShell(
            "echo a >&3; echo b >&4; echo c >&5",
            with: [ends[1], ends[2]]
        )
        #expect(try child.end() == .exited(status: 0))
        for (end, text) in zip(ends, ["a\n", "b\n", "c\n"]) {
            guard case .packet(let bytes, _) = try end.near.receive(limit: 16, isWaiting: false)
            else {
                Issue.record("nothing was said")
                continue
            }
            #expect(String(decoding: bytes, as: UTF8.self) == text)
        }
    }

    @Test("The exit status is told once")
    func status() throws {
        let child = try Ends().startShell("exit 7")
        #expect(try child.end() == .exited(status: 7))
        #expect(child.process.reap() == nil)
    }

    @Test("Processor time is told as long as a child lives, and grows while it works")
    func processorTime() throws {
        let child = try Ends().startShell("while :; do :; done")
        let deadline = MonotonicTime.now.advanced(by: 30_000)
        var spent: Int64 = 0
        while spent < 50, MonotonicTime.now < deadline {
            let now = child.process.processorMilliseconds() ?? -1
            #expect(now >= spent)
            spent = max(now, spent)
        }
        #expect(spent >= 50)
        child.process.kill()
        #expect(try child.end() == .killed(signal: 9))
        #expect(child.process.processorMilliseconds() == nil)
    }

    @Test("A running child is not reaped, and a kill ends it")
    func kill() throws {
        let link = try Ends()
        let child = try link.startShell("read line <&3")
        #expect(child.process.reap() == nil)
        child.process.kill()
        #expect(try child.end() == .killed(signal: 9))
    }

    @Test("Output is captured, and a failure has none")
    func output() throws {
        let text = try ChildProcess.output(of: "/bin/echo", arguments: ["hello"], limit: 100)
        #expect(text == Array("hello\n".utf8))
        let failure = try ChildProcess.output(of: "/bin/false", arguments: [], limit: 100)
        #expect(failure == nil)
        let error = #expect(throws: SystemError.self) {
            try ChildProcess.output(of: "/nonexistent/program", arguments: [], limit: 100)
        }
        #expect(error?.code == .noSuchFile)
    }

    @Test("Input is read by the child, whole and to its end", arguments: [0, 1, 65_536])
    func input(count: Int) throws {
        let input = [UInt8](repeating: 0x2A, count: count)
        let text = try ChildProcess.output(
            of: "/bin/cat",
            arguments: [],
            input: input,
            limit: 100_000
        )
        #expect(text == input)
    }

    @Test("A child that does not read its input breaks nothing, and too much is refused")
    func unreadInput() throws {
        let input = [UInt8](repeating: 0x2A, count: 65_536)
        let text = try ChildProcess.output(
            of: "/bin/echo",
            arguments: ["hello"],
            input: input,
            limit: 100
        )
        #expect(text == Array("hello\n".utf8))
        #expect(throws: SystemError.self) {
            try ChildProcess.output(of: "/bin/cat", arguments: [], input: input + [0], limit: 100)
        }
    }
}
