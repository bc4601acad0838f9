import LinuxSystem
import ServerFiles

/// What a handle stands for.
enum OpenHandle {
    case file(FileHandle)
    case directory(DirectoryHandle)

    /// The path under which it was opened.
    var path: VirtualPath {
        switch self {
        case .file(let file): file.path
        case .directory(let directory): directory.path
        }
    }

    /// Whether opening it made it.
    var isOwnCreation: Bool {
        switch self {
        case .file(let file): file.isOwnCreation
        case .directory: false
        }
    }

    /// Attributes of what is open, wherever it has been moved since.
    func metadata() throws(Refusal) -> FileMetadata {
        do throws(FileFailure) {
            switch self {
            case .file(let file): return try file.metadata()
            case .directory(let directory): return try directory.listing.metadata()
            }
        } catch {
            throw .failed(error)
        }
    }

    /// The file system that holds what is open.
    func fileSystem() throws(Refusal) -> FileSystemMetadata {
        do throws(FileFailure) {
            switch self {
            case .file(let file): return try file.fileSystem()
            case .directory(let directory): return try directory.listing.fileSystem()
            }
        } catch {
            throw .failed(error)
        }
    }

    /// Sets attributes of what is open.
    func apply(_ change: FileChange) throws(Refusal) {
        do throws(FileFailure) {
            switch self {
            case .file(let file): try file.apply(change)
            case .directory(let directory): try directory.listing.apply(change)
            }
        } catch {
            throw .failed(error)
        }
    }
}

/// An open directory.
final class DirectoryHandle {
    let path: VirtualPath
    var listing: DirectoryListing
    /// What ended the last reply early, to be told by the next one.
    var failure: FileFailure?

    init(_ listing: consuming DirectoryListing, path: VirtualPath) {
        self.listing = listing
        self.path = path
    }
}
