import LinuxSystem
import SessionLink
import WireFormat

/// The host's private keys on disk: read, or made when there are none.
struct HostKeyFiles {
    /// The directory that holds them.
    let directory: String
    /// The program that can make them; the gate itself does not speak SSH.
    let sessionProgram: String

    /// The kinds of host key, in the order of preference, as the session program names them.
    private static let kinds = ["ed25519", "rsa"]
    /// What a session process takes; an RSA key of 8192 bits as text is smaller.
    private static let sizeLimit = LinkLimits.hostKeyLength

    /// A host key as text and where it came from.
    struct Entry {
        let path: String
        let pem: ByteString
    }

    /// Every host key, made first where it is missing (mode 0600).
    func load() throws(GateFailure) -> [Entry] {
        do throws(SystemError) {
            try SmallFile.createDirectory(directory)
        } catch {
            throw .hostKeyFile(path: directory, error)
        }
        var entries: [Entry] = []
        for kind in Self.kinds {
            let path = "\(directory)/ssh_host_\(kind)_key"
            entries.append(Entry(path: path, pem: ByteString(try loadOrMake(kind, at: path))))
        }
        return entries
    }

    private func loadOrMake(_ kind: String, at path: String) throws(GateFailure) -> [UInt8] {
        var content: SmallFile.Content?
        do throws(SystemError) {
            content = try SmallFile.read(path, limit: Self.sizeLimit)
        } catch {
            guard error.code == .noSuchFile else { throw .hostKeyFile(path: path, error) }
        }
        if let content {
            guard content.mode & 0o077 == 0 else {
                throw .exposedHostKey(path: path, mode: content.mode)
            }
            return content.bytes
        }
        let pem = try make(kind)
        do throws(SystemError) {
            try SmallFile.create(path, content: pem)
        } catch {
            throw .hostKeyFile(path: path, error)
        }
        return pem
    }

    private func make(_ kind: String) throws(GateFailure) -> [UInt8] {
        let output: [UInt8]?
        do throws(SystemError) {
            output = try ChildProcess.output(
                of: sessionProgram,
                arguments: ["generate-host-key", kind],
                limit: Self.sizeLimit
            )
        } catch {
            throw .sessionProgram(path: sessionProgram, error)
        }
        guard let output, !output.isEmpty else { throw .hostKeyNotGenerated(kind: kind) }
        return output
    }
}
