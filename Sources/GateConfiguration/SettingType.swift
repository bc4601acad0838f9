import AccessControl
import LinuxSystem

/// How the text of one setting becomes a value, and back.
struct SettingType<Value: Equatable & Sendable>: Sendable {
    /// What it takes, as the end of a sentence that begins with "it takes".
    let accepts: String
    /// Whether it is written as a list.
    let isList: Bool
    /// Reads a value that has the right form; nil where `accepts` says enough about the remedy.
    let parse: @Sendable (SettingValue) throws(SettingRefusal) -> Value?
    let format: @Sendable (Value) -> SettingValue

    private static func scalar(
        _ accepts: String,
        format: @escaping @Sendable (Value) -> String,
        parse: @escaping @Sendable (String) -> Value?
    ) -> SettingType {
        SettingType(
            accepts: accepts,
            isList: false,
            parse: { (value) throws(SettingRefusal) in
                guard case .text(let text) = value else { return nil }
                return parse(text)
            },
            format: { .text(format($0)) }
        )
    }
}

extension SettingType<Duration> {
    /// A time span within `range`.
    static func duration(_ range: ClosedRange<Duration>) -> SettingType {
        let bounds =
            "\(DurationText.format(range.lowerBound)) to "
            + DurationText.format(range.upperBound)
        return scalar(
            "a number with its unit (ms, s, m or h), \(bounds)",
            format: DurationText.format,
            parse: { DurationText.parse($0).flatMap { range.contains($0) ? $0 : nil } }
        )
    }
}

extension SettingType<Duration?> {
    /// A time span within `range`, or none.
    static func span(_ range: ClosedRange<Duration>) -> SettingType {
        let bounds =
            "\(DurationText.format(range.lowerBound)) to "
            + DurationText.format(range.upperBound)
        return scalar(
            "a number with its unit (ms, s, m or h), \(bounds), or off",
            format: { $0.map(DurationText.format) ?? "off" },
            parse: { text in
                let span = DurationText.parse(text)
                guard text != "off", span != .zero else { return .some(nil) }
                guard let span, range.contains(span) else { return nil }
                return .some(span)
            }
        )
    }
}

extension SettingType<Int> {
    /// A whole number of `unit` within `range`.
    static func count(_ unit: String, _ range: ClosedRange<Int>) -> SettingType {
        scalar(
            "a whole number of \(unit), \(range.lowerBound) to \(range.upperBound)",
            format: String.init,
            parse: { Int($0).flatMap { range.contains($0) ? $0 : nil } }
        )
    }
}

extension SettingType<Bool> {
    /// Yes or no.
    static let flag = scalar("true or false", format: String.init, parse: Bool.init)
}

extension SettingType<UInt32> {
    /// Permission bits in octal.
    static let mode = scalar(
        "an octal number in quotes, \"0000\" to \"0777\"",
        format: { bits in
            let digits = String(bits, radix: 8)
            return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        },
        parse: { UInt32($0, radix: 8).flatMap { $0 <= 0o777 ? $0 : nil } }
    )
}

extension SettingType<String> {
    /// The absolute path of a file or directory.
    static let path = scalar("an absolute path", format: { $0 }, parse: absolutePath)

    /// The absolute path of a Unix socket, at most what `sockaddr_un` holds (unix(7)).
    static let socketPath = scalar(
        "an absolute path of at most 107 bytes",
        format: { $0 },
        parse: { text in absolutePath(text).flatMap { $0.utf8.count <= 107 ? $0 : nil } }
    )

    /// A group of the host, or nothing.
    static let group = scalar(
        "the name of a group, or \"\" for the gate's own group",
        format: { $0 },
        parse: { text in
            text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") } ? text : nil
        }
    )

    /// The software version of the SSH version line (RFC 4253 section 4.2).
    ///
    /// Clients work around bugs of the OpenSSH release that such a name claims to be, so that
    /// claim is refused.
    static let softwareName = scalar(
        "up to 64 printable ASCII characters without blanks and minus signs, not OpenSSH_",
        format: { $0 },
        parse: { text in
            let isFit = text.utf8.allSatisfy {
                $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "-")
            }
            let isLength = (1...64).contains(text.utf8.count)
            return isFit && isLength && !text.hasPrefix("OpenSSH_") ? text : nil
        }
    )

    /// A name that authenticators show; a colon would end it in what they read.
    static let issuer = scalar(
        "up to 64 characters without a colon",
        format: { $0 },
        parse: { text in
            let isFit = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0 != ":" }
            return isFit && (1...64).contains(text.count) ? text : nil
        }
    )

    fileprivate static func absolutePath(_ text: String) -> String? {
        text.hasPrefix("/") && !text.utf8.contains(0) ? text : nil
    }
}

