import AccessControl
import LinuxSystem
import SFTPProtocol
import ServerFiles
import WireFormat

/// Saving as editors do it: upload under another name, then put that in the file's place.
extension SFTPServer {
    /// Whether it matters what this person made: someone who may do everything needs no exception.
    private var remembersCreations: Bool {
        policy.decide(.changeAttributes) != .allowed || policy.decide(.removeFile) != .allowed
    }

    /// Remembers what was just made, as far as its file system can tell one file from the next.
    func remember(_ birth: @autoclosure () throws -> FileBirth?, at path: VirtualPath) {
        guard remembersCreations, let birth = try? birth() else { return }
        creations.add(birth, at: path)
    }

    /// Sets mode and times of something that this session made, for who may change nothing else.
    ///
    /// False where it is not of that kind, and what every change needs is needed.
    mutating func applyToOwnCreation(
        _ change: FileChange,
        _ path: VirtualPath,
        isFollowing: Bool
    ) throws(Refusal) -> Bool {
        guard policy.decide(.changeAttributes) != .allowed, change.size == nil else {
            return false
        }
        guard let reference = ownCreation(path, isFollowing: isFollowing) else { return false }
        do throws(FileFailure) {
            try reference.apply(change)
        } catch {
            throw .failed(error)
        }
        return true
    }

    private func ownCreation(_ path: VirtualPath, isFollowing: Bool) -> FileReference? {
        do throws(FileFailure) {
            let reference: FileReference
            if isFollowing {
                reference = try root.reference(to: path)
            } else {
                reference = try root.location(of: path).reference()
            }
            guard let birth = try reference.birth(), creations.contains(birth) else { return nil }
            return reference
        } catch {
            // What cannot be looked at is nothing of theirs, and they learn nothing about it.
            return nil
        }
    }

    /// Where this session's uploads of `target` are; earlier ones have long been renamed.
    private func uploads(of target: VirtualPath) -> [VirtualPath] {
        creations.uploads(of: target).filter { upload in
            (try? root.location(of: upload.path).reference().birth()) == upload.birth
        }.map(\.path)
    }

    /// Takes a REMOVE, by who may not remove, as the announcement that an upload replaces the file.
    ///
    /// Nothing happens to the file until the RENAME comes that clients send then; some set the
    /// upload's mode before. False where nothing was uploaded for it.
    mutating func announceReplacement(of target: VirtualPath) -> Bool {
        guard
            policy.decide(.removeFile) != .allowed, policy.decide(.replace) == .allowed,
            !uploads(of: target).isEmpty,
            (try? root.location(of: target).metadata().kind) == .regular
        else { return false }
        abandonReplacement()
        announcedReplacement = target
        return true
    }

    /// Whether this rename, of either kind, is the one that was announced.
    func completesReplacement(_ request: Request.PathPair) -> Bool {
        guard
            let announced = announcedReplacement,
            let source = ClientPath(request.oldPath.bytes).map({ VirtualPath($0) }),
            let target = ClientPath(request.newPath.bytes).map({ VirtualPath($0) })
        else { return false }
        return target == announced && uploads(of: target).contains(source)
    }

    /// Gives up a replacement: what was asked for was a REMOVE, and that is not allowed.
    mutating func abandonReplacement() {
        guard let target = announcedReplacement else { return }
        announcedReplacement = nil
        do throws(Refusal) {
            try require(.removeFile, on: target)
        } catch {
            // The client has long been answered; the record says what became of it.
        }
    }
}
