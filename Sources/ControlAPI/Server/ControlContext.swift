import Gatekeeper
import Hummingbird
import LinuxSystem
import NIOCore

/// A request's surroundings: above all the connection, which knows who is at its other end.
struct ControlContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    private let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    /// Has a stream ended with its connection; to be called when its answer has begun.
    func opened(_ stream: OpenStream) {
        channel.triggerUserOutboundEvent(stream, promise: nil)
    }

    /// Asks the kernel who connected; nil when the connection is gone.
    func caller() async -> Caller? {
        guard let provider = channel as? any SocketOptionProvider else { return nil }
        // The type is laid out as the `struct ucred` that this option stores.
        let answer: EventLoopFuture<PeerCredentials> = provider.unsafeGetSocketOption(
            level: .socket,
            name: NIOBSDSocket.Option(rawValue: PeerCredentials.socketOption)
        )
        guard let peer = try? await answer.get() else { return nil }
        return Caller(userID: peer.userID, processID: peer.processID)
    }
}
