import Foundation
import Hummingbird
import NIOCore

/// Why a request's body is not there.
enum ContentFailure: Error {
    /// It is larger than `ControlRequest.bodyLimit`.
    case tooLarge
    /// It breaks off, or its framing makes no sense.
    case incomplete
}

extension Request {
    /// The body, held whole.
    func content() async throws(ContentFailure) -> Data {
        do {
            return Data(try await body.collect(upTo: ControlRequest.bodyLimit).readableBytesView)
        } catch is NIOTooManyBytesError {
            throw .tooLarge
        } catch {
            throw .incomplete
        }
    }
}
