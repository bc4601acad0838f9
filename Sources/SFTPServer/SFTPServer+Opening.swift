import AccessControl
import LinuxSystem
import SFTPProtocol
import ServerFiles
import WireFormat

extension SFTPServer {
    /// How often opening starts over when the file comes and goes meanwhile.
    private static var openingAttempts: Int { 8 }
    /// The mode of a new file for which the client named none (less the process's mask).
    private static var defaultFileMode: UInt32 { 0o666 }

    /// SSH_FXP_OPEN.
    mutating func open(
        _ request: Request.Open,
        _ id: UInt32,
        into output: inout WireWriter
    ) throws(Refusal) {
        let path = try virtualPath(request.path)
        let intent = OpenIntent(request.flags)
        try handles.checkRoom()
        let mode = request.attributes.permissions ?? Self.defaultFileMode
        let file =
            intent.creates
            ? try openOrCreate(path, intent, mode: mode) : try openExisting(path, intent)
        output.handle(handles.insert(.file(file)), to: id)
    }

    /// SSH_FXP_CLOSE.
    mutating func close(
        _ handle: Handle?,
        _ id: UInt32,
        into output: inout WireWriter
    ) throws(Refusal) {
        switch try handles.remove(handle) {
        case .directory: break
        case .file(let file):
            recordTransfers(of: file)
            if file.access.contains(.writing) { try file.flush() }
        }
        output.done(id)
    }

    /// Opens what exists.
    ///
    /// A handle for both reading and writing needs only the right to write here: reading on it is
    /// decided when it is tried, so that a person who may not read can still change a file with a
    /// client that always opens for both.
    private mutating func openExisting(
        _ path: VirtualPath,
        _ intent: OpenIntent
    ) throws(Refusal) -> FileHandle {
        try require(intent.operationOnExisting, on: path)
        do throws(FileFailure) {
            let file = try root.openFile(path, intent.access)
            if intent.truncates { try file.resize(to: 0) }
            return FileHandle(
                file,
                path: path,
                access: intent.access,
                isOwnCreation: false,
                isTruncated: intent.truncates
            )
        } catch {
            throw .failed(error)
        }
    }

    /// Opens what exists, or else makes it: which of the two decides what right it takes.
    private mutating func openOrCreate(
        _ path: VirtualPath,
        _ intent: OpenIntent,
        mode: UInt32
    ) throws(Refusal) -> FileHandle {
        if intent.isExclusive { return try create(path, intent, mode: mode) }
        // Who may do neither must not learn from the answer whether the file exists.
        if policy.decide(intent.operationOnExisting) != .allowed {
            try require(.createFile, on: path)
        }
        for _ in 0..<Self.openingAttempts {
            let exists = try exists(path)
            do throws(Refusal) {
                return exists
                    ? try openExisting(path, intent) : try create(path, intent, mode: mode)
            } catch {
                // Gone since it was seen, or there since it was missed.
                guard error.isFailure(exists ? .noSuchFile : .fileExists) else { throw error }
            }
        }
        throw .failed(isLink(path) ? .danglingLink : .unsettled)
    }

    private mutating func create(
        _ path: VirtualPath,
        _ intent: OpenIntent,
        mode: UInt32
    ) throws(Refusal) -> FileHandle {
        try require(.createFile, on: path)
        let handle: FileHandle
        do throws(FileFailure) {
            let file = try root.location(of: path).createFile(intent.access, mode: mode)
            remember(try file.birth(), at: path)
            handle = FileHandle(
                file,
                path: path,
                access: intent.access,
                isOwnCreation: true,
                isTruncated: false
            )
        } catch {
            throw .failed(error)
        }
        recordDone(.createFile, path)
        return handle
    }

    private func exists(_ path: VirtualPath) throws(Refusal) -> Bool {
        do throws(FileFailure) {
            _ = try root.reference(to: path)
            return true
        } catch {
            guard case .system(let cause) = error, cause.code == .noSuchFile else {
                throw .failed(error)
            }
            return false
        }
    }

    private func isLink(_ path: VirtualPath) -> Bool {
        (try? root.location(of: path).metadata().kind) == .symbolicLink
    }
}

extension Refusal {
    /// Whether a system call failed with `code`.
    fileprivate func isFailure(_ code: Errno) -> Bool {
        guard case .failed(.system(let error)) = self else { return false }
        return error.code == code
    }
}
