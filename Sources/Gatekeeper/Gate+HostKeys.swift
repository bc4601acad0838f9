import Logging
import SessionLink

/// The keys by which clients know this host.
extension Gate {
    var hostKeyFiles: HostKeyFiles {
        HostKeyFiles(
            directory: options.hostKeysDirectory,
            sessionProgram: options.sessionProgram
        )
    }

    /// Gives `keys` to every session process that is prepared from now on.
    func use(_ keys: [HostKeyFiles.Entry]) {
        preparation.hostKeys = keys.map(\.pem)
        hostKeyPaths = keys.map(\.path)
    }

    /// Takes over what is on disk now; where that does not work, the keys in use stay.
    func rereadHostKeys() {
        do throws(GateFailure) {
            use(try hostKeyFiles.read())
        } catch {
            logger.error(
                "host keys not taken over",
                metadata: ["error": "\(error)", "remedy": "\(error.remedy)"]
            )
        }
    }
}
