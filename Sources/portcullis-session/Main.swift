import LinuxSystem
import SSHTransport

/// The program that the gate starts for each connection.
///
/// `portcullis-session` alone speaks with the gate over descriptor 3.
/// `portcullis-session generate-host-key ed25519|rsa` prints a new private key.
@main
enum Main {
    static func main() {
        switch CommandLine.arguments.dropFirst().first {
        case nil: SessionProcess.run()
        case "generate-host-key": generateHostKey(CommandLine.arguments.dropFirst(2).first)
        default: usage()
        }
    }

    private static func generateHostKey(_ name: String?) {
        guard let name, let kind = HostKey.Kind(rawValue: name) else { return usage() }
        do throws(SSHFailure) {
            let pem = try HostKey(generating: kind).pem()
            print(String(decoding: pem, as: UTF8.self), terminator: "")
        } catch {
            print("error: \(error)")
            ProcessHardening.exitNow(1)
        }
    }

    private static func usage() {
        print(
            """
            error: portcullis-session is started by portcullis and serves one connection
            hint: portcullis-session generate-host-key ed25519|rsa prints a new host key
            """
        )
        ProcessHardening.exitNow(64)
    }
}
