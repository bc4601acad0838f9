import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Gives the bare answer to what is no HTTP the form that every error has.
///
/// Such bytes never become a request, so the server answers them by itself: 400 and no content,
/// which is no answer of ours.
final class MalformedRequestHandler: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    func write(
        context: ChannelHandlerContext,
        data: NIOAny,
        promise: EventLoopPromise<Void>?
    ) {
        guard case .head(var head) = unwrapOutboundIn(data), head.status == .badRequest,
            head.headerFields[.contentLength] == "0",
            let content = try? Answer(.malformedRequest).content()
        else {
            context.write(data, promise: promise)
            return
        }
        head.headerFields[.contentLength] = "\(content.readableBytes)"
        head.headerFields[.contentType] = Answer.contentType
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(content)), promise: promise)
    }
}
