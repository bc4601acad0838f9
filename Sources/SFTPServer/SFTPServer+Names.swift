import AccessControl
import LinuxSystem
import SFTPProtocol
import ServerFiles
import WireFormat

extension SFTPServer {
    /// SSH_FXP_REALPATH: from text alone, so that it works for what does not exist yet.
    mutating func realPath(
        _ path: ByteString,
        _ id: UInt32,
        into output: inout WireWriter
    ) throws(Refusal) {
        output.name(ByteString(try virtualPath(path).absolute), to: id)
    }

    /// expand-path@openssh.com: everybody's home directory is the root.
    mutating func expandPath(
        _ path: ByteString,
        _ id: UInt32,
        into output: inout WireWriter
    ) throws(Refusal) {
        let isHome = path.bytes.first == UInt8(ascii: "~")
        let rest = isHome ? Array(path.bytes.drop { $0 != UInt8(ascii: "/") }) : path.bytes
        output.name(ByteString(try virtualPath(ByteString(rest)).absolute), to: id)
    }

    /// SSH_FXP_REMOVE: anything but a directory, a symbolic link itself.
    mutating func remove(
        _ path: ByteString,
        _ id: UInt32,
        into output: inout WireWriter
    ) throws(Refusal) {
        let path = try virtualPath(path)
        if announceReplacement(of: path) { return output.done(id) }
        try require(.removeFile, on: path)
        do throws(FileFailure) {
            try root.location(of: path).removeFile()
        } catch {
            throw .failed(error)
        }
        recordDone(.removeFile, path)
        output.done(id)
    }

    /// SSH_FXP_RENAME: never over something that exists, unless its replacement was announced.
    mutating func rename(
        _ request: Request.PathPair,
        _ id: UInt32,
        into output: inout WireWriter
    ) throws(Refusal) {
        if completesReplacement(request) { return try replace(request, id, into: &output) }
        let (old, new) = (try virtualPath(request.oldPath), try virtualPath(request.newPath))
        let second = ByteString(new.absolute)
        try require(.rename, on: old, and: second)
        do throws(FileFailure) {
            try root.location(of: old).rename(to: try root.location(of: new))
        } catch {
            throw .failed(error)
        }
        recordDone(.rename, old, second)
        output.done(id)
    }

    /// posix-rename@openssh.com: over something that exists, too.
    mutating func replace(
        _ request: Request.PathPair,
        _ id: UInt32,
        into output: inout WireWriter
    ) throws(Refusal) {
        if completesReplacement(request) { announcedReplacement = nil }
        let (old, new) = (try virtualPath(request.oldPath), try virtualPath(request.newPath))
        let second = ByteString(new.absolute)
        try require(.replace, on: old, and: second)
        do throws(FileFailure) {
            try root.location(of: old).replace(try root.location(of: new))
        } catch {
            throw .failed(error)
        }
        recordDone(.replace, old, second)
        output.done(id)
    }

    /// SSH_FXP_READLINK: the text only where it stays inside the root.
    mutating func readLink(
        _ path: ByteString,
        _ id: UInt32,
        into output: inout WireWriter
    ) throws(Refusal) {
        let path = try virtualPath(path)
        try require(.readLink, on: path)
        let text: [UInt8]
        do throws(FileFailure) {
            text = try root.location(of: path).readSymbolicLink()
        } catch {
            throw .failed(error)
        }
        guard let text = LinkTarget.inside(text, at: path, rules: root.rules) else {
            throw .linkLeavesRoot
        }
        output.name(ByteString(text), to: id)
    }

    /// SSH_FXP_SYMLINK: only to what stays inside the root.
    mutating func makeSymbolicLink(
        _ request: Request.SymbolicLink,
        _ id: UInt32,
        into output: inout WireWriter
    ) throws(Refusal) {
        let paths = linkOrder.paths(of: request)
        let path = try virtualPath(paths.link)
        try require(.makeSymbolicLink, on: path, and: paths.target)
        guard !paths.target.isEmpty else {
            throw .failed(.system(SystemError(.noSuchFile, in: "symlinkat")))
        }
        guard let target = LinkTarget(try clientPath(paths.target), at: path) else {
            throw .linkLeavesRoot
        }
        do throws(FileFailure) {
            try root.makeSymbolicLink(at: path, to: target)
        } catch {
            throw .failed(error)
        }
        recordDone(.makeSymbolicLink, path, paths.target)
        output.done(id)
    }

    /// hardlink@openssh.com: files only.
    mutating func makeHardLink(
        _ request: Request.PathPair,
        _ id: UInt32,
        into output: inout WireWriter
    ) throws(Refusal) {
        let (old, new) = (try virtualPath(request.oldPath), try virtualPath(request.newPath))
        let second = ByteString(old.absolute)
        try require(.makeHardLink, on: new, and: second)
        do throws(FileFailure) {
            try root.location(of: old).makeHardLink(at: try root.location(of: new))
        } catch {
            throw .failed(error)
        }
        recordDone(.makeHardLink, new, second)
        output.done(id)
    }
}
