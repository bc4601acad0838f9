import SFTPProtocol
import Testing
import WireFormat

/// A packet without its length prefix, field by field, and what it means.
struct RequestVector: CustomTestStringConvertible, Sendable {
    let name: String
    let bytes: [UInt8]
    let request: Request

    var testDescription: String { name }

    private static let id: [UInt8] = [0x00, 0x00, 0x01, 0x02]
    private static let handleBytes: [UInt8] = [
        0x00, 0x00, 0x00, 0x08,
        0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08,
    ]
    private static let handle = Handle(rawValue: 0x0102_0304_0506_0708)
    private static let path: [UInt8] = [0x00, 0x00, 0x00, 0x02, 0x2F, 0x61]
    private static let otherPath: [UInt8] = [0x00, 0x00, 0x00, 0x01, 0x62]
    private static let mode: [UInt8] = [
        0x00, 0x00, 0x00, 0x04,  // permissions follow
        0x00, 0x00, 0x01, 0xA4,
    ]
    private static let allAttributes: [UInt8] = [
        0x80, 0x00, 0x00, 0x0F,  // everything follows
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00,  // size
        0x00, 0x00, 0x03, 0xE8, 0x00, 0x00, 0x03, 0xE9,  // user, group
        0x00, 0x00, 0x01, 0xA4,  // permissions
        0x00, 0x00, 0x00, 0x05, 0x00, 0x00, 0x00, 0x06,  // access, modification
        0x00, 0x00, 0x00, 0x01,  // one extended attribute
        0x00, 0x00, 0x00, 0x01, 0x74, 0x00, 0x00, 0x00, 0x01, 0x64,
    ]

    private static func text(_ text: String) -> [UInt8] {
        [0, 0, 0, UInt8(text.utf8.count)] + Array(text.utf8)
    }

