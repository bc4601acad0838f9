import AccessControl
import Foundation
import Gatekeeper
import NIOCore
import SubuserStore

/// A snapshot as the lines of a document, in portions that are made when they are asked for.
///
/// Their order and form are always the same: two documents of the same content are the same bytes.
struct SnapshotLines: AsyncSequence, Sendable {
    /// The type of a document's content.
    static let contentType = "application/jsonl; charset=utf-8"

    /// Bytes handed over at once, about.
    private static let portion = 256 << 10

    let snapshot: Snapshot

    /// Writes one portion after the other.
    struct AsyncIterator: AsyncIteratorProtocol {
        private var lines: AnyIterator<[String: JSONValue]>
        private let encoder = JSONEncoder()

        fileprivate init(_ lines: AnyIterator<[String: JSONValue]>) {
            self.lines = lines
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        }

        mutating func next() async throws -> ByteBuffer? {
            var buffer = ByteBuffer()
            while buffer.readableBytes < SnapshotLines.portion, let line = lines.next() {
                buffer.writeBytes(try encoder.encode(JSONValue.object(line)))
                buffer.writeInteger(UInt8(ascii: "\n"))
            }
            return buffer.readableBytes > 0 ? buffer : nil
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(AnyIterator(lines.makeIterator()))
    }

    /// Every line in its order.
    private var lines: some Sequence<[String: JSONValue]> {
        let users = snapshot.users.values.sorted { $0.id < $1.id }
        let keys = snapshot.keys.sorted { $0.key < $1.key }
        let servers = snapshot.servers.values.sorted { $0.id < $1.id }
        let subusers = snapshot.subusers.sorted { $0.key < $1.key }
        let delegations = snapshot.delegations.sorted { $0.key < $1.key }
        let all: [any Sequence<[String: JSONValue]>] = [
            [Self.line(snapshot.counts)],
            users.lazy.map { Self.line($0) },
            keys.lazy.map { Self.line($0.key, $0.value) },
            servers.lazy.map { Self.line($0) },
            subusers.lazy.map { Self.line($0.key, $0.value) },
            delegations.lazy.map { Self.line($0.key, $0.value) },
        ]
        return all.lazy.flatMap { AnySequence($0) }
    }

    private static func line(
        _ kind: SnapshotKind,
        _ members: [String: JSONValue]
    ) -> [String: JSONValue] {
        members.merging(["kind": .text(kind.rawValue)]) { member, _ in member }
    }

    private static func line(_ counts: SnapshotCounts) -> [String: JSONValue] {
        line(
            .snapshot,
            [
                "users": .number(Int64(counts.users)), "keys": .number(Int64(counts.keys)),
                "servers": .number(Int64(counts.servers)),
                "subusers": .number(Int64(counts.subusers)),
                "delegations": .number(Int64(counts.delegations)),
            ]
        )
    }

    private static func line(_ user: NewUser) -> [String: JSONValue] {
        line(
            .user,
            [
                "uuid": .text("\(user.id)"), "username": .text("\(user.name)"),
                "email": .text("\(user.email)"),
                "passwordHash": user.passwordHash.map { .text($0) } ?? .null,
                "administrator": .flag(user.isAdministrator),
                "twoFactor": .flag(user.hasTwoFactor),
                "disabled": .flag(user.isDisabled),
                "signIn": JSONValue(user.policy),
            ]
        )
    }

    private static func line(_ place: KeyPlace, _ key: PlacedKey) -> [String: JSONValue] {
        line(
            .key,
            [
                "user": .text("\(place.userID)"), "publicKey": .text(key.line),
                "name": key.name.map { .text("\($0)") } ?? .null,
            ]
        )
    }

    private static func line(_ server: NewServer) -> [String: JSONValue] {
        line(
            .server,
            [
                "uuid": .text("\(server.id)"), "name": .text("\(server.name)"),
                "owner": .text("\(server.ownerID)"), "directory": .text(server.directory.path),
                "state": .text(server.state.rawValue), "signIn": JSONValue(server.policy),
            ]
        )
    }

    private static func line(
        _ place: SubuserPlace,
        _ permissions: PermissionSet
    ) -> [String: JSONValue] {
        line(
            .subuser,
            [
                "server": .text("\(place.serverID)"), "user": .text("\(place.userID)"),
                "permissions": .texts(permissions.names),
            ]
        )
    }

    private static func line(
        _ place: DelegationPlace,
        _ permissions: PermissionSet
    ) -> [String: JSONValue] {
        line(
            .delegation,
            [
                "owner": .text("\(place.ownerID)"), "user": .text("\(place.userID)"),
                "permissions": .texts(permissions.names),
            ]
        )
    }
}
