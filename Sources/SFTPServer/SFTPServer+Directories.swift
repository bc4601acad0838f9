import AccessControl
import LinuxSystem
import SFTPProtocol
import ServerFiles
import WireFormat

extension SFTPServer {
    /// The mode of a new directory for which the client named none (less the process's mask).
    private static var defaultDirectoryMode: UInt32 { 0o777 }

    /// SSH_FXP_OPENDIR.
    mutating func openDirectory(
        _ path: ByteString,
        _ id: UInt32,
        into output: inout WireWriter
    ) throws(Refusal) {
        let path = try virtualPath(path)
        try require(.list, on: path)
        try handles.checkRoom()
        let directory: DirectoryHandle
        do throws(FileFailure) {
            directory = DirectoryHandle(try root.openDirectory(path), path: path)
        } catch {
            throw .failed(error)
        }
        output.handle(handles.insert(.directory(directory)), to: id)
    }

    /// SSH_FXP_READDIR: as many entries as a reply of moderate length holds.
    mutating func readDirectory(
        _ handle: Handle?,
        _ id: UInt32,
        into output: inout WireWriter
    ) throws(Refusal) {
        let directory = try handles.directory(handle)
        try require(.list, on: directory.path)
        if let failure = directory.failure {
            directory.failure = nil
            throw .failed(failure)
        }
        let now = Int64(WallClock.secondsSince1970)
        let start = output.bytes.count
        let packet = output.beginReply(.name, to: id)
        let countPosition = output.bytes.count
        output.uint32(0)
        var count: UInt32 = 0
        do throws(FileFailure) {
            while output.bytes.count &- start < ProtocolLimits.listingLength,
                let entry = try directory.listing.next()
            {
                output.entry(entry, now: now)
                count &+= 1
            }
        } catch {
            // What was read before goes out first.
            guard count > 0 else { throw .failed(error) }
            directory.failure = error
        }
        guard count > 0 else { throw .endOfFile }
        output.overwriteUInt32(count, at: countPosition)
        output.endReply(packet)
    }

    /// SSH_FXP_MKDIR.
    mutating func makeDirectory(
        _ path: ByteString,
        _ attributes: Attributes,
        _ id: UInt32,
        into output: inout WireWriter
    ) throws(Refusal) {
        let path = try virtualPath(path)
        try require(.makeDirectory, on: path)
        do throws(FileFailure) {
            let mode = attributes.permissions ?? Self.defaultDirectoryMode
            let location = try root.location(of: path)
            try location.makeDirectory(mode: mode)
            remember(try location.reference().birth(), at: path)
        } catch {
            throw .failed(error)
        }
        recordDone(.makeDirectory, path)
        output.done(id)
    }

    /// SSH_FXP_RMDIR: empty directories only.
    mutating func removeDirectory(
        _ path: ByteString,
        _ id: UInt32,
        into output: inout WireWriter
    ) throws(Refusal) {
        let path = try virtualPath(path)
        try require(.removeDirectory, on: path)
        do throws(FileFailure) {
            try root.location(of: path).removeDirectory()
        } catch {
            throw .failed(error)
        }
        recordDone(.removeDirectory, path)
        output.done(id)
    }
}

extension WireWriter {
    /// One entry of a NAME reply: name, long name, attributes.
    fileprivate mutating func entry(_ entry: DirectoryListing.Entry, now: Int64) {
        string(entry.name)
        string(ListingLine(name: entry.name, metadata: entry.metadata, now: now).bytes)
        Attributes(entry.metadata).encode(into: &self)
    }
}
