import LinuxSystem
import SessionLink
import SubuserStore
import WireFormat

/// The host's private keys on disk: read, or made when there are none.
package struct HostKeyFiles: Sendable {
    /// The directory that holds them.
    private let directory: String
    /// The program that can make them; the gate itself does not speak SSH.
    private let sessionProgram: String

    /// The types of host key, as their files are named.
    private enum Kind: String, CaseIterable {
        case ed25519
        case rsa
        /// For clients that know the host by such a key; none is ever made.
        case ecdsa

        var isMade: Bool {
            switch self {
            case .ed25519, .rsa: true
            case .ecdsa: false
            }
        }
    }

    /// What a session process takes; an RSA key of 8192 bits as text is smaller.
    private static let sizeLimit = LinkLimits.hostKeyLength
    /// A public key's line is shorter than the private key.
    private static let lineLimit = LinkLimits.hostKeyLength

    /// A host key as text and where it came from.
    struct Entry {
        let path: String
        let pem: ByteString
    }

    package init(directory: String, sessionProgram: String) {
        self.directory = directory
        self.sessionProgram = sessionProgram
    }

    /// Every host key, made first where it is missing (mode 0600).
    func load() throws(GateFailure) -> [Entry] {
        do throws(SystemError) {
            try SmallFile.createDirectory(directory)
        } catch {
            throw .hostKeyFile(path: directory, error)
        }
        for kind in Kind.allCases where kind.isMade {
            let path = path(of: kind)
            guard try content(of: path) == nil else { continue }
            let pem = try make(kind)
            do throws(SystemError) {
                try SmallFile.create(path, content: pem)
            } catch {
                throw .hostKeyFile(path: path, error)
            }
        }
        return try read()
    }

    /// The host keys as they are now; nothing is made, and one that should be there must be.
    func read() throws(GateFailure) -> [Entry] {
        var entries: [Entry] = []
        for kind in Kind.allCases {
            let path = path(of: kind)
            if let pem = try content(of: path) {
                entries.append(Entry(path: path, pem: ByteString(pem)))
            } else if kind.isMade {
                throw .hostKeyFile(path: path, SystemError(.noSuchFile, in: "open"))
            }
        }
        return entries
    }

    /// What is public about every key that lies there, those in use before those to come.
    package func records() throws(GateFailure) -> [HostKeyRecord] {
        var records: [HostKeyRecord] = []
        for role in HostKeyRecord.Role.allCases {
            for kind in Kind.allCases {
                let path = path(of: kind) + role.suffix
                guard let pem = try content(of: path) else { continue }
                let key = try publicKey(of: pem, path: path)
                records.append(HostKeyRecord(path: path, role: role, key: key))
            }
        }
        return records
    }

    private func path(of kind: Kind) -> String { "\(directory)/ssh_host_\(kind.rawValue)_key" }

    /// The content of a key's file that nobody else may read; nil where there is none.
    private func content(of path: String) throws(GateFailure) -> [UInt8]? {
        let content: SmallFile.Content
        do throws(SystemError) {
            content = try SmallFile.read(path, limit: Self.sizeLimit)
        } catch {
            guard error.code == .noSuchFile else { throw .hostKeyFile(path: path, error) }
            return nil
        }
        guard content.mode & 0o077 == 0 else {
            throw .exposedHostKey(path: path, mode: content.mode)
        }
        return content.bytes
    }

    private func make(_ kind: Kind) throws(GateFailure) -> [UInt8] {
        let output = try run(["generate-host-key", kind.rawValue], limit: Self.sizeLimit)
        guard let output, !output.isEmpty else {
            throw .hostKeyNotGenerated(kind: kind.rawValue)
        }
        return output
    }

    private func publicKey(of pem: [UInt8], path: String) throws(GateFailure) -> PublicKey {
        let output = try run(["show-host-key"], input: pem, limit: Self.lineLimit)
        guard let output else { throw .unreadableHostKey(path: path) }
        do throws(InvalidValue) {
            return try PublicKey(String(decoding: output, as: UTF8.self))
        } catch {
            throw .unreadableHostKey(path: path)
        }
    }

    private func run(
        _ arguments: [String],
        input: [UInt8] = [],
        limit: Int
    ) throws(GateFailure) -> [UInt8]? {
        do throws(SystemError) {
            return try ChildProcess.output(
                of: sessionProgram,
                arguments: arguments,
                input: input,
                limit: limit
            )
        } catch {
            throw .sessionProgram(path: sessionProgram, error)
        }
    }
}
