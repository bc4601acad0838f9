import LinuxSystem
import SFTPProtocol
import SFTPServer
import ServerFiles
import Testing

@Suite("What a client is told when something fails")
struct RefusalStatusTests {
    struct Vector: CustomTestStringConvertible, Sendable {
        let error: Errno
        let code: StatusCode
        let text: String
        var testDescription: String { text }
    }

    static let vectors = [
        Vector(error: .noSuchFile, code: .noSuchFile, text: "No such file or directory"),
        Vector(error: .notDirectory, code: .noSuchFile, text: "Not a directory"),
        Vector(
            error: .tooManySymbolicLinks,
            code: .noSuchFile,
            text: "Too many levels of symbolic links"
        ),
        Vector(error: .permissionDenied, code: .permissionDenied, text: "Permission denied"),
        Vector(error: .notPermitted, code: .permissionDenied, text: "Operation not permitted"),
        Vector(
            error: .readOnlyFileSystem,
            code: .permissionDenied,
            text: "Read-only file system"
        ),
        Vector(error: .fileExists, code: .failure, text: "File exists"),
        Vector(error: .directoryNotEmpty, code: .failure, text: "Directory not empty"),
        Vector(error: .isDirectory, code: .failure, text: "Is a directory"),
        Vector(error: .noSpace, code: .failure, text: "No space left on device"),
        Vector(error: .diskQuotaExceeded, code: .failure, text: "Disk quota exceeded"),
        Vector(error: .fileTooLarge, code: .failure, text: "File too large"),
        Vector(error: .invalidArgument, code: .failure, text: "Invalid argument"),
        Vector(error: .nameTooLong, code: .failure, text: "File name too long"),
        Vector(error: .crossDevice, code: .failure, text: "Invalid cross-device link"),
        Vector(error: .textFileBusy, code: .failure, text: "Text file busy"),
        Vector(error: .inputOutput, code: .failure, text: "Input/output error"),
        Vector(error: .tooManyOpenFiles, code: .failure, text: "Too many open files on this host"),
        Vector(
            error: .notImplemented,
            code: .operationUnsupported,
            text: "Function not implemented"
        ),
        Vector(
            error: .notSupported,
            code: .operationUnsupported,
            text: "Operation not supported"
        ),
    ]

    @Test(
        "An error of the kernel has the code clients expect and the kernel's reason",
        arguments: vectors
    )
    func systemErrors(vector: Vector) {
        let failure = FileFailure.system(SystemError(vector.error, in: "/a/path/of/the/host"))
        #expect(
            RefusalStatus(failure) == RefusalStatus(code: vector.code, text: vector.text)
        )
    }

    @Test(
        "Our own reasons are sentences",
        arguments: [
            (FileFailure.leavesRoot, StatusCode.permissionDenied), (.notRegularFile, .failure),
            (.danglingLink, .noSuchFile), (.rootItself, .failure),
            (.linkedDirectory, .permissionDenied), (.unsettled, .failure),
        ]
    )
    func ownFailures(failure: FileFailure, code: StatusCode) {
        let status = RefusalStatus(failure)
        #expect(status.code == code)
        #expect(status.text.count > 10)
    }
}
