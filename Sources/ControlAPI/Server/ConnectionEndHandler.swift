import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Ends a connection soon when the server stops, but not before an answer that is made has arrived.
///
/// The library waits for every request that has begun, however long its caller takes to send the
/// rest of it, and it closes behind the last part of an answer, of which the kernel may have taken
/// only the beginning. Here our own work takes the time it needs, and a caller that has to send or
/// to take something gets `patience` for it. Whoever follows a stream of events gets a moment only:
/// nothing is lost with the rest of it, because it goes on where it ended.
final class ConnectionEndHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let patience: TimeAmount
    private var isStopping = false
    /// A request is here in part.
    private var isReading = false
    /// An answer has been written in part.
    private var isAnswering = false
    /// That answer, or the last one, where it has no end of its own.
    private var stream: OpenStream?
    /// Nothing more can come.
    private var isLeft = false
    /// Answers that have been written, and that the kernel has not taken to the end.
    private var unsent = 0
    /// Who waits for the connection to be closed behind what is unsent.
    private var closing: EventLoopPromise<Void>?
    private var deadline: Scheduled<Void>?

    /// - Parameter patience: What a caller gets for its part while the connection is being ended.
    init(patience: TimeAmount) {
        self.patience = patience
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            // What begins now is not begun; its caller learns that from the connection's end.
            guard !isStopping else { return }
            isReading = true
        case .body:
            guard isReading else { return }
        case .end:
            guard isReading else { return }
            isReading = false
            watch(context)
        }
        context.fireChannelRead(data)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent { isStopping = true }
        if case ChannelEvent.inputClosed = event { isLeft = true }
        if isStopping || isLeft { stream?.end() }
        context.fireUserInboundEventTriggered(event)
        watch(context)
    }

    func triggerUserOutboundEvent(
        context: ChannelHandlerContext,
        event: Any,
        promise: EventLoopPromise<Void>?
    ) {
        guard let opened = event as? OpenStream else {
            context.triggerUserOutboundEvent(event, promise: promise)
            return
        }
        stream = opened
        if isStopping || isLeft { opened.end() }
        watch(context)
        promise?.succeed()
    }

    func channelInactive(context: ChannelHandlerContext) {
        isLeft = true
        stream?.end()
        deadline?.cancel()
        context.fireChannelInactive()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head) where head.status.kind != .informational:
            isAnswering = true
            stream = nil
            if isStopping { head.headerFields[.connection] = "close" }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .head, .body:
            context.write(data, promise: promise)
        case .end:
            isAnswering = false
            unsent += 1
            let sent = promise ?? context.eventLoop.makePromise()
            sent.futureResult.assumeIsolated().whenComplete { _ in
                self.unsent -= 1
                self.watch(context)
                guard self.unsent == 0, let closing = self.closing else { return }
                self.closing = nil
                context.close(promise: closing)
            }
            context.write(data, promise: sent)
        }
        watch(context)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        // An answer without an end is being given up.
        guard mode == .all, unsent > 0, !isAnswering else {
            context.close(mode: mode, promise: promise)
            return
        }
        let closing = closing ?? context.eventLoop.makePromise()
        closing.futureResult.cascade(to: promise)
        self.closing = closing
        watch(context)
    }

    /// Sees to it that a connection that is being ended does not wait for its caller for ever.
    private func watch(_ context: ChannelHandlerContext) {
        let isWaiting = isReading || isAnswering || unsent > 0
        guard isWaiting, isStopping || closing != nil else {
            deadline?.cancel()
            deadline = nil
            return
        }
        guard deadline == nil else { return }
        let delay = stream == nil ? patience : min(Self.patienceWithStreams, patience)
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: delay) {
            context.close(promise: nil)
        }
    }

    /// What a stream gets to end in order.
    private static let patienceWithStreams: TimeAmount = .milliseconds(500)
}
