import AccessControl
import LinuxSystem
import SFTPProtocol
import ServerFiles
import WireFormat

extension SFTPServer {
    /// copy-data: reading takes its right, writing its own, as through READ and WRITE.
    mutating func copyData(_ request: Request.CopyData, _ id: UInt32) throws(Refusal) {
        let source = try handles.file(request.source)
        let target = try handles.file(request.target)
        try require(.readContent, on: source.path)
        try require(.writeContent, on: target.path, onOwnCreation: target.isOwnCreation)
        guard source.access.contains(.reading) else { throw .notOpenForReading }
        guard target.access.contains(.writing) else { throw .notOpenForWriting }
        // A copy up to the end would chase the end that it moves.
        guard try metadata(of: source).identity != metadata(of: target).identity else {
            throw .sameFile
        }
        undertake(ContentCopy(request, from: source, to: target), id)
    }

    /// check-file-name and check-file-handle.
    mutating func checkFile(_ request: Request.CheckFile, _ id: UInt32) throws(Refusal) {
        let file: FileHandle
        switch request.subject {
        case .path(let path): file = try openForDigest(path)
        case .handle(let handle):
            file = try handles.file(handle)
            try require(.digestContent, on: file.path)
            guard file.access.contains(.reading) else { throw .notOpenForReading }
        }
        undertake(try ContentCheck(request, of: file, size: try metadata(of: file).size), id)
    }

    private func metadata(of file: FileHandle) throws(Refusal) -> FileMetadata {
        do throws(FileFailure) {
            return try file.metadata()
        } catch {
            throw .failed(error)
        }
    }

    private mutating func openForDigest(_ path: ByteString) throws(Refusal) -> FileHandle {
        let path = try virtualPath(path)
        try require(.digestContent, on: path)
        do throws(FileFailure) {
            return FileHandle(
                try root.openFile(path, .reading),
                path: path,
                access: .reading,
                isOwnCreation: false,
                isTruncated: false
            )
        } catch {
            throw .failed(error)
        }
    }
}
