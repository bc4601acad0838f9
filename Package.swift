// swift-tools-version: 6.2

import PackageDescription

/// What every Swift target is compiled with: Swift 6, no unmarked unsafe code, no warnings.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("ImmutableWeakCaptures"),
]

/// For the codecs: a reader may borrow the bytes it reads instead of copying them.
let borrowing: [SwiftSetting] = strict + [.enableExperimentalFeature("Lifetimes")]

let package = Package(
    name: "portcullis",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "portcullis", targets: ["portcullis"]),
        .executable(name: "portcullis-session", targets: ["portcullis-session"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(
            url: "https://github.com/apple/swift-configuration",
            from: "1.4.0",
            traits: ["YAML"]
        ),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.30.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // C libraries, each imported by exactly one Swift target.
        .systemLibrary(name: "CLibSSH", pkgConfig: "libssh", providers: [.apt(["libssh-dev"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CCrypt", pkgConfig: "libcrypt", providers: [.apt(["libcrypt-dev"])]),
        .systemLibrary(
            name: "CSeccomp",
            pkgConfig: "libseccomp",
            providers: [.apt(["libseccomp-dev"])]
        ),
        .systemLibrary(
            name: "CQREncode",
            pkgConfig: "libqrencode",
            providers: [.apt(["libqrencode-dev"])]
        ),
        .target(name: "CLinux"),

        // Both sides of the boundary.
        .target(name: "LinuxSystem", dependencies: ["CLinux"], swiftSettings: borrowing),
        .target(name: "WireFormat", swiftSettings: borrowing),
        .target(name: "AccessControl", dependencies: ["WireFormat"], swiftSettings: strict),
        .target(
            name: "SessionLink",
            dependencies: ["AccessControl", "WireFormat"],
            swiftSettings: borrowing
        ),

        // The session's side: one SSH connection, one server's files.
        .target(name: "SFTPProtocol", dependencies: ["WireFormat"], swiftSettings: borrowing),
        .target(name: "ServerFiles", dependencies: ["LinuxSystem"], swiftSettings: borrowing),
        .target(name: "ContentHashing", dependencies: ["CCrypto"], swiftSettings: strict),
        .target(
            name: "SFTPServer",
            dependencies: [
                "AccessControl", "ContentHashing", "LinuxSystem", "SFTPProtocol", "ServerFiles",
                "WireFormat",
            ],
            swiftSettings: borrowing
        ),
        .target(
            name: "SSHTransport",
            dependencies: ["CLibSSH", "LinuxSystem"],
            swiftSettings: borrowing
        ),
        .target(name: "SystemCallFilter", dependencies: ["CSeccomp"], swiftSettings: strict),
        .executableTarget(
            name: "portcullis-session",
            dependencies: [
                "AccessControl", "LinuxSystem", "SFTPProtocol", "SFTPServer", "SSHTransport",
                "ServerFiles", "SessionLink", "SystemCallFilter", "WireFormat",
            ],
            swiftSettings: borrowing
        ),

        // The gate's side: decisions, records, commands.
        .target(name: "Admission", swiftSettings: strict),
        .target(name: "PasswordHashing", dependencies: ["CCrypt"], swiftSettings: strict),
        .target(
            name: "SignInSecrets",
            dependencies: [
                "WireFormat",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "SubuserStore",
            dependencies: [
                "AccessControl", "Admission", "LinuxSystem", "SignInSecrets", "WireFormat",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "Gatekeeper",
            dependencies: [
                "AccessControl", "Admission", "LinuxSystem", "PasswordHashing", "SessionLink",
                "SignInSecrets", "SubuserStore", "WireFormat",
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: borrowing
        ),
        .target(
            name: "GateConfiguration",
            dependencies: [
                "AccessControl", "Admission", "LinuxSystem",
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "ControlAPI",
            dependencies: [
                "AccessControl", "Admission", "Gatekeeper", "LinuxSystem", "PasswordHashing",
                "SessionLink", "SignInSecrets", "SubuserStore", "WireFormat",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict
        ),
        .target(name: "QRCode", dependencies: ["CQREncode"], swiftSettings: strict),
        .executableTarget(
            name: "portcullis",
            dependencies: [
                "AccessControl", "Admission", "ControlAPI", "GateConfiguration", "Gatekeeper",
                "LinuxSystem",
                "PasswordHashing", "QRCode", "SessionLink", "SubuserStore", "WireFormat",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict
        ),

        // Tests.
        .testTarget(
            name: "LinuxSystemTests",
            dependencies: ["GateTestSupport", "LinuxSystem"],
            swiftSettings: borrowing
        ),
        .testTarget(
            name: "SessionLinkTests",
            dependencies: ["AccessControl", "SessionLink", "WireFormat"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SSHTransportTests",
            dependencies: ["LinuxSystem", "SSHTransport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "GatekeeperTests",
            dependencies: [
                "AccessControl", "Admission", "GateTestSupport", "Gatekeeper", "LinuxSystem",
                "PasswordHashing", "SessionLink", "SubuserStore", "WireFormat",
            ],
            swiftSettings: strict
        ),
        .target(
            name: "GateTestSupport",
            dependencies: [
                "AccessControl", "Admission", "Gatekeeper", "PasswordHashing", "SessionLink",
                "SubuserStore",
                "WireFormat",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/GateTestSupport",
            swiftSettings: strict
        ),
        .testTarget(name: "QRCodeTests", dependencies: ["QRCode"], swiftSettings: strict),
        .testTarget(
            name: "SignInSecretsTests",
            dependencies: ["SignInSecrets"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "PasswordHashingTests",
            dependencies: ["PasswordHashing"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "AdministrationTests",
            dependencies: [
                "AccessControl", "Admission", "GateTestSupport", "Gatekeeper", "SessionLink",
                "SignInSecrets",
                "SubuserStore",
                "WireFormat",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ControlAPITests",
            dependencies: [
                "Admission", "ControlAPI", "GateTestSupport", "Gatekeeper", "LinuxSystem",
                "SessionLink", "SignInSecrets", "SubuserStore",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SubuserStoreTests",
            dependencies: [
                "AccessControl", "Admission", "GateTestSupport", "SignInSecrets", "SubuserStore",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "FileTestSupport",
            path: "Tests/FileTestSupport",
            swiftSettings: strict
        ),
        .testTarget(
            name: "WireFormatTests",
            dependencies: ["WireFormat"],
            swiftSettings: borrowing
        ),
        .testTarget(
            name: "AdmissionTests",
            dependencies: ["Admission"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "AccessControlTests",
            dependencies: ["AccessControl"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SFTPProtocolTests",
            dependencies: ["SFTPProtocol", "WireFormat"],
            swiftSettings: borrowing
        ),
        .testTarget(
            name: "ServerFilesTests",
            dependencies: ["FileTestSupport", "LinuxSystem", "ServerFiles"],
            swiftSettings: borrowing
        ),
        .testTarget(
            name: "SFTPServerTests",
            dependencies: [
                "AccessControl", "FileTestSupport", "LinuxSystem", "SFTPProtocol", "SFTPServer",
                "ServerFiles", "WireFormat",
            ],
            swiftSettings: borrowing
        ),
        .testTarget(
            name: "GateConfigurationTests",
            dependencies: ["GateConfiguration", "LinuxSystem"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "CommandLineTests",
            dependencies: [
                "GateConfiguration", "portcullis",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),
    ]
)