extension SettingType where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of a few words.
    static func choice() -> SettingType {
        scalar(
            "one of " + Value.allCases.map(\.rawValue).joined(separator: ", "),
            format: \.rawValue,
            parse: Value.init(rawValue:)
        )
    }
}

extension SettingType<[String]> {
    /// Names of SSH algorithms, or none for those of the profile.
    static func algorithms(_ catalogue: AlgorithmCatalogue) -> SettingType {
        let accepts = "a list of names out of " + catalogue.names.joined(separator: ", ")
        return SettingType(
            accepts: accepts,
            isList: true,
            parse: { (value) throws(SettingRefusal) in
                guard case .list(let names) = value else { return nil }
                for name in names where !catalogue.names.contains(name) {
                    let guess = Spelling.nearest(to: name, among: catalogue.names)
                    throw SettingRefusal(
                        fault: "names the unknown or unsafe algorithm \(Spelling.quoted(name))",
                        remedy: guess.map { "Did you mean \($0)?" } ?? "It takes \(accepts)."
                    )
                }
                guard Set(names).count == names.count else {
                    throw SettingRefusal(
                        fault: "names an algorithm twice",
                        remedy: "Name each algorithm once, the preferred one first."
                    )
                }
                return names
            },
            format: { .list($0) }
        )
    }
}

extension SettingType<[String]> {
    /// Absolute paths, or none.
    static let paths = SettingType(
        accepts: "a list of up to 16 absolute paths of at most 255 bytes, without . and ..",
        isList: true,
        parse: { (value) throws(SettingRefusal) in
            guard case .list(let paths) = value, paths.count <= 16 else { return nil }
            for path in paths {
                let names = path.split(separator: "/")
                guard SettingType<String>.absolutePath(path) != nil, path.utf8.count <= 255,
                    !names.contains(where: { $0 == "." || $0 == ".." })
                else {
                    throw SettingRefusal(
                        fault: "contains \(Spelling.quoted(path)), which is no such path",
                        remedy: "Write absolute paths without . and .., such as /home/container."
                    )
                }
            }
            return paths
        },
        format: { .list($0) }
    )
}

extension SettingType<[PermissionCatalogue.Addition]> {
    /// Permissions of a panel, each with what it allows.
    static let permissions = SettingType(
        accepts: "a list of permissions, each as GROUP.ACTION and what it allows",
        isList: true,
        parse: { (value) throws(SettingRefusal) in
            guard case .list(let items) = value, items.count <= 200 else { return nil }
            var additions: [PermissionCatalogue.Addition] = []
            for item in items {
                guard let addition = PermissionCatalogue.Addition(item) else {
                    throw SettingRefusal(
                        fault: "contains \(Spelling.quoted(item)), which names no permission",
                        remedy: "Write a name such as plugin.install, a blank, and what it allows."
                    )
                }
                additions.append(addition)
            }
            return additions
        },
        format: { .list($0.map { "\($0.permission) \($0.summary)" }) }
    )
}

extension SettingType<[SocketAddress]> {
    /// Addresses with a port.
    static let addresses = SettingType(
        accepts: "a list of ADDRESS:PORT, for instance 0.0.0.0:2022 or [::]:2022",
        isList: true,
        parse: { (value) throws(SettingRefusal) in
            guard case .list(let items) = value, !items.isEmpty else { return nil }
            var addresses: [SocketAddress] = []
            for item in items {
                guard let address = address(item) else {
                    throw SettingRefusal(
                        fault: "contains \(Spelling.quoted(item)), which is no address and port",
                        remedy: "Write a numeric address and a port: 0.0.0.0:2022 or [::]:2022."
                    )
                }
                guard !addresses.contains(address) else {
                    throw SettingRefusal(
                        fault: "contains \(Spelling.quoted(item)) twice",
                        remedy: "Name each address once."
                    )
                }
                addresses.append(address)
            }
            return addresses
        },
        format: { .list($0.map(\.description)) }
    )

    private static func address(_ text: String) -> SocketAddress? {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(digits)
        else { return nil }
        let host = text[..<colon]
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]") && host.count > 2
        // A bare IPv6 address would leave it open where the address ends and the port begins.
        guard isBracketed == host.contains(":") else { return nil }
        return SocketAddress(
            host: String(isBracketed ? host.dropFirst().dropLast() : host),
            port: port
        )
    }
}
