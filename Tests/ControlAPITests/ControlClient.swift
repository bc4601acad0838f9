import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import SubuserStore
import Testing

/// An answer of the control API.
struct Reply {
    let status: Int
    let contentType: String?
    let allow: String?
    /// What the header of an answer without content says was ended.
    let revoked: String?
    let body: Data
    /// Whether it says that it was given before.
    var isReplay = false

    /// The body, which must be a JSON object.
    var json: [String: JSONValue] {
        get throws {
            guard case .object(let members) = try JSONDecoder().decode(JSONValue.self, from: body)
            else { throw NotAnObject() }
            return members
        }
    }

    struct NotAnObject: Error {}

    /// The member of an object inside the object.
    func value(_ path: String...) throws -> JSONValue? {
        var value = JSONValue.object(try json)
        for name in path {
            guard case .object(let members) = value, let member = members[name] else { return nil }
            value = member
        }
        return value
    }

    /// The code of an error, after seeing that the error has the one form that all have.
    func errorCode() throws -> String? {
        #expect(contentType == "application/json; charset=utf-8")
        guard case .object(let error)? = try json["error"], case .text(let code)? = error["code"],
            case .text(let message)? = error["message"]
        else { return nil }
        #expect(try json.count == 1)
        // Which of several things is meant, where there are several.
        #expect(Set(error.keys).subtracting(["index"]) == ["status", "code", "message"])
        #expect(error["status"] == .number(Int64(status)))
        #expect(message.hasSuffix("."), "not a sentence: \(message)")
        return code
    }

    /// The message of an error.
    func errorMessage() throws -> String? {
        guard case .text(let message)? = try value("error", "message") else { return nil }
        return message
    }
}

/// Talks HTTP to a control socket, one connection for each request.
struct ControlClient {
    let socket: String

    func get(_ path: String, lastEventID: String? = nil) async throws -> Reply {
        try await send("GET", path, lastEventID: lastEventID)
    }

    func delete(_ path: String) async throws -> Reply { try await send("DELETE", path) }

    func post(_ path: String, _ body: String, key: String? = nil) async throws -> Reply {
        try await send("POST", path, Data(body.utf8), key: key)
    }

    func put(_ path: String, _ body: String) async throws -> Reply {
        try await send("PUT", path, Data(body.utf8))
    }

    func patch(_ path: String, _ body: String) async throws -> Reply {
        try await send("PATCH", path, Data(body.utf8))
    }

    func send(
        _ method: String,
        _ path: String,
        _ body: Data? = nil,
        actingAs user: String? = nil,
        from address: String? = nil,
        key: String? = nil,
        lastEventID: String? = nil
    ) async throws -> Reply {
        let host = try #require(
            socket.addingPercentEncoding(withAllowedCharacters: .alphanumerics)
        )
        var request = HTTPClientRequest(url: "http+unix://\(host)\(path)")
        request.method = .init(rawValue: method)
        request.headers.replaceOrAdd(name: "Connection", value: "close")
        if let user { request.headers.add(name: "Portcullis-Acting-User", value: user) }
        if let address {
            request.headers.add(name: "Portcullis-Client-Address", value: address)
        }
        if let key { request.headers.add(name: "Idempotency-Key", value: key) }
        if let lastEventID { request.headers.add(name: "Last-Event-ID", value: lastEventID) }
        if let body { request.body = .bytes(body) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(120))
        // A stream of events has no end to wait for; hanging up is how to leave it.
        let isStream = response.headers.first(name: "Content-Type") == "text/event-stream"
        let content = isStream ? ByteBuffer() : try await response.body.collect(upTo: 1 << 24)
        return Reply(
            status: Int(response.status.code),
            contentType: response.headers.first(name: "Content-Type"),
            allow: response.headers.first(name: "Allow"),
            revoked: response.headers.first(name: "Portcullis-Revoked"),
            body: Data(content.readableBytesView),
            isReplay: response.headers.first(name: "Idempotent-Replay") == "true"
        )
    }
}
