import SFTPProtocol

/// The open handles of one channel, at most a fixed number of them.
///
/// A handle is a count, so that none ever comes again, and random bits, so that none can be guessed
/// and one of another session means nothing here.
struct HandleTable {
    private var handles: [Handle: OpenHandle] = [:]
    private var issued: UInt32 = 0
    /// How many may be open at a time.
    let limit: Int

    init(limit: Int) {
        self.limit = max(1, limit)
    }

    /// Refuses when as many are open as may be; asked before anything is opened.
    func checkRoom() throws(Refusal) {
        // When the count is used up, four thousand million handles have been opened.
        guard handles.count < limit, issued < UInt32.max else {
            throw .tooManyHandles(limit: limit)
        }
    }

    /// Takes `open` in; there must be room.
    mutating func insert(_ open: OpenHandle) -> Handle {
        issued &+= 1
        let handle = Handle(
            rawValue: UInt64(issued) << 32 | UInt64(UInt32.random(in: .min ... .max))
        )
        handles[handle] = open
        return handle
    }

    /// The file behind `handle`.
    func file(_ handle: Handle?) throws(Refusal) -> FileHandle {
        guard let handle, case .file(let file) = handles[handle] else { throw .invalidHandle }
        return file
    }

    /// The directory behind `handle`.
    func directory(_ handle: Handle?) throws(Refusal) -> DirectoryHandle {
        guard let handle, case .directory(let directory) = handles[handle] else {
            throw .invalidHandle
        }
        return directory
    }

    /// What is behind `handle`, of either kind.
    func open(_ handle: Handle?) throws(Refusal) -> OpenHandle {
        guard let handle, let open = handles[handle] else { throw .invalidHandle }
        return open
    }

    /// Takes `handle` out.
    mutating func remove(_ handle: Handle?) throws(Refusal) -> OpenHandle {
        guard let handle, let open = handles.removeValue(forKey: handle) else {
            throw .invalidHandle
        }
        return open
    }

    /// Takes all out, in the order in which they were opened.
    mutating func removeAll() -> [OpenHandle] {
        defer { handles = [:] }
        return handles.sorted { $0.key.rawValue < $1.key.rawValue }.map(\.value)
    }
}
