import Glibc
import LinuxSystem
import Testing

@Suite("Memory that two processes share")
struct SharedPageTests {
    /// Both sides in one process.
    private final class Sides {
        let reader: SharedPage
        private var far: FileDescriptor?

        init() throws {
            var far: FileDescriptor?
            reader = try SharedPage(far: &far)
            self.far = far.take()
        }

        /// A copy of the descriptor that the writer gets.
        func descriptor() throws -> FileDescriptor {
            guard let copy = try far?.duplicate() else {
                throw SystemError(.badFileDescriptor, in: "")
            }
            return copy
        }
    }

    @Test("What the writer stores is what the reader loads")
    func words() throws {
        let sides = try Sides()
        let writer = try SharedPage(writing: sides.descriptor())
        for index in 0..<SharedPage.wordCount {
            #expect(sides.reader.load(index) == 0)
            writer.store(UInt64.max - UInt64(index), at: index)
            #expect(sides.reader.load(index) == UInt64.max - UInt64(index))
        }
    }

    @Test("Beyond the page there is nothing", arguments: [-1, SharedPage.wordCount, .max, .min])
    func bounds(index: Int) throws {
        let sides = try Sides()
        let writer = try SharedPage(writing: sides.descriptor())
        writer.store(1, at: index)
        #expect(writer.load(index) == 0)
        #expect(sides.reader.load(index) == 0)
    }

    @Test("The reader's side cannot be written")
    func readOnly() throws {
        let sides = try Sides()
        sides.reader.store(1, at: 0)
        #expect(sides.reader.load(0) == 0)
    }

    @Test("The writer cannot take the memory away under its reader")
    func size() throws {
        let sides = try Sides()
        let descriptor = try sides.descriptor()
        #expect(ftruncate(descriptor.rawValue, 0) == -1)
        #expect(errno == EPERM)
        #expect(ftruncate(descriptor.rawValue, 1 << 20) == -1)
        #expect(sides.reader.load(SharedPage.wordCount - 1) == 0)
    }
}
