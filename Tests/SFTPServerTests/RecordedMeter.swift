import AccessControl
import SFTPServer
import ServerFiles

/// Remembers what a server tells its meter.
final class RecordedMeter: RequestMeter {
    private(set) var begun: [(operation: FileOperation, path: String)] = []
    private(set) var contentRead = 0
    private(set) var contentWritten = 0
    private(set) var pieces = 0
    private(set) var answers = 0

    func began(_ operation: FileOperation, on path: VirtualPath) {
        begun.append((operation, String(decoding: path.absolute, as: UTF8.self)))
    }

    func read(_ byteCount: Int) { contentRead += byteCount }

    func wrote(_ byteCount: Int) { contentWritten += byteCount }

    func advanced() { pieces += 1 }

    func answered() { answers += 1 }

    func initialized() {}
}