    static let all: [RequestVector] = [
        RequestVector(
            name: "OPEN",
            bytes: [3] + id + path + [0x00, 0x00, 0x00, 0x1A] + mode,
            request: .open(
                Request.Open(
                    path: "/a",
                    flags: [.write, .create, .truncate],
                    attributes: Attributes(permissions: 0o644)
                )
            )
        ),
        RequestVector(name: "CLOSE", bytes: [4] + id + handleBytes, request: .close(handle)),
        RequestVector(
            name: "CLOSE of a handle that is none of ours",
            bytes: [4] + id + [0x00, 0x00, 0x00, 0x02, 0x61, 0x62],
            request: .close(nil)
        ),
        RequestVector(
            name: "READ",
            bytes: [5] + id + handleBytes
                + [0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00]
                + [0x00, 0x00, 0x80, 0x00],
            request: .read(
                Request.Read(handle: handle, offset: 0x1_0000_0000, length: 32_768)
            )
        ),
        RequestVector(
            name: "WRITE",
            bytes: [6] + id + handleBytes
                + [0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x09]
                + [0x00, 0x00, 0x00, 0x03, 0x78, 0x79, 0x7A],
            request: .write(Request.Write(handle: handle, offset: 9, data: 29..<32))
        ),
        RequestVector(name: "LSTAT", bytes: [7] + id + path, request: .linkStatus(path: "/a")),
        RequestVector(name: "FSTAT", bytes: [8] + id + handleBytes, request: .fileStatus(handle)),
        RequestVector(
            name: "SETSTAT",
            bytes: [9] + id + path + allAttributes,
            request: .setStatus(
                path: "/a",
                Attributes(
                    size: 256,
                    owner: Attributes.Owner(user: 1000, group: 1001),
                    permissions: 0o644,
                    times: Attributes.Times(access: 5, modification: 6)
                )
            )
        ),
        RequestVector(
            name: "FSETSTAT",
            bytes: [10] + id + handleBytes + mode,
            request: .setFileStatus(handle, Attributes(permissions: 0o644))
        ),
        RequestVector(
            name: "OPENDIR",
            bytes: [11] + id + path,
            request: .openDirectory(path: "/a")
        ),
        RequestVector(
            name: "READDIR",
            bytes: [12] + id + handleBytes,
            request: .readDirectory(handle)
        ),
        RequestVector(name: "REMOVE", bytes: [13] + id + path, request: .remove(path: "/a")),
        RequestVector(
            name: "MKDIR",
            bytes: [14] + id + path + [0x00, 0x00, 0x00, 0x00],
            request: .makeDirectory(path: "/a", Attributes())
        ),
        RequestVector(
            name: "RMDIR",
            bytes: [15] + id + path,
            request: .removeDirectory(path: "/a")
        ),
        RequestVector(name: "REALPATH", bytes: [16] + id + path, request: .realPath(path: "/a")),
        RequestVector(name: "STAT", bytes: [17] + id + path, request: .stat(path: "/a")),
        RequestVector(
            name: "RENAME",
            bytes: [18] + id + path + otherPath,
            request: .rename(Request.PathPair(oldPath: "/a", newPath: "b"))
        ),
        RequestVector(name: "READLINK", bytes: [19] + id + path, request: .readLink(path: "/a")),
        RequestVector(
            name: "SYMLINK",
            bytes: [20] + id + path + otherPath,
            request: .symbolicLink(Request.SymbolicLink(firstPath: "/a", secondPath: "b"))
        ),
        RequestVector(
            name: "posix-rename",
            bytes: [200] + id + text("posix-rename@openssh.com") + path + otherPath,
            request: .posixRename(Request.PathPair(oldPath: "/a", newPath: "b"))
        ),
        RequestVector(
            name: "statvfs",
            bytes: [200] + id + text("statvfs@openssh.com") + path,
            request: .fileSystemStatus(path: "/a")
        ),
        RequestVector(
            name: "fsync",
            bytes: [200] + id + text("fsync@openssh.com") + handleBytes,
            request: .synchronize(handle)
        ),
        RequestVector(
            name: "limits",
            bytes: [200] + id + text("limits@openssh.com"),
            request: .limits
        ),
        RequestVector(
            name: "fstatvfs",
            bytes: [200] + id + text("fstatvfs@openssh.com") + handleBytes,
            request: .handleFileSystemStatus(handle)
        ),
        RequestVector(
            name: "hardlink",
            bytes: [200] + id + text("hardlink@openssh.com") + path + otherPath,
            request: .hardLink(Request.PathPair(oldPath: "/a", newPath: "b"))
        ),
        RequestVector(
            name: "lsetstat",
            bytes: [200] + id + text("lsetstat@openssh.com") + path + mode,
            request: .setLinkStatus(path: "/a", Attributes(permissions: 0o644))
        ),
        RequestVector(
            name: "expand-path",
            bytes: [200] + id + text("expand-path@openssh.com") + path,
            request: .expandPath(path: "/a")
        ),
        RequestVector(
            name: "copy-data",
            bytes: [200] + id + text("copy-data") + handleBytes
                + [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2]
                + [0, 0, 0, 0] + [0, 0, 0, 0, 0, 0, 0, 3],
            request: .copyData(
                Request.CopyData(
                    source: handle,
                    sourceOffset: 1,
                    length: 2,
                    target: nil,
                    targetOffset: 3
                )
            )
        ),
        RequestVector(
            name: "home-directory",
            bytes: [200] + id + text("home-directory") + text("somebody"),
            request: .homeDirectory(userName: "somebody")
        ),
        RequestVector(
            name: "users-groups-by-id",
            bytes: [200] + id + text("users-groups-by-id@openssh.com")
                + [0, 0, 0, 8, 0, 0, 0, 1, 0, 0, 0, 2] + [0, 0, 0, 4, 0, 0, 0, 3],
            request: .usersAndGroups(userCount: 2, groupCount: 1)
        ),
        RequestVector(
            name: "check-file-name",
            bytes: [200] + id + text("check-file-name") + path + text("crc32,sha256,md5") + digest,
            request: checkFile(.path("/a"), [.sha256, .md5], namesReply: false)
        ),
        RequestVector(
            name: "check-file-handle",
            bytes: [200] + id + text("check-file-handle") + handleBytes + text("sha1") + digest,
            request: checkFile(.handle(handle), [.sha1], namesReply: false)
        ),
        RequestVector(
            name: "check-file, as paramiko sends it",
            bytes: [200] + id + text("check-file") + handleBytes + text("") + digest,
            request: checkFile(.handle(handle), [], namesReply: true)
        ),
    ]

    private static let digest: [UInt8] = [
        0, 0, 0, 0, 0, 0, 0, 1,  // offset
        0, 0, 0, 0, 0, 0, 0, 2,  // length
        0, 0, 1, 0,  // block length
    ]

    private static func checkFile(
        _ subject: Request.CheckFile.Subject,
        _ algorithms: [DigestAlgorithm],
        namesReply: Bool
    ) -> Request {
        .checkFile(
            Request.CheckFile(
                subject: subject,
                algorithms: algorithms,
                offset: 1,
                length: 2,
                blockLength: 256,
                namesReply: namesReply
            )
        )
    }
}
