import CLinux
import Glibc

/// A page of memory that two processes see: one writes words into it, the other reads them.
///
/// Words are read and written as a whole, and become visible in the order in which they were
/// written. Nobody can change the size of the memory, so that a reader never finds less than a page
/// of it, whatever the writer does; what the words say is the writer's alone.
@safe package final class SharedPage {
    /// Whether the words are written here.
    private let isWriter: Bool
    private let words: UnsafeMutablePointer<UInt64>

    /// How many words there are.
    package static let wordCount = size / MemoryLayout<UInt64>.size

    /// The page size of every machine we know is a multiple of this.
    private static let size = 4096

    /// A page of zeros that is read here; the descriptor for its writer is stored in `far`.
    package init(far: inout FileDescriptor?) throws(SystemError) {
        let descriptor = FileDescriptor(
            owning: try valueOrErrno("memfd_create") {
                // SAFETY: the name is a literal, and the kernel copies it.
                unsafe clinux_create_memory("portcullis-session")
            }
        )
        let number = descriptor.rawValue
        _ = try valueOrErrno("ftruncate") { ftruncate(number, Self.size) }
        _ = try valueOrErrno("fcntl(F_ADD_SEALS)") { clinux_seal_memory_size(number) }
        unsafe words = try Self.map(number, PROT_READ)
        isWriter = false
        far = consume descriptor
    }

    /// The same page in the process that writes it.
    package init(writing descriptor: consuming FileDescriptor) throws(SystemError) {
        unsafe words = try Self.map(descriptor.rawValue, PROT_READ | PROT_WRITE)
        isWriter = true
    }

    deinit {
        // SAFETY: mapped in `init` with this size, and nobody else has the pointer.
        unsafe munmap(words, Self.size)
    }

    /// The word at `index`; zero beyond the page.
    package func load(_ index: Int) -> UInt64 {
        guard (0..<Self.wordCount).contains(index) else { return 0 }
        // SAFETY: the index lies in the page, which is mapped as long as this lives.
        return unsafe clinux_load_word(words + index)
    }

    /// Writes the word at `index`; nothing beyond the page, and nothing where it is only read.
    package func store(_ word: UInt64, at index: Int) {
        guard isWriter, (0..<Self.wordCount).contains(index) else { return }
        // SAFETY: the index lies in the page, which is mapped for writing as long as this lives.
        unsafe clinux_store_word(words + index, word)
    }

    private static func map(
        _ descriptor: Int32,
        _ protection: Int32
    ) throws(SystemError) -> UnsafeMutablePointer<UInt64> {
        // SAFETY: a new mapping at an address that the kernel chooses.
        let address = unsafe mmap(nil, size, protection, MAP_SHARED, descriptor, 0)
        guard let address = unsafe address, unsafe address != MAP_FAILED else {
            throw SystemError(Errno(rawValue: errno), in: "mmap")
        }
        return unsafe address.bindMemory(to: UInt64.self, capacity: wordCount)
    }
}
