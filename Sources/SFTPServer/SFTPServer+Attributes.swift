import AccessControl
import LinuxSystem
import SFTPProtocol
import ServerFiles
import WireFormat

extension SFTPServer {
    /// SSH_FXP_STAT: follows a symbolic link.
    mutating func stat(
        _ path: ByteString,
        _ id: UInt32,
        into output: inout WireWriter
    ) throws(Refusal) {
        let path = try virtualPath(path)
        try require(.readAttributes, on: path)
        do throws(FileFailure) {
            output.attributes(Attributes(try root.reference(to: path).metadata()), to: id)
        } catch {
            throw .failed(error)
        }
    }

    /// SSH_FXP_LSTAT: a symbolic link itself.
    mutating func linkStatus(
        _ path: ByteString,
        _ id: UInt32,
        into output: inout WireWriter
    ) throws(Refusal) {
        let path = try virtualPath(path)
        try require(.readAttributes, on: path)
        do throws(FileFailure) {
            output.attributes(Attributes(try root.location(of: path).metadata()), to: id)
        } catch {
            throw .failed(error)
        }
    }

    /// SSH_FXP_FSTAT, on a handle of either kind.
    mutating func fileStatus(
        _ handle: Handle?,
        _ id: UInt32,
        into output: inout WireWriter
    ) throws(Refusal) {
        let open = try handles.open(handle)
        try require(.readAttributes, on: open.path)
        output.attributes(Attributes(try open.metadata()), to: id)
    }

    /// SSH_FXP_SETSTAT, which follows a symbolic link, and lsetstat@openssh.com, which does not.
    mutating func setStatus(
        _ path: ByteString,
        _ attributes: Attributes,
        isFollowing: Bool,
        _ id: UInt32,
        into output: inout WireWriter
    ) throws(Refusal) {
        let path = try virtualPath(path)
        let change = FileChange(attributes)
        if try applyToOwnCreation(change, path, isFollowing: isFollowing) {
            recordChange(change, of: path)
            return output.done(id)
        }
        try require(.changeAttributes, on: path)
        do throws(FileFailure) {
            if isFollowing {
                try root.apply(change, to: path)
            } else {
                try root.location(of: path).apply(change)
            }
        } catch {
            // Everything asked for is tried, so the content may be gone although the rest failed.
            if isFollowing, change.size != nil { recordChange(change, of: path) }
            throw .failed(error)
        }
        recordChange(change, of: path)
        output.done(id)
    }

    /// SSH_FXP_FSETSTAT, through the descriptor and never by path.
    mutating func setFileStatus(
        _ handle: Handle?,
        _ attributes: Attributes,
        _ id: UInt32,
        into output: inout WireWriter
    ) throws(Refusal) {
        let open = try handles.open(handle)
        try require(.changeAttributes, on: open.path, onOwnCreation: open.isOwnCreation)
        let change = FileChange(attributes)
        do throws(Refusal) {
            try open.apply(change)
        } catch {
            if change.size != nil { recordChange(change, of: open.path) }
            throw error
        }
        recordChange(change, of: open.path)
        output.done(id)
    }

    /// statvfs@openssh.com.
    mutating func fileSystemStatus(
        _ path: ByteString,
        _ id: UInt32,
        into output: inout WireWriter
    ) throws(Refusal) {
        let path = try virtualPath(path)
        try require(.fileSystemStatus, on: path)
        do throws(FileFailure) {
            let metadata = try root.reference(to: path).fileSystem()
            output.fileSystemStatus(FileSystemStatus(metadata), to: id)
        } catch {
            throw .failed(error)
        }
    }

    /// fstatvfs@openssh.com.
    mutating func handleFileSystemStatus(
        _ handle: Handle?,
        _ id: UInt32,
        into output: inout WireWriter
    ) throws(Refusal) {
        let open = try handles.open(handle)
        try require(.fileSystemStatus, on: open.path)
        output.fileSystemStatus(FileSystemStatus(try open.fileSystem()), to: id)
    }

    /// Times are set after nearly every upload; only what matters to a file's use is kept.
    private mutating func recordChange(_ change: FileChange, of path: VirtualPath) {
        guard change.size != nil || change.mode != nil else { return }
        recordDone(.changeAttributes, path)
    }
}
