import LinuxSystem
import SSHTransport
import SessionLink
import SystemCallFilter

/// The program that the gate starts for each connection.
///
/// `portcullis-session` alone speaks with the gate over descriptor 3. With a command it says or makes
/// what only libssh can, and needs no gate.
@main
enum Main {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        do throws(SSHFailure) {
            switch arguments.first {
            case nil: SessionProcess.run()
            case "generate-host-key": try generateHostKey(arguments.dropFirst().first)
            case "show-host-key": try showHostKey()
            case "list-algorithms": try listAlgorithms(arguments.dropFirst())
            case "system-call-filter": writeSystemCallFilter()
            default: usage()
            }
        } catch {
            StandardError.write(Array("error: \(error)\n".utf8))
            ProcessHardening.exitNow(1)
        }
    }

    /// Prints a new private key.
    private static func generateHostKey(_ name: String?) throws(SSHFailure) {
        guard let name, let kind = HostKey.Kind(rawValue: name) else { return usage() }
        let pem = try HostKey(generating: kind).pem()
        print(String(decoding: pem, as: UTF8.self), terminator: "")
    }

    /// Reads a private key from standard input and prints its public half.
    private static func showHostKey() throws(SSHFailure) {
        var pem: [UInt8] = []
        do throws(SystemError) {
            let input = try InputFile.standardInput()
            while pem.count <= LinkLimits.hostKeyLength,
                let chunk = try input.read(limit: LinkLimits.hostKeyLength)
            {
                pem += chunk
            }
        } catch {
            throw .system(error)
        }
        print(try HostKey(pem: pem, position: 0).publicLine())
    }

    /// Prints which of the algorithms that the arguments name, each as `KIND=NAME,NAME`, this libssh
    /// has.
    private static func listAlgorithms(_ arguments: ArraySlice<String>) throws(SSHFailure) {
        var lines = ["libssh=\(InstalledLibrary.version)"]
        for argument in arguments {
            let parts = argument.split(separator: "=", maxSplits: 1).map { String($0) }
            guard parts.count == 2, let purpose = InstalledLibrary.Purpose(rawValue: parts[0])
            else {
                return usage()
            }
            let names = parts[1].split(separator: ",").map { String($0) }
            let known = try InstalledLibrary.known(names, for: purpose)
            lines.append("\(purpose.rawValue)=\(known.joined(separator: ","))")
        }
        print(lines.joined(separator: "\n"))
    }

    /// Writes the filter that a session puts on itself, for whoever wants to read it with a BPF
    /// disassembler or to try it on another process.
    private static func writeSystemCallFilter() {
        do throws(SystemCallFilterFailure) {
            try SystemCallFilter.write(to: 1, in: ProcessHardening.processID)
        } catch {
            StandardError.write(Array("error: \(error)\n".utf8))
            ProcessHardening.exitNow(1)
        }
    }

    private static func usage() {
        let kinds = InstalledLibrary.Purpose.allCases.map(\.rawValue).joined(separator: "|")
        let text = """
            error: portcullis-session is started by portcullis and serves one connection
            hint: portcullis-session generate-host-key ed25519|rsa prints a new host key
            hint: portcullis-session show-host-key prints the public half of the key that it reads
            hint: portcullis-session list-algorithms \(kinds)=NAME,NAME ... prints those it has
            hint: portcullis-session system-call-filter writes the filter of its system calls

            """
        StandardError.write(Array(text.utf8))
        ProcessHardening.exitNow(64)
    }
}
